"""The lives of a recording's cookies, as inspectors and the report read them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Literal, TypeVar

from msgspec import Struct, field

from harinspect.wire.cookie_parsing import SetCookie
from harinspect.wire.cookie_policy import Context, Cookie, Reason

LATEST = 200  # of a site's changes are looked at for one request

EventKind = Literal["set", "rejected", "replaced", "expired", "sent", "not-sent"]


class Event(Struct, frozen=True):
    """One moment of a cookie's life; `reason` as the DevTools protocol spells it, "" where it has no name for it."""

    exchange: int
    kind: EventKind
    reason: str = ""


class History(Struct, frozen=True):
    """All that is known of one cookie. A cookie first seen in a Cookie header has its host as domain and no path."""

    name: str
    domain: str
    path: str
    events: tuple[Event, ...] = ()


class Sent(Struct, frozen=True):
    """A pair of a Cookie header. `cookie` and `set_by` are None where it was set before the recording began."""

    name: str
    value: str
    cookie: Cookie | None = None
    set_by: int | None = None


class Withheld(Struct, frozen=True):
    """A stored cookie that did not go along. No reasons: by the standards it should have."""

    cookie: Cookie
    reasons: tuple[Reason, ...]
    set_by: int


class Refused(Struct, frozen=True):
    """A Set-Cookie line of `exchange` that the browser did not store. `domain`: the one asked for, else the host.

    `moment`: its place in the order of all requests and answers.
    """

    name: str
    reasons: tuple[Reason, ...]
    exchange: int
    domain: str
    path: str
    line: SetCookie | None = None
    moment: int = 0


class ChangeKind(Enum):
    """REPLACED by another value; DELETED by an answer; EXPIRED by time; PAST: already over when it was set."""

    REPLACED = "replaced"
    DELETED = "deleted"
    EXPIRED = "expired"
    PAST = "past"


class Change(Struct, frozen=True):
    """Why a cookie is not what it was. `by` did it (EXPIRED: whoever set it), `set_by` had set it, if that is known.

    `cookie` has the value before (PAST: the value that was not kept), `value` the one after.
    """

    kind: ChangeKind
    cookie: Cookie
    by: int
    set_by: int | None = None
    value: str = ""
    moment: int = 0


class CookieView(Struct, frozen=True):
    """What one request had to do with cookies.

    is_told: the file says which cookies went along; else `withheld` is what cannot have gone. `refused` and `changes`
    came before this request and concern its site, oldest first; `hops` are the redirect hops that led here, nearest
    first.
    """

    exchange: int
    is_told: bool = False
    sent: tuple[Sent, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    refused: tuple[Refused, ...] = ()
    changes: tuple[Change, ...] = ()
    context: Context | None = None
    hops: tuple[int, ...] = ()

    def has(self, name: str) -> bool:
        """Did a cookie of that name go along?"""
        return any(sent.name == name for sent in self.sent)

    @property
    def shadowed(self) -> tuple[tuple[Sent, Sent], ...]:
        """Pairs of one name with two values: the one that comes first, and the one that it hides."""
        twice = (name for name, count in Counter(sent.name for sent in self.sent).items() if count > 1 and name)
        return tuple(pair for name in twice for pair in self._hidden(name))

    def _hidden(self, name: str) -> Iterator[tuple[Sent, Sent]]:
        first, *others = (sent for sent in self.sent if sent.name == name)
        yield from ((first, other) for other in others if other.value != first.value)


class Request(Struct, frozen=True):
    """What the replay keeps of one request; `moment` orders all requests and answers."""

    moment: int
    site: str
    pairs: tuple[tuple[str, str], ...] = ()
    known: tuple[Withheld, ...] = ()  # the jar's cookies that went along; no reasons
    withheld: tuple[Withheld, ...] = ()
    context: Context | None = None
    came_from: int | None = None


class Timeline(Struct, frozen=True, dict=True):
    """The lives of a recording's cookies; `Timeline()` knows of none.

    requests: by exchange index, of all those whose cookies are told; predicted: of those whose Cookie header is under
    a mask, with what the standards kept back and nothing of what went along. refused, changes: by registrable domain,
    in the order of their moments. older: by host, the cookies that went along and were set before the recording began,
    with the moment when each was first seen. third_party_cookies: did any cookie go along with a cross-site request
    that was no navigation?
    """

    histories: tuple[History, ...] = ()
    requests: Mapping[int, Request] = field(default_factory=dict)
    predicted: Mapping[int, Request] = field(default_factory=dict)
    refused: Mapping[str, tuple[Refused, ...]] = field(default_factory=dict)
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    older: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    third_party_cookies: bool = False

    def at(self, index: int) -> CookieView:
        """What that request had to do with cookies; an empty view where the file does not tell."""
        told = self.requests.get(index)
        request = told or self.predicted.get(index)
        if request is None:
            return CookieView(index)
        return CookieView(
            exchange=index,
            is_told=told is not None,
            sent=tuple(_sent(request)),
            withheld=request.withheld,
            refused=tuple(_before(self.refused.get(request.site, ()), request.moment)),
            changes=tuple(_before(self.changes.get(request.site, ()), request.moment)),
            context=request.context,
            hops=tuple(self._hops(request)),
        )

    def carried(self, index: int, name: str) -> bool | None:
        """Did a cookie of that name go along with that request? None where the file does not tell."""
        request = self.requests.get(index)
        return None if request is None else any(pair[0] == name for pair in request.pairs)

    def older_than(self, index: int, host: str) -> tuple[str, ...]:
        """Names of cookies that this host had been sent before that request, and that no answer in the file set."""
        request = self.requests.get(index)
        if request is None:
            return ()
        return tuple(name for name, moment in self.older.get(host, {}).items() if moment < request.moment)

    def _hops(self, request: Request) -> Iterator[int]:
        while request.came_from is not None:
            yield request.came_from
            if request.came_from not in self.requests:
                return
            request = self.requests[request.came_from]


Fact = TypeVar("Fact", Refused, Change)


def _before(facts: Sequence[Fact], moment: int) -> Sequence[Fact]:
    end = bisect_left(facts, moment, key=lambda fact: fact.moment)
    return facts[max(end - LATEST, 0) : end]


def _sent(request: Request) -> Iterator[Sent]:
    known = list(request.known)
    for name, value in request.pairs:
        mine = _taken(known, name, value)
        yield Sent(name, value, mine.cookie, mine.set_by) if mine else Sent(name, value)


def _taken(known: list[Withheld], name: str, value: str) -> Withheld | None:
    """The jar's cookie behind a pair: the one with its value if there is one, and each only once."""
    named = [item for item in known if item.cookie.name == name]
    if not named:
        return None
    found = next((item for item in named if item.cookie.value == value), named[0])
    known.remove(found)
    return found
