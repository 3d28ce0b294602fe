"""A browser's cookie jar: what it stores, sends and withholds, and why (RFC 6265bis, sections 5.7 and 5.8; CHIPS).

Reasons are spelled as in the DevTools protocol (Network.SetCookieBlockedReason, Network.CookieBlockedReason).

>>> from datetime import UTC
>>> jar, noon = Jar(), datetime(2026, 1, 1, 12, tzinfo=UTC)
>>> jar.store("sid=1; Path=/app; Secure; HttpOnly", "https://shop.example/app/login", noon).cookie.same_site
<SameSite.UNSPECIFIED: ''>
>>> jar.header("https://shop.example/app/", noon), jar.header("https://shop.example/", noon)
('sid=1', '')
>>> [reason.value for _, reason in jar.withheld("https://shop.example/", noon)]
['NotOnPath']
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from harinspect.wire.cookie_limits import MOST, excess
from harinspect.wire.cookie_parsing import SetCookie, Unreadable, name_in, parse_set_cookie, path_matches
from harinspect.wire.cookie_policy import (
    NO_TIME,
    TYPED,
    Context,
    Cookie,
    Reason,
    made_from,
    obstacles,
    refusals,
    would_cover,
)
from harinspect.wire.url import Url


class Stored(Struct, frozen=True):
    """`replaced`: the cookie that stood there; `is_deletion`: it had expired on arrival, so nothing is kept.

    `evicted`: others of the site that were too many.
    """

    cookie: Cookie
    replaced: Cookie | None = None
    is_deletion: bool = False
    evicted: tuple[Cookie, ...] = ()


class Rejected(Struct, frozen=True):
    """Not stored; `reasons` has at least one, the weightiest first. `line` is None where it could not be read."""

    name: str
    reasons: tuple[Reason, ...]
    line: SetCookie | None = None

    @property
    def reason(self) -> Reason:
        return self.reasons[0]


class _Shelf(Struct):
    """The cookies of one registrable domain.

    `paths`: those of its cookies, save for "/"; `version` counts changes; `next_expiry` is the earliest.
    """

    cookies: dict[tuple[str, str, bool, str, str | None, bool], Cookie] = field(default_factory=dict)
    paths: dict[str, None] = field(default_factory=dict)
    version: int = 0
    next_expiry: datetime | None = None

    def put(self, cookie: Cookie) -> None:
        self.cookies[cookie.key] = cookie
        if cookie.path != "/":
            self.paths[cookie.path] = None
        self.version += 1
        if cookie.expires is not None and (self.next_expiry is None or cookie.expires < self.next_expiry):
            self.next_expiry = cookie.expires

    def remove(self, cookie: Cookie) -> None:
        del self.cookies[cookie.key]
        self.version += 1


class Jar:
    """The jar of one browser. Addresses are http(s) or ws(s); times are aware. Raises ValueError on a bad address."""

    def __init__(self) -> None:
        self._shelves: dict[str, _Shelf] = {}

    def store(
        self,
        set_cookie: str,
        url: Url | str,
        at: datetime,
        context: Context = TYPED,
        *,
        skew: timedelta = NO_TIME,
    ) -> Stored | Rejected:
        """Section 5.7: take one Set-Cookie line that was answered by `url`.

        `skew`: what the browser's clock is ahead of the server's, by the answer's Date.
        """
        url = _parsed(url)
        if not context.includes_credentials:
            return Rejected(name_in(set_cookie), (Reason.CREDENTIALS_OMITTED,))
        line = parse_set_cookie(set_cookie)
        if isinstance(line, Unreadable):
            return Rejected(name_in(set_cookie), (Reason(line.value),))
        if reasons := tuple(refusals(line, url, context)):
            return Rejected(line.name, reasons, line)
        cookie = made_from(line, url, at, context, skew)
        shelf = self._shelves.setdefault(url.registrable_domain, _Shelf())
        if (
            not cookie.secure
            and not url.is_trustworthy
            and any(would_cover(cookie, other) for other in shelf.cookies.values())
        ):
            return Rejected(line.name, (Reason.OVERWRITE_SECURE,), line)
        return _put(shelf, cookie, at, context)

    def expire(self, url: Url | str, at: datetime) -> tuple[Cookie, ...]:
        """Throw out what has expired on the shelf of that address, and say what."""
        shelf = self._shelves.get(_parsed(url).registrable_domain)
        if shelf is None or shelf.next_expiry is None or shelf.next_expiry > at:
            return ()
        gone = tuple(cookie for cookie in shelf.cookies.values() if cookie.is_expired(at))
        for cookie in gone:
            shelf.remove(cookie)
        shelf.next_expiry = min((c.expires for c in shelf.cookies.values() if c.expires), default=None)
        return gone

    def verdicts(
        self, url: Url | str, at: datetime, context: Context = TYPED
    ) -> tuple[tuple[Cookie, tuple[Reason, ...]], ...]:
        """Every living cookie of the registrable domain, with all reasons that keep it from this request."""
        url = _parsed(url)
        shelf = self._shelves.get(url.registrable_domain)
        if shelf is None:
            return ()
        self.expire(url, at)
        return tuple((cookie, tuple(obstacles(cookie, url, at, context))) for cookie in shelf.cookies.values())

    def select(self, url: Url | str, at: datetime, context: Context = TYPED) -> list[Cookie]:
        """Section 5.8.3: the cookies that go along, in the order in which they are sent."""
        found = [cookie for cookie, reasons in self.verdicts(url, at, context) if not reasons]
        return sorted(found, key=lambda cookie: (-len(cookie.path), cookie.created))

    def withheld(self, url: Url | str, at: datetime, context: Context = TYPED) -> list[tuple[Cookie, Reason]]:
        """The cookies of the registrable domain that do not go along; a cookie with two reasons comes twice."""
        return [(cookie, reason) for cookie, reasons in self.verdicts(url, at, context) for reason in reasons]

    def header(self, url: Url | str, at: datetime, context: Context = TYPED) -> str:
        """The value of the Cookie header, "" for none."""
        chosen = self.select(url, at, context)
        return "; ".join(f"{cookie.name}={cookie.value}" if cookie.name else cookie.value for cookie in chosen)

    def scope(self, url: Url | str) -> Hashable:
        """All that the verdicts on an address depend on beside time and context; None while its shelf never had any."""
        url = _parsed(url)
        shelf = self._shelves.get(url.registrable_domain)
        if shelf is None:
            return None
        return shelf.version, url.scheme, url.host, tuple([path_matches(url.path, path) for path in shelf.paths])


def _parsed(url: Url | str) -> Url:
    found = Url.parse(url) if isinstance(url, str) else url
    if found is None:
        raise ValueError(f"not an address: {url}")
    return found


def _put(shelf: _Shelf, cookie: Cookie, at: datetime, context: Context) -> Stored:
    former = shelf.cookies.get(cookie.key)
    if former is not None and former.is_expired(at):
        shelf.remove(former)
        former = None
    if cookie.is_expired(at):
        if former is not None:
            shelf.remove(former)
        return Stored(cookie, former, is_deletion=True)
    if former is not None and (former.value == cookie.value or not context.renews_on_change):
        cookie = replace(cookie, created=former.created)
    elif former is not None:
        shelf.remove(former)  # cookies stand in the order of their creation
    shelf.put(cookie)
    return Stored(cookie, former, evicted=_evicted(shelf, at) if former is None else ())


def _evicted(shelf: _Shelf, at: datetime) -> tuple[Cookie, ...]:
    if len(shelf.cookies) <= MOST:
        return ()
    for cookie in [cookie for cookie in shelf.cookies.values() if cookie.is_expired(at)]:
        shelf.remove(cookie)
    gone = excess(shelf.cookies.values())
    for cookie in gone:
        shelf.remove(cookie)
    return gone
