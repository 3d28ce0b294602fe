"""Addresses that are nearly right: a slip in the path, or http where the server wants https."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.near_misses import SPELLING, likeness, may_be_near
from harinspect.traffic.preflights import is_preflight
from harinspect.wire.headers import Missing
from harinspect.wire.url import Url, is_loopback_host

inspector = Inspector(__name__)
ASKED_WITH = ("cookie", "authorization", "origin")

TYPO = inspector.rule(
    "url-typo",
    cause="server.url-typo",
    title="The address is nearly that of a call that works",
    why="`{path}` was refused, and `{twin}` of the same host passed. {reason}",
    responsible="client-code",
    fixes=(
        developer("Compare the two addresses, and correct the one in the code.", "easy"),
        admin("Answer 404 for addresses that do not exist, so that slips show.", "easy"),
    ),
    refs=("https://www.rfc-editor.org/rfc/rfc9110#name-404-not-found",),
)
TLS = inspector.rule(
    "tls-required",
    cause="server.tls-required",
    title="The server refuses plain http",
    why="`{url}` was refused over http, and the same address passed over https.",
    responsible="client-code",
    fixes=(
        user("Write https:// in front of the address.", "easy"),
        developer("Use https in all addresses of this host.", "easy"),
        admin("Redirect http to https with 308, and send `Strict-Transport-Security`.", "easy"),
    ),
    refs=("https://www.rfc-editor.org/rfc/rfc6797",),
)


@inspector.check
def nearly_right(denial: Denial) -> Iterator[Verdict]:
    """Another spelling of the same path is a signature; one letter more or less may still be another address."""
    exchange, urls = denial.exchange, denial.traffic.urls
    url = urls.get(exchange.index)
    if url is None or denial.kind is not DenialKind.FORBIDDEN or is_preflight(exchange):
        return
    for path, twin in _passed(denial, url.path).items():
        reason = likeness(url.path, path, is_same_kind=twin.resource_type == exchange.resource_type)
        if reason:
            here = Evidence(exchange.index, "request.url", value=exchange.url, note="refused")
            there = Evidence(twin.index, "request.url", value=twin.url, note="allowed")
            basis = Basis.SIGNATURE if reason == SPELLING else Basis.CIRCUMSTANCE
            yield TYPO.found(basis, here, there, path=url.path, twin=path, reason=reason)
            return


@inspector.check
def plain_http(denial: Denial) -> Iterator[Verdict]:
    exchange, url = denial.exchange, denial.traffic.urls.get(denial.exchange.index)
    if url is None or denial.kind is not DenialKind.FORBIDDEN or url.scheme != "http" or is_loopback_host(url.host):
        return
    twin = _over_https(denial, url)
    if twin is None:
        return
    here = Evidence(exchange.index, "request.url", value=exchange.url, note="refused")
    there = Evidence(twin.index, "request.url", value=twin.url, note="allowed")
    yield TLS.found(
        Basis.CIRCUMSTANCE if _asked_otherwise(exchange, twin) else Basis.CONTRAST, here, there, url=exchange.url
    )


def _asked_otherwise(here: Exchange, there: Exchange) -> bool:
    """Is anything but the scheme different, or withheld?"""
    pairs = [(here.request.headers.get(name), there.request.headers.get(name)) for name in ASKED_WITH]
    return any(mine != its or Missing.WITHHELD in (mine, its) for mine, its in pairs)


def _over_https(denial: Denial, url: Url) -> Exchange | None:
    for other in denial.traffic.by_host[url.host]:
        its = denial.traffic.urls[other.index]
        same = other.method == denial.exchange.method and (its.path, its.query) == (url.path, url.query)
        if same and its.scheme == "https" and other.status < 300 and denial.traffic.was_allowed(other):
            return other
    return None


def _passed(denial: Denial, path: str) -> dict[str, Exchange]:
    """The nearest call of the same method that succeeded at each other path that may be near."""
    urls, method, found = denial.traffic.urls, denial.exchange.method, dict[str, Exchange]()
    near = may_be_near(path)
    for other in denial.allowed_at_host:
        its = urls[other.index].path
        if other.method == method and near(its) and its != path and its not in found and other.status < 300:
            found[its] = other
    return found
