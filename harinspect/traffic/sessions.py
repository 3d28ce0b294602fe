"""Which cookie a refused request seems to have lacked, and how much speaks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.traffic.model import Denial, Traffic
from harinspect.traffic.once import once
from harinspect.traffic.preflights import is_preflight
from harinspect.traffic.session_signs import (
    STRONG,
    Words,
    guards_forms,
    is_for_once,
    signs_in,
    signs_out,
    speaks_of_forgery,
    speaks_of_state,
    speaks_of_strangers,
    weight,
    words_of,
)
from harinspect.traffic.surroundings import source_of
from harinspect.traffic.timeline import Change, ChangeKind, CookieView, Refused, Sent, Withheld
from harinspect.wire.cookie_parsing import domain_matches, name_in
from harinspect.wire.cookie_policy import TYPED, Reason, obstacles
from harinspect.wire.regexes import regex

ANSWERED = frozenset({401, 403, 419})  # what a missing session is answered with
STATIC = frozenset({"image", "style", "stylesheet", "script", "font", "media", "audio", "video", "track", "manifest"})
_STATE = regex(r"[?&]state=")
ROLLING = 3  # so many changes of one cookie are a habit of the server


class Support(Enum):
    """What speaks for a suspect; the names are those of inspecting.Basis."""

    STANDARD = "the standards kept the cookie away, and the answer misses a session"
    CONTRAST = "the same call passed with the cookie"
    SIGNATURE = "the cookie looks like the session, and nothing else is named"
    CIRCUMSTANCE = "the cookie was missing, and that may matter"


class Shadow(Struct, frozen=True):
    """Two values under one name: the one that comes first, and the one that it hides."""

    first: Sent
    hidden: Sent


class Suspect(Struct, frozen=True):
    """The cookie that the refused request seems to have lacked, and what became of it.

    `weight`: how much it looks like a session; `set_by`: the exchange that set it, or tried to.
    """

    name: str
    weight: int
    set_by: int
    what: Withheld | Refused | Change | Shadow

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.what.reasons if isinstance(self.what, (Withheld, Refused)) else ()


@once
def suspect(denial: Denial) -> Suspect | None:
    """The weightiest missing cookie of a request that a session may matter to; None where there is no such thing."""
    if not may_want_session(denial.exchange) or denial.exchange.index not in denial.traffic.urls:
        return None
    view = denial.traffic.cookies.at(denial.exchange.index)
    found = [one for one in _suspects(denial, view) if one.weight]
    return max(found, key=lambda one: _rank(one, denial, view), default=None)


def support_of(denial: Denial, one: Suspect) -> Support:
    """How much speaks for it, when the standards themselves kept the cookie away."""
    view = denial.traffic.cookies.at(denial.exchange.index)
    words = words_of(denial.exchange)
    if passed_without(denial, one.name):
        return Support.CIRCUMSTANCE
    if is_handed_over(one, view):
        return Support.STANDARD
    if guards_forms(one.name):
        return Support.SIGNATURE if speaks_of_forgery(denial.exchange) else Support.CIRCUMSTANCE
    if words is Words.OTHER or "authorization" in denial.exchange.request.headers:
        return Support.CIRCUMSTANCE
    if is_for_once(one.name) and not (speaks_of_state(denial.exchange) or signs_in(denial.exchange)):
        return Support.CIRCUMSTANCE
    if words is Words.SESSION:
        return Support.STANDARD if one.weight >= STRONG and not session_sent(denial) else Support.SIGNATURE
    if passed_with(denial, one.name):
        return Support.CONTRAST
    return Support.SIGNATURE if one.weight >= STRONG and not session_sent(denial) else Support.CIRCUMSTANCE


def at_most(limit: Support, support: Support) -> Support:
    """The weaker of the two."""
    order = list(Support)
    return max(limit, support, key=order.index)


def may_want_session(exchange: Exchange) -> bool:
    """Answered by a server as if somebody were not signed in, and no part of a page's looks."""
    if exchange.status not in ANSWERED or is_preflight(exchange):
        return False
    return exchange.request.headers.text("sec-fetch-dest") not in STATIC and exchange.resource_type not in STATIC


def is_handed_over(one: Suspect, view: CookieView) -> bool:
    """Was it a redirect hop on the way to this very request that set it, or tried to?"""
    return not isinstance(one.what, (Shadow, Change)) and one.set_by in view.hops


def passed_with(denial: Denial, name: str) -> Exchange | None:
    """A request like the refused one that was allowed and carried the cookie."""
    carried = denial.traffic.cookies.carried
    return next((e for e in _passed(denial) if carried(e.index, name)), None)


def passed_without(denial: Denial, name: str) -> Exchange | None:
    """The same request, allowed though it lacked the cookie too."""
    carried = denial.traffic.cookies.carried
    same = (e for e in _passed(denial) if _is_same(e, denial.exchange))
    return next((e for e in same if carried(e.index, name) is False), None)


@once
def session_sent(denial: Denial) -> Sent | None:
    """A cookie that looks like the session and went along."""
    sent = denial.traffic.cookies.at(denial.exchange.index).sent
    return next((s for s in sent if _weight_sent(s, denial.traffic) >= STRONG), None)


