"""Answers that the browser itself kept back: CORP, COEP, local network access, and what it will not name."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.changes import Embedding, Untested
from harinspect.traffic.embedding import COEP, CORP, kept_back
from harinspect.traffic.model import OK, Denial, DenialKind
from harinspect.wire.url import is_private_address, same_origin

inspector = Inspector(__name__)

BLOCKED = inspector.rule(
    "corp-blocked",
    cause="cors.corp-blocked",
    title="Cross-Origin-Resource-Policy keeps the answer from this page",
    why="`{host}` answered, and its `Cross-Origin-Resource-Policy: {policy}` tells browsers not to hand the answer "
    "to pages of other sites.",
    responsible="server-config",
    fixes=(
        admin("Send `Cross-Origin-Resource-Policy: cross-origin` with files that other sites may embed.", "easy"),
        developer("Load the file from your own site, or ask its owner to allow embedding.", "medium"),
    ),
    refs=("https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header",),
)
EMBEDDER = inspector.rule(
    "coep-blocked",
    cause="cors.coep-blocked",
    title="The page demands consent of everything it embeds, and this answer gives none",
    why="The page is served with `Cross-Origin-Embedder-Policy: {policy}`. It may load from `{host}` only what says "
    "`Cross-Origin-Resource-Policy: cross-origin` or passes the CORS check; this answer does neither.",
    responsible="server-config",
    fixes=(
        admin("Send `Cross-Origin-Resource-Policy: cross-origin` with this file.", "easy"),
        developer("Load it in CORS mode (`crossorigin`), or use `Cross-Origin-Embedder-Policy: credentialless`."),
    ),
    refs=("https://html.spec.whatwg.org/multipage/browsers.html#coep",),
)
LOCAL = inspector.rule(
    "local-network-access",
    cause="cors.local-network-access",
    title="The browser may have kept the page from a device in the local network",
    why="`{host}` stands for a private address. Browsers let a public page reach one only after the user has agreed; "
    "the file holds no preflight and no answer.",
    responsible="policy",
    fixes=(
        user("Allow access to the local network for this site in the browser's site settings, if you trust it."),
        developer("Serve the page over https and ask for the device only after a click that explains the prompt."),
    ),
    refs=("https://wicg.github.io/local-network-access/",),
)
UNSENT = inspector.rule(
    "blocked-unsent",
    cause="cors.blocked-unsent",
    title="The browser gave up on the request, and the file does not say why",
    why="The request to `{host}` ended with `{error}`, without an answer and without a preflight in the file. The "
    "browser's console names the reason; the export leaves it out.",
    responsible="unknown",
    fixes=(
        user("Repeat it with the browser's console open, and send the red line that names this address."),
        developer("Read the console message: it tells CORS, a policy and a broken connection apart."),
    ),
    refs=("https://fetch.spec.whatwg.org/#concept-network-error",),
)
USERS_TURN = Untested("Whether a page may reach the local network is for the user to allow.")
UNKNOWN = Untested("The file does not say what the browser refused, so there is nothing to change in it.")


@inspector.check
def policy_kept_it_back(denial: Denial) -> Iterator[Verdict]:
    exchange = denial.exchange
    found = kept_back(exchange, denial.traffic)
    if found is None:
        return
    if denial.kind is not DenialKind.BLOCKED:
        refused = Evidence(exchange.index, "response.status", value=str(exchange.status), note="the server's own no")
        yield BLOCKED.ruled_out("The server had refused before the browser kept the error page back.", refused)
        return
    basis = Basis.STANDARD if exchange.error is None else Basis.STATED
    evidence = [] if exchange.error is None else [Evidence(exchange.index, "response.error", value=exchange.error)]
    own = exchange.response.headers.text(CORP)
    evidence.append(Evidence(exchange.index, "response.header", CORP, own, "" if own else "not in the answer"))
    demand = found.page.response.headers.text(COEP) if found.page else ""
    if found.page and demand:
        evidence.append(Evidence(found.page.index, "response.header", COEP, demand, "the page's demand"))
    rule, policy = (EMBEDDER, demand or "require-corp") if found.by_coep else (BLOCKED, own or "same-origin")
    host = denial.traffic.urls[exchange.index].host
    yield rule.found(basis, *evidence, change=Embedding(exchange.index), host=host, policy=policy)


@inspector.check
def request_was_never_sent(denial: Denial) -> Iterator[Verdict]:
    exchange = denial.exchange
    pair = denial.traffic.preflight_of.get(exchange.index)
    if exchange.status != 0 or exchange.error != "net::ERR_FAILED" or (pair and pair.verdict != OK):
        return
    url = denial.traffic.urls.get(exchange.index)
    host = url.host if url else ""
    evidence = Evidence(exchange.index, "response.error", value=exchange.error)
    addresses = {row.server_ip for row in denial.traffic.by_host.get(host, ())} | {host}
    if pair is None and any(is_private_address(a) for a in addresses) and _page_is_elsewhere(denial):
        yield LOCAL.found(Basis.CIRCUMSTANCE, evidence, change=USERS_TURN, host=host)
    yield UNSENT.found(Basis.CIRCUMSTANCE, evidence, change=UNKNOWN, host=host, error=exchange.error)


def _page_is_elsewhere(denial: Denial) -> bool:
    url = denial.traffic.urls.get(denial.exchange.index)
    makers = [e for e in denial.traffic.in_time if e.page == denial.exchange.page and e.resource_type == "document"]
    pages = [denial.traffic.urls[e.index] for e in makers if e.index in denial.traffic.urls]
    return url is not None and any(not same_origin(page, url) for page in pages)
