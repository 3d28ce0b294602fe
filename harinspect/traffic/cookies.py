"""What became of every cookie of a recording: the exchanges replayed through a browser's jar, in time order.

What the file says outranks what the jar expects: a cookie that is in a Cookie header went along. Where a file keeps
silent about cookies there is nothing to replay, and the timeline says nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from harinspect.har.model import Credentials, Exchange, Har
from harinspect.traffic.histories import Histories
from harinspect.traffic.moments import moments, skew, tells, went_out
from harinspect.traffic.surroundings import Surroundings
from harinspect.traffic.timeline import Change, ChangeKind, CookieView, EventKind, Refused, Request, Timeline, Withheld
from harinspect.wire.cookie_parsing import SetCookie, parse_cookie_header, parse_set_cookie
from harinspect.wire.cookie_policy import Context, Cookie
from harinspect.wire.cookies import Jar, Rejected, Stored
from harinspect.wire.redirects import is_redirect
from harinspect.wire.url import Url, registrable_domain

__all__ = ["Change", "ChangeKind", "CookieView", "Refused", "Timeline", "Withheld", "replay"]

SOON = timedelta(seconds=30)  # a redirect is followed within
DELETED = frozenset({"", "0", "-", "deleted", "delete", "removed", "expired", "null", "none", "invalid", '""'})
LIVING = 2000  # an older year is a way to delete

Key = tuple[str, str, bool, str, str | None, bool]


def replay(har: Har, urls: Mapping[int, Url]) -> Timeline:
    """The lives of all cookies; empty where credentials were removed from the file: it has no Set-Cookie then either.

    Where a tool put a mask over the Cookie header alone, what the standards keep back is told, and no more.
    """
    if har.source.credentials is Credentials.REMOVED:
        return Timeline()
    replayed = _Replay(har, urls)
    for moment, (at, _, is_answer, exchange) in enumerate(moments(har, urls)):
        if is_answer:
            replayed.answer(exchange, at, moment)
        else:
            replayed.request(exchange, at, moment)
    return replayed.timeline()


class _Judged(Struct):
    """What really became of the jar's cookies."""

    known: tuple[Withheld, ...] = ()
    withheld: tuple[Withheld, ...] = ()


_NOTHING = _Judged()


class _Expected(Struct):
    """What the jar expects of all requests alike: each cookie as it would be told if it went along, and if not, and
    whether it may go.
    """

    rows: tuple[tuple[Withheld, Withheld, bool], ...]
    named: Counter[str]
    free: frozenset[str]
    judged: dict[str, _Judged] = field(default_factory=dict)

    def against(self, header: str, pairs: tuple[tuple[str, str], ...]) -> _Judged:
        """What a Cookie header says to that."""
        if (judged := self.judged.get(header)) is None:
            names = {name for name, _ in pairs}
            went = [row[0].cookie.name in names and self._went(row[1].cookie, row[2], pairs) for row in self.rows]
            judged = self.judged[header] = _Judged(
                tuple(row[0] for row, sent in zip(self.rows, went, strict=True) if sent),
                tuple(row[1] for row, sent in zip(self.rows, went, strict=True) if not sent),
            )
        return judged

    def _went(self, cookie: Cookie, may_go: bool, pairs: tuple[tuple[str, str], ...]) -> bool:
        """Of several cookies with the name that was sent: those that may go; else the one with the value sent."""
        if self.named[cookie.name] == 1 or may_go:
            return True
        return cookie.name not in self.free and (cookie.name, cookie.value) in pairs


