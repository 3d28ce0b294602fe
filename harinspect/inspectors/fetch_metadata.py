"""Servers that refuse by Sec-Fetch-* (Fetch Metadata): a resource isolation policy."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer
from harinspect.traffic.contrast import Difference, differences
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.preflights import is_preflight

inspector = Inspector(__name__)
FOREIGN = frozenset({"cross-site", "same-site"})

REFUSED = inspector.rule(
    "refused",
    cause="server.fetch-metadata",
    title="The server refuses by where the request came from and what for",
    why="`{host}` refused the request with `Sec-Fetch-Site: {site}` and allowed the same one with `Sec-Fetch-Site: "
    "{other}`. Nothing else about the two that counts is different: a policy on Sec-Fetch headers would do that.",
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
    for twin in denial.allowed_alike:
        other = twin.request.headers.text("sec-fetch-site")
        same = (twin.method, twin.url) == (exchange.method, exchange.url)
        if same and other not in ("", site) and _only_metadata(differences(exchange, twin)):
            url = denial.traffic.urls[exchange.index]
            here = Evidence(exchange.index, "request.header", "sec-fetch-site", site, "refused")
            there = Evidence(twin.index, "request.header", "sec-fetch-site", other, "allowed")
            yield REFUSED.found(Basis.CONTRAST, here, there, host=url.host, site=site, other=other)
            return


def _only_metadata(found: tuple[Difference, ...]) -> bool:
    return all(difference.name.startswith("sec-fetch-") for difference in found)
