"""Which Referrer-Policy was in force for a request (Referrer Policy, section 8.1 and the redirect steps of Fetch)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from harinspect.har.model import Exchange
from harinspect.traffic.changes import PolicyStated, Untested
from harinspect.traffic.embedding import embedder, is_later
from harinspect.traffic.model import Denial, Traffic
from harinspect.traffic.surroundings import is_top_level_navigation
from harinspect.wire.headers import ABSENT, WITHHELD, Missing
from harinspect.wire.referrer import DEFAULT, Policy, parse_meta, parse_policy, referer, referers
from harinspect.wire.regexes import regex
from harinspect.wire.url import Url

UNSEEN = Untested("What kept the Referer back is not in the file: an attribute, a script, an extension or a setting.")
NO_PAGE = Untested("The page that asked is not in the file, so its policy cannot be tried.")
HEAD = 16_384  # of a page, where its `meta` elements stand
_META = regex(
    r"<meta[^>]{0,99}name\s{0,9}=\s{0,9}[\"']?referrer[\"']?[^>]{0,99}content\s{0,9}=\s{0,9}(\"[^\"]{0,99}|'[^']{0,99}|[a-z-]{1,40})",
    re.IGNORECASE,
)


def silenced_by(denial: Denial) -> tuple[Exchange, str] | None:
    """The redirect hop or page whose policy keeps the Referer from this request, and the policy.

    The first that does: what it took away no later one brings back. A policy set by an element or a script is not in
    the file, so None does not prove that a Referer was due.
    """
    traffic, maker = denial.traffic, embedder(denial.exchange, denial.traffic)
    source, policy = (traffic.urls.get(maker.index), _stated(maker)) if maker else (None, None)
    for asked in way_to(traffic, denial.exchange.index):
        if maker and policy and _silences(policy, source, traffic.urls.get(asked)):
            return maker, policy.value
        if stated := _stated(traffic.exchanges[asked]):
            maker, policy = traffic.exchanges[asked], stated
    return None


def due_referer(traffic: Traffic, exchange: int, page: int, stated: Mapping[int, Policy]) -> str | None:
    """The Referer of a request of that page by way of its redirects, None for none; `stated` stands over the file.

    Once a policy has taken it away, no later one brings it back (Fetch, main fetch).
    """
    way = way_to(traffic, exchange)
    policy = stated.get(page) or _stated(traffic.exchanges[page]) or DEFAULT
    hops = [(traffic.urls[asked], stated.get(asked) or _stated(traffic.exchanges[asked])) for asked in way]
    return referers(policy, traffic.urls[page], hops)[-1]


class RefererDue(Struct, frozen=True):
    """The Referer that a request should bear, None for none, and the one that it bears.

    `page`: the document that asks; `policy`: the one in force, `stated_by` a redirect hop or that page, None where it
    is the default.
    `sent` is ABSENT for none, WITHHELD where the file does not tell.
    """

    page: int
    policy: Policy
    stated_by: int | None
    expected: str | None
    sent: str | Missing

    @property
    def agrees(self) -> bool | None:
        """None where the file does not tell."""
        return None if self.sent is WITHHELD else self.sent == (self.expected or ABSENT)


def referer_due(traffic: Traffic, exchange: Exchange) -> RefererDue | None:
    """None where it is not plain which document asks. A policy of a single element or call is not in a file."""
    way = way_to(traffic, exchange.index)
    page = asking_document(traffic.exchanges[way[0]], traffic)
    if page is None or any(index not in traffic.urls for index in (page.index, *way)):
        return None
    makers = (page.index, *way[:-1])
    stated_by = next((index for index in reversed(makers) if _stated(traffic.exchanges[index])), None)
    policy = _stated(traffic.exchanges[stated_by]) if stated_by is not None else None
    expected = due_referer(traffic, exchange.index, page.index, {})
    return RefererDue(page.index, policy or DEFAULT, stated_by, expected, exchange.request.headers.get("referer"))


def asking_document(exchange: Exchange, traffic: Traffic) -> Exchange | None:
    """The document that its initiator or whole Referer names; else, for what a page loads, the only one there is."""
    named = {exchange.initiator.url.partition("#")[0], exchange.request.headers.text("referer")} - {""}
    before = [e for e in traffic.documents if e.index != exchange.index and not is_later(e, exchange)]
    by_name = [e for e in before if e.url.partition("#")[0] in named]
    if by_name:
        return by_name[-1]
    own = [e for e in before if e.page and e.page == exchange.page]
    return own[0] if len(own) == 1 and not is_top_level_navigation(exchange) else None


def way_to(traffic: Traffic, exchange: int) -> tuple[int, ...]:
    """The exchange, and the redirect hops before it."""
    chain = traffic.chain_of.get(exchange)
    return chain.exchanges[: chain.exchanges.index(exchange) + 1] if chain else (exchange,)


def policy_stated(denial: Denial) -> PolicyStated | Untested:
    """What the page, and the hops on the way, have to state so that a Referer is sent."""
    silencer, page = silenced_by(denial), embedder(denial.exchange, denial.traffic)
    if silencer is None:
        return UNSEEN
    if page is None or page.index not in denial.traffic.urls:
        return NO_PAGE
    chain = denial.traffic.chain_of.get(denial.exchange.index)
    before = chain.exchanges[: chain.exchanges.index(denial.exchange.index)] if chain else ()
    change = PolicyStated(denial.exchange.index, page.index, (silencer[0].index,), DEFAULT)
    for maker in (page.index, *before):
        if due_referer(denial.traffic, change.exchange, change.page, dict.fromkeys(change.makers, DEFAULT)):
            break
        if maker not in change.makers and _stated(denial.traffic.exchanges[maker]):
            change = replace(change, makers=(*change.makers, maker))
    return change


def _stated(maker: Exchange) -> Policy | None:
    """By the header; a `meta` element of the page comes after it and outranks it (HTML, section 4.2.5.3)."""
    metas = _META.findall((maker.response.body or "")[:HEAD])
    named = [policy for content in metas if (policy := parse_meta(content.lstrip("\"'")))]
    return named[-1] if named else parse_policy(maker.response.headers.text("referrer-policy"))


def _silences(policy: Policy, source: Url | None, target: Url | None) -> bool:
    """Some policies keep the Referer from other origins or from http only: that takes to know the page."""
    if source is None or target is None:
        return policy is Policy.NO_REFERRER
    return referer(policy, source, target) is None