class _Replay:
    def __init__(self, har: Har, urls: Mapping[int, Url]) -> None:
        self.urls = urls
        self.jar = Jar()
        self.surroundings = Surroundings(har)
        self.histories = Histories()
        self.setters: dict[Key, int] = {}
        self.seen: defaultdict[str, dict[str, str]] = defaultdict(dict)  # by host, cookies older than the recording
        self.older: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.awaited: dict[str, tuple[int, datetime]] = {}  # where redirects lead
        self.requests: dict[int, Request] = {}
        self.predicted: dict[int, Request] = {}
        self.refused: defaultdict[str, list[Refused]] = defaultdict(list)
        self.changes: defaultdict[str, list[Change]] = defaultdict(list)
        self.carried: dict[int, tuple[Refused, ...]] = {}  # what redirect hops tried in vain to hand over
        self.expected: dict[tuple[Hashable, Context, bool], _Expected] = {}
        self.third_party_cookies = False

    def timeline(self) -> Timeline:
        return Timeline(
            histories=self.histories.all(),
            requests=self.requests,
            predicted=self.predicted,
            refused={site: tuple(rows) for site, rows in self.refused.items()},
            changes={site: tuple(rows) for site, rows in self.changes.items()},
            older=self.older,
            third_party_cookies=self.third_party_cookies,
        )

    def request(self, exchange: Exchange, at: datetime, moment: int) -> None:
        url = self.urls[exchange.index]
        came_from = self._came_from(exchange, url, at)
        self.surroundings.note(exchange, url, came_from)
        if not tells(exchange):
            self._predict(exchange, url, at, moment, came_from)
            return
        header = "; ".join(exchange.request.headers.all("cookie"))
        pairs = parse_cookie_header(header) if header else ()
        scope = self.jar.scope(url)
        if scope and self._drop_expired(exchange, url, at, moment):
            scope = self.jar.scope(url)
        context = self.surroundings.context(exchange, url, came_from) if scope else None
        judged = self._expect(exchange, url, at, context, scope).against(header, pairs) if context else _NOTHING
        self.requests[exchange.index] = Request(
            moment, url.registrable_domain, pairs, judged.known, judged.withheld, context, came_from
        )
        self._record(exchange, url, pairs, judged, came_from)
        if context and judged.known and context.is_third_party(url):
            self.third_party_cookies = True

    def _predict(self, exchange: Exchange, url: Url, at: datetime, moment: int, came_from: int | None) -> None:
        """Where the Cookie header is under a mask: what the standards kept back, whatever the header said."""
        if not went_out(exchange) or not self.jar.scope(url):
            return
        self._drop_expired(exchange, url, at, moment)
        context = self.surroundings.context(exchange, url, came_from)
        withheld = tuple(
            Withheld(cookie, why, self.setters[cookie.key])
            for cookie, why in self.jar.verdicts(url, at, context)
            if why
        )
        self.predicted[exchange.index] = Request(
            moment, url.registrable_domain, withheld=withheld, context=context, came_from=came_from
        )
        for item in withheld:
            self.histories.not_sent(item.cookie, exchange.index, item.reasons)

    def answer(self, exchange: Exchange, at: datetime, moment: int) -> None:
        url = self.urls[exchange.index]
        request = self.requests.get(exchange.index) or self.predicted.get(exchange.index)
        context = request.context if request else None
        if context is None:
            context = self.surroundings.context(exchange, url, request.came_from if request else None)
        ahead = skew(exchange, at)
        for line in exchange.response.headers.all("set-cookie"):
            result = self.jar.store(line, url, at, context, skew=ahead)
            if isinstance(result, Rejected):
                self._refuse(result, exchange, url, moment)
            else:
                self._store(result, line, exchange, moment)

    def _came_from(self, exchange: Exchange, url: Url, at: datetime) -> int | None:
        """The redirect hop that led here; and where this one leads, for the next."""
        led = self.awaited.pop(url.text, None)
        if is_redirect(exchange.response.status):
            where = exchange.response.headers.text("location") or exchange.response.redirect_url
            target = url.join(where) if where else None
            if target is not None:
                self.awaited[target.text] = (exchange.index, at)
        return led[0] if led and at - led[1] <= SOON else None

    def _drop_expired(self, exchange: Exchange, url: Url, at: datetime, moment: int) -> bool:
        gone = self.jar.expire(url, at)
        for cookie in gone:
            set_by = self.setters[cookie.key]
            self.histories.add(cookie, exchange.index, "expired")
            change = Change(ChangeKind.EXPIRED, cookie, set_by, set_by, moment=moment - 1)
            self.changes[url.registrable_domain].append(change)
        return bool(gone)

    def _expect(self, exchange: Exchange, url: Url, at: datetime, context: Context, scope: Hashable) -> _Expected:
        crossed = context.is_same_site is True and exchange.request.headers.text("sec-fetch-site") == "cross-site"
        key = (scope, context, crossed)
        found = self.expected.get(key)
        if found is None:
            found = self._expectation(url, at, context, crossed)
            if context.is_same_site is not False:  # else two minutes may make a difference
                self.expected[key] = found
        return found

    def _expectation(self, url: Url, at: datetime, context: Context, crossed: bool) -> _Expected:
        verdicts, setters = self.jar.verdicts(url, at, context), self.setters
        strict = verdicts
        if crossed:  # by way of redirects; whoever does look at them withholds what is kept to the site
            strict = self.jar.verdicts(url, at, replace(context, is_same_site=False))
        both = zip(verdicts, strict, strict=True)
        rows = ((c, why, why or tuple(r for r in other[1] if r.is_same_site)) for (c, why), other in both)
        return _Expected(
            tuple(
                (Withheld(c, (), setters[c.key]), Withheld(c, told, setters[c.key]), not why) for c, why, told in rows
            ),
            Counter(cookie.name for cookie, _ in verdicts),
            frozenset(cookie.name for cookie, reasons in verdicts if not reasons),
        )

    def _record(
        self, exchange: Exchange, url: Url, pairs: tuple[tuple[str, str], ...], judged: _Judged, came_from: int | None
    ) -> None:
        mine, seen = {item.cookie.name for item in judged.known}, self.seen[url.host]
        for item in judged.known:
            self.histories.sent(item.cookie, exchange.index)
        for name, value in pairs:
            if seen.get(name) != value and name not in mine:
                seen[name] = value
                self.older[url.host].setdefault(name, self.requests[exchange.index].moment)
                self.histories.seen(name, url.host, exchange.index)
        for item in judged.withheld:
            self.histories.not_sent(item.cookie, exchange.index, item.reasons)
        if came_from is not None and (lost := self.carried.get(came_from)):
            for refused in lost:
                self.histories.refused(refused, exchange.index, "not-sent")
            if is_redirect(exchange.status):
                self.carried[exchange.index] = lost

    def _refuse(self, result: Rejected, exchange: Exchange, url: Url, moment: int) -> None:
        line = result.line
        domain = (line.domain if line else "") or url.host
        refused = Refused(
            result.name, result.reasons, exchange.index, domain, (line.path if line else "") or "/", line, moment
        )
        for site in {url.registrable_domain, registrable_domain(domain)}:
            self.refused[site].append(refused)
        self.histories.refused(refused, exchange.index, "rejected")
        if is_redirect(exchange.status):
            self.carried[exchange.index] = (*self.carried.get(exchange.index, ()), refused)

    def _store(self, result: Stored, line: str, exchange: Exchange, moment: int) -> None:
        url, cookie, former = self.urls[exchange.index], result.cookie, result.replaced
        seen = self.seen[url.host].pop(cookie.name, None)
        self.older.get(url.host, {}).pop(cookie.name, None)
        if former is None and seen is not None:
            former = replace(cookie, value=seen, expires=None)
            set_by = None
        else:
            set_by = self.setters.get(cookie.key) if former else None
        kind = _changed(result, former, line)
        if kind is not None:
            concerned = former or cookie
            change = Change(kind, concerned, exchange.index, set_by, "" if result.is_deletion else cookie.value, moment)
            self.changes[url.registrable_domain].append(change)
        event: EventKind = "replaced" if kind is ChangeKind.REPLACED else "set"
        self.histories.add(cookie, exchange.index, "expired" if result.is_deletion else event)
        for gone in result.evicted:
            self.histories.add(gone, exchange.index, "expired")
        self.setters[cookie.key] = exchange.index


def _changed(result: Stored, former: Cookie | None, line: str) -> ChangeKind | None:
    if result.is_deletion and former is not None:
        return ChangeKind.DELETED
    if result.is_deletion:
        return ChangeKind.PAST if _was_meant_to_live(line) else None
    return ChangeKind.REPLACED if former is not None and former.value != result.cookie.value else None


def _was_meant_to_live(line: str) -> bool:
    """Or does it look like a deletion, by a value that says so, Max-Age=0, or a date at the beginning of time?"""
    wanted = parse_set_cookie(line)
    if not isinstance(wanted, SetCookie) or wanted.value.lower() in DELETED or wanted.max_age == 0:
        return False
    return wanted.max_age is not None or (wanted.expires is not None and wanted.expires.year >= LIVING)
