"""Servers that refuse by Sec-Fetch-* (Fetch Metadata): a resource isolation policy."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer
from harinspect.traffic.contrast import Difference, differences
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.preflights import is_preflight

inspector = Inspector(__name__)
FOREIGN = frozenset({"cross-site", "same-site"})
COMPANIONS = frozenset({"referer", "origin", "cookie"})  # what changes along with the site that asks

REFUSED = inspector.rule(
    "refused",
    cause="server.fetch-metadata",
    title="The server refuses by where the request came from and what for",
    why="`{host}` refused the request with `Sec-Fetch-Site: {site}` and allowed the same one with `Sec-Fetch-Site: "
    "{other}`. A policy on Sec-Fetch headers would do that.",
    responsible="server-config",
    fixes=(
        admin("Exempt this address from the resource isolation policy, if other sites are meant to use it.", "easy"),
        developer("Ask for it from a page of the same origin, or through your own server."),
    ),
    refs=("https://www.w3.org/TR/fetch-metadata/",),
)


@inspector.check
def isolation_policy(denial: Denial) -> Iterator[Verdict]:
    exchange = denial.exchange
    site = exchange.request.headers.text("sec-fetch-site")
    if denial.kind is not DenialKind.FORBIDDEN or site not in FOREIGN or is_preflight(exchange):
        return
    for twin in (e for e in denial.allowed_alike if e.url == exchange.url and e.method == exchange.method):
        other = twin.request.headers.text("sec-fetch-site")
        basis = _basis(exchange, differences(exchange, twin)) if other not in ("", site) else None
        if basis:
            here = Evidence(exchange.index, "request.header", "sec-fetch-site", site, "refused")
            there = Evidence(twin.index, "request.header", "sec-fetch-site", other, "allowed")
            vary = exchange.response.headers.text("vary")
            said = (Evidence(exchange.index, "response.header", "vary", vary, "names it"),) if _varies(exchange) else ()
            host = denial.traffic.urls[exchange.index].host
            yield REFUSED.found(basis, here, there, *said, host=host, site=site, other=other)
            return


def _basis(exchange: Exchange, found: tuple[Difference, ...]) -> Basis | None:
    """Another site's page sends another Referer and Origin too, and often no cookies: any of these may be the reason.

    A server that looks at Sec-Fetch-* says so in Vary (Fetch Metadata, section 5.2).
    """
    others = {difference.name for difference in found if not difference.name.startswith("sec-fetch-")}
    if not others:
        return Basis.CONTRAST
    if not others <= COMPANIONS:
        return None
    return Basis.SIGNATURE if _varies(exchange) and "cookie" not in others else Basis.CIRCUMSTANCE


def _varies(exchange: Exchange) -> bool:
    return "sec-fetch-site" in exchange.response.headers.text("vary").lower()
