"""CORS requests that failed on an answer from the browser's own cache, made for another request (RFC 9111, 4.1)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.changes import Varied
from harinspect.traffic.model import Denial

inspector = Inspector(__name__)

NO_VARY = inspector.rule(
    "no-vary",
    cause="cors.cached-response-no-vary",
    title="An answer from the browser's cache, made for another request, failed the CORS check",
    why="`{url}` had been loaded before {before}, and that answer was stored without `Vary: Origin`. The browser used "
    "it again for a CORS request of `{origin}`; it has {granted}, so the page got nothing. No server was asked.",
    responsible="server-config",
    fixes=(
        admin("Send `Vary: Origin` with every answer of this address, also to requests that bear no Origin.", "easy"),
        admin("Or send `Access-Control-Allow-Origin: *` always, if the file is public.", "easy"),
        developer("Load it in one way everywhere: `crossorigin` on the element too, or another address.", "easy"),
        user("Reload without the cache (Shift and reload)."),
    ),
    temporary="maybe",
    refs=(
        "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches",
        "https://www.rfc-editor.org/rfc/rfc9111#section-4.1",
    ),
)


@inspector.check
def stored_for_another(denial: Denial) -> Iterator[Verdict]:
    reused = denial.traffic.reused.get(denial.exchange.index)
    if reused is None:
        return
    earlier = denial.traffic.exchanges[reused.earlier]
    former = earlier.request.headers.text("origin")
    vary = earlier.response.headers.text("vary")
    headers = denial.exchange.request.headers
    yield NO_VARY.found(
        Basis.SIGNATURE,
        Evidence(denial.exchange.index, "server_ip", value="", note="nothing went to a server"),
        Evidence(earlier.index, "response.header", "access-control-allow-origin", reused.detail, "the answer stored"),
        Evidence(earlier.index, "response.header", "vary", vary, "does not name Origin"),
        change=Varied(denial.exchange.index, earlier.index),
        url=denial.exchange.url,
        before=f"from `{former}`" if former else "without CORS",
        origin=headers.text("origin") or headers.text("referer") or "the page",
        granted=f"`Access-Control-Allow-Origin: {reused.detail}`"
        if reused.detail
        else "no Access-Control-Allow-Origin",
    )
