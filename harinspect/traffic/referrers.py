"""Which Referrer-Policy was in force for a request (Referrer Policy, section 8.1 and the redirect steps of Fetch)."""

from __future__ import annotations

import re

from harinspect.har.model import Exchange
from harinspect.traffic.embedding import embedder
from harinspect.traffic.model import Denial
from harinspect.wire.referrer import Policy, parse_policy, referer

HEAD = 16_384  # of a page, where its `meta` elements stand
_META = re.compile(
    r"<meta[^>]{0,99}name\s{0,9}=\s{0,9}[\"']?referrer[\"']?[^>]{0,99}content\s{0,9}=\s{0,9}([\"']?[a-z-]{1,40})",
    re.IGNORECASE,
)


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
        policy = _stated(maker)
        if policy is not None:
            return (maker, policy.value) if _silences(policy, denial, page) else None
    return None


def _stated(maker: Exchange) -> Policy | None:
    """By the header; a `meta` element of the page comes after it and outranks it (HTML, section 4.2.5.3)."""
    metas = _META.findall((maker.response.body or "")[:HEAD])
    named = [policy for content in metas if (policy := parse_policy(content.strip(" \"'")))]
    return named[-1] if named else parse_policy(maker.response.headers.text("referrer-policy"))


def _silences(policy: Policy, denial: Denial, page: Exchange | None) -> bool:
    """Some policies keep the Referer from other origins or from http only: that takes to know the page."""
    urls = denial.traffic.urls
    source, target = urls.get(page.index) if page else None, urls.get(denial.exchange.index)
    if source is None or target is None:
        return policy is Policy.NO_REFERRER
    return referer(policy, source, target) is None
