"""The strongest evidence: what was allowed, and what about it was different.

A difference counts where it can be the reason: not what varies from call to call, and not what other calls to the same
place passed with, too. What the file withholds is never a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.traffic.embedding import kept_back
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.policies import forbidden_by
from harinspect.traffic.preflights import is_preflight
from harinspect.traffic.request_parts import CONTENT, FIELDS, METHOD, Key, Kind, Parts, is_same, kind_of
from harinspect.traffic.session_signs import weight
from harinspect.wire.headers import ABSENT, WITHHELD, Missing
from harinspect.wire.regexes import regex

NOTICED = (
    "authorization",
    "cookie",
    "origin",
    "referer",
    "user-agent",
    "sec-fetch-site",
    "sec-fetch-mode",
    "sec-fetch-dest",
    "content-type",
    "x-csrf-token",
    "x-csrftoken",
    "x-xsrf-token",
    "x-requested-with",
    "x-api-key",
)


class Difference(Struct, frozen=True):
    """One difference between a refused exchange (`here`) and an allowed one (`there`). Missing: see Headers."""

    part: str
    name: str
    here: str | Missing
    there: str | Missing


def differences(here: Exchange, there: Exchange) -> tuple[Difference, ...]:
    """What the two requests do not share; withheld headers are no difference."""
    return tuple(_differences(here, there))


def sole_difference(here: Exchange, there: Exchange) -> Difference | None:
    """The one thing that differs between two requests; None where there are more, or the file withholds one of them."""
    found = list(islice((d for d in _differences(here, there) if d.part != "request.url"), 2))
    if len(found) != 1 or any(e.request.headers.get(n) is Missing.WITHHELD for e in (here, there) for n in NOTICED):
        return None
    return found[0]


def _differences(here: Exchange, there: Exchange) -> Iterator[Difference]:
    if here.method != there.method:
        yield Difference("request.method", "", here.method, there.method)
    if here.url != there.url:
        yield Difference("request.url", "", here.url, there.url)
    for name in NOTICED:
        mine, its = here.request.headers.get(name), there.request.headers.get(name)
        if mine != its and Missing.WITHHELD not in (mine, its):
            yield Difference("request.header", name, mine, its)


NEAREST = 8  # allowed calls that a refused one is held against, and refused ones beside it
SAFE = frozenset({"GET", "HEAD"})
# What a browser sends by itself with one method and not with another (Fetch, "append a request Origin header").
_OF_METHOD = (Kind.CONTENT_TYPE, Kind.BODY, Kind.FORGERY, Kind.OPERATION, Kind.FETCH, Kind.ORIGIN, Kind.REFERER)
_PASSING = (Kind.CREDENTIAL, Kind.COOKIE, Kind.FORGERY)  # what was good once may be good no more
_OF_ONE_CALL = (Kind.QUERY, Kind.COOKIE, Kind.FORGERY, Kind.BODY, Kind.OTHER, Kind.ROUTE)
_IN_COMPANY = (Kind.CLIENT, Kind.FETCH)  # several headers that say one thing
_APART = {Kind.METHOD: 100, Kind.OPERATION: 20, Kind.PATH: 5, Kind.ROUTE: 0}
_SIGN_IN = regex(r"log[-_]?in|sign[-_]?in|sso|oauth|auth|saml", re.IGNORECASE)


class Contrast(Struct, frozen=True, eq=False, dict=True):
    """A refused request, the nearest one that passed, and all those that it was held against (`rows`).

    `differences`: those that can be the reason, the telling ones first; `is_whole`: the file withholds nothing of them.
    """

    denial: Denial
    twin: Exchange
    rows: tuple[Exchange, ...]
    differences: tuple[Difference, ...] = ()
    is_whole: bool = False

    @cached_property
    def decisive(self) -> Kind | None:
        """What it comes down to, where one thing alone differs between two calls that are the same in all else."""
        kinds = {kind_of((d.part, d.name)) for d in self.differences}
        kind = kinds.pop() if len(kinds) == 1 else None
        alone = len(self.differences) == 1 or kind in _IN_COMPANY
        if kind in (None, Kind.PATH, Kind.OPERATION) or not alone or not self.is_whole or not _is_success(self.twin):
            return None
        if kind is Kind.METHOD and not {self.denial.exchange.method, self.twin.method} <= SAFE:
            return None  # who may read may not always write
        return None if any(map(self._is_doubtful, self.differences)) else kind

    def _is_doubtful(self, difference: Difference) -> bool:
        """Was the same call refused with the very value that passed? Is the value another one every time?"""
        key, parts = (difference.part, difference.name), self.denial.traffic.parts
        if any(parts(e).get(key) == difference.there for e in _refused_beside(self.denial)):
            return True
        if kind_of(key) not in _PASSING:
            return False
        steady = [parts(e).get(key) for e in self.rows].count(difference.there) > 1
        for_once = kind_of(key) is Kind.FORGERY and difference.here is not ABSENT and not steady
        return for_once or self._sharing(key, anywhere=True) is not None

    def passed_with(self, part: str, name: str) -> Exchange | None:
        """A call to that place, by the same method, that was allowed with the very value of the refused one.

        Lacking the same header or cookie is sharing it, too. Of what may have run out since (credentials, cookies,
        tokens) only a later call counts, and of all these only one to the same address.
        """
        return self._sharing((part, name), anywhere=False)

    def _sharing(self, key: Key, *, anywhere: bool) -> Exchange | None:
        traffic, exchange = self.denial.traffic, self.denial.exchange
        mine, turn, path = traffic.parts(exchange).get(key), traffic.turn_of, traffic.urls[exchange.index].path
        if mine is WITHHELD:
            return None
        anywhere = anywhere or kind_of(key) not in _PASSING
        for other in self.rows:
            same = other.method == exchange.method and traffic.parts(other).get(key) == mine
            still = mine is ABSENT or turn[other.index] > turn[exchange.index]
            at_it = traffic.urls[other.index].path == path
            if same and (anywhere or (still and at_it)) and _is_success(other):
                return other
        return None

    def counts(self, difference: Difference) -> bool:
        """May it be the reason? No other call passed with the same, and the value is not another one every time."""
        key = (difference.part, difference.name)
        if self.passed_with(*key) is not None:
            return False
        values = [v for e in self.rows if isinstance(v := self.denial.traffic.parts(e).get(key), str)]
        if isinstance(difference.here, Missing) or isinstance(difference.there, Missing):
            return True
        if kind_of(key) is Kind.CREDENTIAL:
            return not 2 < len(values) == len(set(values))  # signed anew for each request
        return kind_of(key) not in _OF_ONE_CALL or len(set(values)) < 2


def contrast(denial: Denial) -> Contrast | None:
    """The nearest request that was allowed at the same place, and the least that differs; None where there is none."""
    rows = tuple(_candidates(denial))
    if not rows:
        return None
    parts = denial.traffic.parts
    here = parts(denial.exchange)
    seen = ((other, tuple(_compared(here, parts(other)))) for other in rows)
    twin, found = min(seen, key=lambda row: sum(map(_distance, row[1])))
    bare = Contrast(denial, twin, rows)
    differences = tuple(sorted(filter(bare.counts, found), key=_rank))
    return Contrast(denial, twin, rows, differences, here.is_whole and parts(twin).is_whole)


def _candidates(denial: Denial) -> Iterator[Exchange]:
    """What the server allowed at that place, the same address first; redirects only where there is nothing else."""
    url = denial.traffic.urls.get(denial.exchange.index)
    if url is None or is_preflight(denial.exchange):
        return iter(())
    urls, method = denial.traffic.urls, denial.exchange.method
    rows = [e for e in denial.allowed_alike if not (e.provisional or e.from_cache or e.from_service_worker)]
    if denial.kind is DenialKind.BLOCKED:
        rows = [e for e in rows if not (kept_back(e, denial.traffic) or forbidden_by(e, denial.traffic))]
    rows.sort(key=lambda e: (e.method != method, urls[e.index].path != url.path))
    return islice(filter(_is_success, rows), NEAREST) if any(map(_is_success, rows)) else _redirects(rows)


def _redirects(rows: Iterable[Exchange]) -> Iterator[Exchange]:
    return islice((e for e in rows if not _SIGN_IN.search(e.response.headers.text("location"))), NEAREST)


def _is_success(exchange: Exchange) -> bool:
    """An answer, or what follows a form that was taken. A redirect of anything else may lead to a sign-in."""
    if exchange.status < 300 or exchange.status == 304:
        return True
    return exchange.method not in SAFE and not _SIGN_IN.search(exchange.response.headers.text("location"))


def _refused_beside(denial: Denial) -> Iterator[Exchange]:
    """Other calls that were refused at the same address, by the same method."""
    traffic, mine = denial.traffic, denial.exchange
    url = traffic.urls[mine.index]
    rows = traffic.refused_by_place.at(url)
    same = (e for e in rows if e.method == mine.method and e.index != mine.index and not e.provisional)
    return islice((e for e in same if traffic.urls[e.index].path == url.path), NEAREST)


def _compared(here: Parts, there: Parts) -> Iterator[Difference]:
    """Whatever differs between two requests and may matter."""
    keys = {key for key, _ in here.values.items() ^ there.values.items()}
    asks_and_does = (here.values[METHOD] in SAFE) != (there.values[METHOD] in SAFE)
    for key in keys - ({CONTENT} if FIELDS in keys else set()):
        kind, mine, its = kind_of(key), here.get(key), there.get(key)
        of_method = asks_and_does and (kind in _OF_METHOD or (kind in _PASSING and its is ABSENT))
        if kind is None or of_method or WITHHELD in (mine, its):
            continue
        if isinstance(mine, Missing) or isinstance(its, Missing) or not is_same(kind, mine, its):
            yield _difference(key, mine, its)


def _difference(key: Key, mine: str | Missing, its: str | Missing) -> Difference:
    """Of fields, those that the other lacks; of contents, how much there is of them."""
    if key == CONTENT:
        return Difference(*key, _length(mine), _length(its))
    if key == FIELDS:
        return Difference(*key, _beyond(mine, its), _beyond(its, mine))
    return Difference(*key, mine, its)


def _length(text: str | Missing) -> str | Missing:
    return text if isinstance(text, Missing) else f"{len(text)} characters"


def _beyond(names: str | Missing, others: str | Missing) -> str | Missing:
    if isinstance(names, Missing) or isinstance(others, Missing):
        return names
    return ", ".join(name for name in names.split(", ") if name not in others.split(", ")) or ABSENT


def _distance(difference: Difference) -> int:
    kind = kind_of((difference.part, difference.name))
    return 1 if kind is None else _APART.get(kind, 1)


def _rank(difference: Difference) -> tuple[int, int, str, str]:
    """By what decides most often; of cookies, what looks like a session goes first and what does not far behind."""
    kind = kind_of((difference.part, difference.name))
    size = weight(difference.name, False, None) if kind is Kind.COOKIE else 0
    place_of_kind = Kind.OTHER if kind is None or (kind is Kind.COOKIE and not size) else kind
    return place_of_kind, -size, difference.part, difference.name
