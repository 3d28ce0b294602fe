"""Which Referrer-Policy was in force for a request (Referrer Policy, section 8.1 and the redirect steps of Fetch)."""

from __future__ import annotations

from harinspect.har.model import Exchange
from harinspect.traffic.embedding import embedder
from harinspect.traffic.model import Denial
from harinspect.wire.referrer import Policy, parse_policy, referer


def silenced_by(denial: Denial) -> tuple[Exchange, str] | None:
    """The redirect hop or page whose policy keeps the Referer from this request, and the policy.

    A policy set by an element or a script is not in the file, so None does not prove that a Referer was due.
    """
    traffic, exchange = denial.traffic, denial.exchange
    chain = traffic.chain_of.get(exchange.index)
    before = chain.exchanges[: chain.exchanges.index(exchange.index)] if chain else ()
    page = embedder(exchange, traffic)
    makers = [traffic.exchanges[index] for index in reversed(before)] + ([page] if page else [])
    for maker in makers:
        policy = parse_policy(maker.response.headers.text("referrer-policy"))
        if policy is not None:
            return (maker, policy.value) if _silences(policy, denial, page) else None
    return None


def _silences(policy: Policy, denial: Denial, page: Exchange | None) -> bool:
    """Some policies keep the Referer from other origins or from http only: that takes to know the page."""
    urls = denial.traffic.urls
    source, target = urls.get(page.index) if page else None, urls.get(denial.exchange.index)
    if source is None or target is None:
        return policy is Policy.NO_REFERRER
    return referer(policy, source, target) is None
