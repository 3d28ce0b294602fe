"""Redirect hops: those that led to a denial, and what changes where they keep the method or are left out."""

from __future__ import annotations

from harinspect.har.model import Exchange
from harinspect.traffic.changes import CalledDirectly, Grant, MethodKept, Untested
from harinspect.traffic.grants import grant_for
from harinspect.traffic.model import Denial, HopKind, Traffic
from harinspect.traffic.surroundings import source_of
from harinspect.wire.redirects import redirected_method

NO_ORIGIN = Untested("The page has no origin of its own, so what has to change is how the page is opened or embedded.")
NO_PAGE = Untested("The origin of the page that asked is not in the file.")
PERMANENT = (301, 308)


def hops_before(denial: Denial) -> list[Exchange]:
    """The redirects that led to the denial, the nearest first; the browser's own and the page's do not count."""
    chain = denial.traffic.chain_of.get(denial.exchange.index)
    if chain is None:
        return []
    before = chain.hops[: chain.exchanges.index(denial.exchange.index)]
    return [denial.traffic.exchanges[hop.exchange] for hop in reversed(before) if hop.kind is HopKind.HTTP]


def method_kept(traffic: Traffic, exchange: int, hop: int) -> MethodKept:
    """From `hop` on, each redirect that changes the method answers 307, or 308 where it was permanent."""
    chain = traffic.chain_of[exchange].exchanges
    way = (traffic.exchanges[index] for index in chain[chain.index(hop) : chain.index(exchange)])
    method = traffic.exchanges[hop].method
    losing = [row for row in way if redirected_method(row.status, method) != method]
    return MethodKept(exchange, tuple((row.index, 308 if row.status in PERMANENT else 307) for row in losing))


def called_directly(traffic: Traffic, exchange: int, *, bears_authorization: bool = False) -> CalledDirectly | Untested:
    """The page asks for the last address at once; the answer then has to grant the page's own origin."""
    chain = traffic.chain_of.get(exchange)
    if chain is None or chain.exchanges[0] == exchange:
        return NO_ORIGIN
    origin = _origin(traffic.exchanges[chain.exchanges[0]])
    if not origin:
        return NO_PAGE
    if origin == traffic.urls[exchange].origin:
        return CalledDirectly(exchange, origin, bears_authorization=bears_authorization)
    grant = grant_for(traffic, exchange, origin)
    return CalledDirectly(exchange, origin, grant if isinstance(grant, Grant) else None, bears_authorization)


def _origin(first: Exchange) -> str:
    """The page's, as the first request of the chain names it."""
    source = source_of(first)
    return source.origin if source and source.is_http else ""
