"""Which Referrer-Policy was in force for a request (Referrer Policy, section 8.1 and the redirect steps of Fetch)."""

from __future__ import annotations

from harinspect.har.model import Exchange
from harinspect.traffic.model import Denial, Traffic
from harinspect.wire.referrer import parse_policy

SILENT = frozenset({"no-referrer", "same-origin"})  # towards another origin


def silenced_by(denial: Denial) -> tuple[Exchange, str] | None:
    """The redirect hop or page whose policy keeps the Referer from this request, and the policy.

    A policy set by an element or a script is not in the file, so None does not prove that a Referer was due.
    """
    traffic, exchange = denial.traffic, denial.exchange
    chain = traffic.chain_of.get(exchange.index)
    before = chain.exchanges[: chain.exchanges.index(exchange.index)] if chain else ()
    hops = [traffic.exchanges[index] for index in reversed(before)]
    for maker in (*hops, *_page_of(exchange, traffic)):
        policy = parse_policy(maker.response.headers.text("referrer-policy"))
        if policy is not None:
            return (maker, str(policy)) if str(policy) in SILENT else None
    return None


def _page_of(exchange: Exchange, traffic: Traffic) -> list[Exchange]:
    """The latest document before the request, of the same page or the initiator's."""
    wanted = exchange.initiator.url
    documents = [e for e in traffic.documents if e.started and exchange.started and e.started <= exchange.started]
    return [e for e in reversed(documents) if e.url == wanted or (e.page and e.page == exchange.page)][:1]
