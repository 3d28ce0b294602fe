"""Pages that may not be shown in a frame of this page: frame-ancestors (CSP, section 6.4.2), X-Frame-Options (HTML)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.model import Denial
from harinspect.wire.regexes import regex

inspector = Inspector(__name__)
MARK = "net::ERR_BLOCKED_BY_RESPONSE"  # Chromium's mark, without the name of the policy
ANCESTORS = regex(r"(?:^|[;,])\s*frame-ancestors\s([^;,]*)", re.IGNORECASE)

REFUSED = inspector.rule(
    "refused",
    cause="client.csp-blocked",
    title="The embedded page does not let itself be shown in a frame of this page",
    why="`{host}` answered, and its `{header}: {policy}` tells browsers which pages may embed it. This page is none of "
    "them, so the browser showed nothing.",
    responsible="server-config",
    fixes=(
        admin("Name the page's origin in `Content-Security-Policy: frame-ancestors` of the embedded page.", "easy"),
        developer("Open it in a window of its own, or use the address that its owner offers for embedding."),
        user("Open the address in a tab of its own.", "easy"),
    ),
    refs=(
        "https://www.w3.org/TR/CSP3/#directive-frame-ancestors",
        "https://html.spec.whatwg.org/multipage/document-lifecycle.html#the-x-frame-options-header",
    ),
)


@inspector.check
def embedded_page_refused(denial: Denial) -> Iterator[Verdict]:
    """Where frame-ancestors is given, X-Frame-Options does not count."""
    exchange, headers = denial.exchange, denial.exchange.response.headers
    if exchange.error != MARK:
        return
    listed = ANCESTORS.search(headers.text("content-security-policy"))
    name, policy = (
        ("content-security-policy", f"frame-ancestors {listed[1].strip()}")
        if listed
        else ("x-frame-options", headers.text("x-frame-options"))
    )
    if not policy:
        return
    mark = Evidence(exchange.index, "response.error", value=MARK, note="the browser's own word")
    said = Evidence(exchange.index, "response.header", name, policy, "who may embed it")
    url = denial.traffic.urls.get(exchange.index)
    yield REFUSED.found(Basis.SIGNATURE, mark, said, host=url.host if url else exchange.url, header=name, policy=policy)
