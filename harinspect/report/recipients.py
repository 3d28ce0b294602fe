"""Whom to ask, what to ask, and why it is for them to answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harinspect.har.model import Exchange
from harinspect.knowledge.quality import quality
from harinspect.report import model
from harinspect.traffic.model import Denial
from harinspect.wire.headers import Missing

RECIPIENTS: Final = {
    "application": "the team that runs the application",
    "framework": "the team that runs the application",
    "web-server": "the administrators of the web server",
    "gateway": "the team that runs the API gateway",
    "waf": "the security team that runs the firewall",
    "cdn": "the team that manages the CDN",
    "object-storage": "the owner of the storage bucket",
    "api-platform": "the support of the API's provider",
    "corporate-proxy": "the customer's own network administrators",
    "browser": "the developers of the page that makes the request",
}
ACTORS: Final = {  # where a finding says who acts, and the layer is none of a product's own
    "client-code": "the developers of the page that makes the request",
    "identity-provider": "the team that runs the sign-in",
    "network": "the customer's own network administrators",
    "application": "the team that runs the application",
}
_GRANTS: Final = "whoever grants access to this application"
_SERVER: Final = "whoever runs the server that was asked"
_PRODUCTS: Final = frozenset({"waf", "cdn", "corporate-proxy", "object-storage", "api-platform"})
_ASKS: Final = {
    "waf": "which rule matched, and whether it should except this request",
    "cdn": "which rule matched, and whether it should except this request",
    "corporate-proxy": "which policy refuses this address, and whether it should be allowed",
    "browser": "whether the page and the server can be changed as described",
    "object-storage": "which policy refuses this read, and whether the object exists",
}
_ASK: Final = "which rule refused this request, and what the caller has to change"
_ASK_RIGHT: Final = "whether this account should have the right, and who can grant it"
_ASK_CHANGE: Final = "whether your log agrees with this finding, and whether the change can be made"
_ASK_CODE: Final = "whether the page can be changed as proposed"
_MANY: Final = 3
_RIGHTS: Final = ("auth.role-denied", "auth.account-locked")


def recipient(told: model.Denial) -> str:
    """By who has to act where that is known, else by the layer that refused: its owner has the log.

    Where the browser only enforces what a server says, the server's side is to be asked.
    """
    layer, finding = told.layer, leading(told)
    responsible = finding.responsible if finding else ""
    fix = change(finding) if finding else None
    if layer == "browser" and _responsible(told) == "server-config":
        return _SERVER
    if finding and finding.cause.startswith(_RIGHTS) and layer not in _PRODUCTS:
        return _GRANTS
    in_page = responsible == "client-code" and fix is not None and fix.audience == "developer"
    if in_page or (responsible in ACTORS and layer not in _PRODUCTS and responsible != "client-code"):
        return ACTORS[responsible]
    return RECIPIENTS.get(layer, _SERVER)


def question(told: model.Denial) -> str:
    """What the recipient is to tell, as a clause."""
    finding = leading(told)
    if finding and finding.cause.startswith(_RIGHTS):
        return _ASK_RIGHT
    if told.layer != "browser" and recipient(told) == ACTORS["client-code"]:
        return _ASK_CODE
    if told.layer in _ASKS:
        return _ASKS[told.layer]
    return _ASK_CHANGE if finding and change(finding) else _ASK


def reasons(denial: Denial, told: model.Denial) -> tuple[str, ...]:
    """Why whoever reads the report cannot settle it alone; only what the recording supports."""
    return tuple(_reasons(denial, told))


def _reasons(denial: Denial, told: model.Denial) -> Iterator[str]:
    finding = leading(told)
    cause = finding.cause if finding else ""
    if finding is None and told.status:
        yield "The recording does not show for certain why it was refused; the log of whoever refused does."
    if finding and finding.cause.startswith(("waf.", "server.ip", "server.geo")):
        yield "A protective rule refused it: only its owner sees which one, and can make an exception."
    if cause.startswith(_RIGHTS) or (finding and finding.responsible == "policy"):
        yield "It may be meant so: only the owner can say whether this access should be given."
    if finding and finding.responsible in ("server-config", "application", "identity-provider", "network"):
        yield "The change is not the caller's to make."
    if _both_ways(denial):
        yield "The same call was refused and allowed in one recording: it cannot be reproduced at will."
    if len(_calls_refused(denial)) >= _MANY:
        yield "Several different calls to this host were refused: it is not about one address."
    if any(_is_grave(remark) for remark in told.quality):
        yield "The answer gives internals away, which those who guard the server should know."


def _is_grave(remark: model.Remark) -> bool:
    """A product's version, which also stands in headers, is bad style; a trace or a path is more."""
    return any(remark.text == leak.said for leak in quality().leaks if not leak.headers)


def leading(told: model.Denial) -> model.Finding | None:
    """The first finding, where it is more than a hint."""
    first = told.findings[0] if told.findings else None
    return first if first and first.confidence != "hint" else None


def change(finding: model.Finding) -> model.Fix | None:
    """The first thing to do that is not the user's; in the code, where that is what has to change."""
    fixes = [fix for fix in finding.fixes if fix.audience != "user"]
    if finding.responsible == "client-code":
        fixes.sort(key=lambda fix: fix.audience != "developer")
    return fixes[0] if fixes else None


def _responsible(told: model.Denial) -> str:
    return told.findings[0].responsible if told.findings else ""


def _both_ways(denial: Denial) -> bool:
    """Was the very same request allowed too, as far as the file tells?"""
    mine = _sent(denial.exchange)
    return Missing.WITHHELD not in mine and any(_sent(other) == mine for other in denial.allowed_alike)


def _sent(exchange: Exchange) -> tuple[object, ...]:
    headers, data = exchange.request.headers, exchange.request.post_data
    return exchange.method, exchange.url, data, headers.get("cookie"), headers.get("authorization")


def _calls_refused(denial: Denial) -> frozenset[tuple[str, str]]:
    url = denial.traffic.urls.get(denial.exchange.index)
    return denial.traffic.calls_refused.get(url.host, frozenset()) if url else frozenset()