def began_sign_in(denial: Denial) -> bool:
    """Did this host send the browser away with a state to bring back (RFC 6749, section 4.1.1), earlier in the file?"""
    url, traffic = denial.traffic.urls[denial.exchange.index], denial.traffic
    hops = ((hop, traffic.urls[hop.exchange]) for chain in traffic.chains for hop in chain.hops)
    return any(here.host == url.host and _STATE.search(hop.location) for hop, here in hops)


def set_cookie_line(traffic: Traffic, exchange: int, name: str) -> str:
    """The last Set-Cookie line of that name in an answer, "" where there is none."""
    lines = traffic.exchanges[exchange].response.headers.all("set-cookie")
    return next((line for line in reversed(lines) if name_in(line) == name), "")


def belongs_to_page(one: Suspect, denial: Denial) -> bool:
    """Was it set by the host whose page made the request, or by the same host with or without www?"""
    traffic, source = denial.traffic, source_of(denial.exchange)
    setter, here = traffic.urls[one.set_by].host, traffic.urls[denial.exchange.index].host
    return (source is not None and source.host == setter) or setter.removeprefix("www.") == here.removeprefix("www.")


def _rank(one: Suspect, denial: Denial, view: CookieView) -> tuple[bool, bool, int, bool, int]:
    elsewhere = Reason.DOMAIN_MISMATCH in one.reasons and not belongs_to_page(one, denial)
    return is_handed_over(one, view), not elsewhere, one.weight, bool(one.reasons), one.set_by


def _passed(denial: Denial) -> Iterator[Exchange]:
    """Allowed for good: a redirect may lead to a sign-in."""
    return (e for e in denial.allowed_alike if e.status < 300)


def _is_same(one: Exchange, other: Exchange) -> bool:
    return one.method == other.method and one.url.partition("?")[0] == other.url.partition("?")[0]


def _weight_sent(sent: Sent, traffic: Traffic) -> int:
    setter = traffic.exchanges.get(sent.set_by) if sent.set_by is not None else None
    return weight(sent.name, bool(sent.cookie and sent.cookie.http_only), setter)


def _suspects(denial: Denial, view: CookieView) -> Iterator[Suspect]:
    exchanges = denial.traffic.exchanges
    kept = {item.cookie.name for item in view.withheld} | {sent.name for sent in view.sent}
    for item in view.withheld:
        if not view.has(item.cookie.name):
            size = weight(item.cookie.name, item.cookie.http_only, exchanges[item.set_by])
            yield Suspect(item.cookie.name, size, item.set_by, item)
    for refused in view.refused:
        if refused.name not in kept and _was_meant_for(refused, denial, view):
            size = weight(refused.name, bool(refused.line and refused.line.http_only), exchanges[refused.exchange])
            yield Suspect(refused.name, size, refused.exchange, refused)
    yield from _changed(denial, view, kept)
    for first, hidden in view.shadowed:
        size = max(_weight_sent(s, denial.traffic) for s in (first, hidden))
        yield Suspect(first.name, size, denial.exchange.index, Shadow(first, hidden))


def _was_meant_for(refused: Refused, denial: Denial, view: CookieView) -> bool:
    here, there = denial.traffic.urls[denial.exchange.index], denial.traffic.urls[refused.exchange]
    return here.host == there.host or refused.exchange in view.hops or domain_matches(here.host, refused.domain)


def _changed(denial: Denial, view: CookieView, kept: set[str]) -> Iterator[Suspect]:
    times = Counter(change.cookie.name for change in view.changes)
    latest = {change.cookie.name: change for change in view.changes}
    for name, change in latest.items():
        replaced = change.kind is ChangeKind.REPLACED
        if replaced != (name in kept) or not _concerns(change, denial, view):
            continue
        rolling = times[name] >= ROLLING and not speaks_of_strangers(denial.exchange)
        if replaced and (rolling or not _is_foreign(change, view, denial.traffic)):
            continue
        setter = change.by if change.set_by is None else change.set_by
        yield Suspect(name, weight(name, change.cookie.http_only, denial.traffic.exchanges[setter]), setter, change)


def _concerns(change: Change, denial: Denial, view: CookieView) -> bool:
    """Would the cookie have gone along, and did nobody mean to end the session?"""
    url, at = denial.traffic.urls[denial.exchange.index], denial.exchange.started or change.cookie.created
    if any(obstacles(change.cookie, url, at, view.context or TYPED)):
        return False
    by = denial.traffic.exchanges[change.by]
    if change.kind is ChangeKind.DELETED and signs_in(by):
        return False  # a sign-in tidies up what it needed on the way
    return change.kind is ChangeKind.EXPIRED or not (by.status in ANSWERED or signs_out(by))


def _is_foreign(change: Change, view: CookieView, traffic: Traffic) -> bool:
    """Does the value that went along come from an answer that had no business with the session?"""
    if change.by == change.set_by or signs_in(traffic.exchanges[change.by]):
        return False
    return any(s.name == change.cookie.name and s.value == change.value for s in view.sent)
