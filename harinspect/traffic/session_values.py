"""The value of the session cookie from call to call: who gave another, and which one passed."""

from __future__ import annotations

from bisect import bisect_left

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.traffic.model import Denial
from harinspect.traffic.session_signs import STRONG, guards_forms, signs_in_by_name, signs_out, weight
from harinspect.wire.cookie_parsing import SetCookie, parse_cookie_header, parse_set_cookie

CALLS = frozenset({"fetch", "xhr", "empty"})  # DevTools' resource types, and Sec-Fetch-Dest
NEAREST = 200  # allowed calls in time that are looked at


class Session(Struct, frozen=True):
    """A cookie that looks like the session, as the refused request carried it."""

    name: str
    value: str

    @classmethod
    def of(cls, denial: Denial) -> Session | None:
        """The weightiest of those that went along."""
        pairs = parse_cookie_header(denial.exchange.request.headers.text("cookie"))
        weighed = [(weight(n, http_only=False, setter=None), n, v) for n, v in pairs if v and not guards_forms(n)]
        best = max(weighed, key=lambda row: row[0], default=(0, "", ""))
        return cls(best[1], best[2]) if best[0] >= STRONG else None


class Rotation(Struct, frozen=True):
    """`by` came with the old value and was answered with the new one.

    `old_passed`: a call that was answered well with the old value afterwards; `new_passed`: calls with the new one.
    """

    by: Exchange
    value: str
    old_passed: Exchange | None
    new_passed: tuple[Exchange, ...]


def session_of(exchange: Exchange, name: str) -> str:
    """The value of that cookie in the request, "" for none."""
    return next((v for n, v in parse_cookie_header(exchange.request.headers.text("cookie")) if n == name), "")


def bearers(denial: Denial, session: Session) -> list[Exchange]:
    """Allowed calls of the host with that very value, nearest in time first."""
    return [e for e in denial.allowed_at_host if session_of(e, session.name) == session.value]


def lives_on(denial: Denial, passed: list[Exchange]) -> bool:
    """Did one of the bearers that needs a session pass after the refusal? Pages and their files may need none."""
    turn = denial.traffic.turn_of
    later = (e for e in passed if turn[e.index] > turn[denial.exchange.index] and e.status < 300)
    return any(_is_call(e) for e in later)


def rotation_of(denial: Denial, session: Session, passed: list[Exchange]) -> Rotation | None:
    """The last answer before this one that replaced the value that went along with both requests."""
    host, turn = denial.traffic.urls[denial.exchange.index].host, denial.traffic.turn_of
    setters = denial.traffic.cookie_setters.get(host, ())
    last = bisect_left(setters, turn[denial.exchange.index], key=lambda e: turn[e.index])
    for by in reversed(setters[max(0, last - NEAREST) : last]):
        value = given(by, session.name)
        rotates = value not in ("", session.value) and session_of(by, session.name) == session.value
        if rotates and _ended_after(denial.exchange, by):
            old = (e for e in passed if e.index != by.index and _ended_after(e, by))
            new = (e for e in denial.allowed_at_host if session_of(e, session.name) == value)
            return Rotation(by, value, next(old, None), tuple(e for e in new if e.status < 300))
    return None


def signed_out_between(denial: Denial, later: Exchange) -> bool:
    """Did anybody sign out at this host between the refusal and `later`?"""
    turn = denial.traffic.turn_of
    here, there = turn[denial.exchange.index], turn[later.index]
    return any(here < turn[e.index] < there and signs_out(e) for e in denial.allowed_at_host)


def given(exchange: Exchange, name: str) -> str:
    """The value that the answer sets, "" where it sets none or deletes the cookie."""
    cookies = (parse_set_cookie(line) for line in exchange.response.headers.all("set-cookie"))
    found = [c for c in cookies if isinstance(c, SetCookie) and c.name == name]
    return found[-1].value if found and (found[-1].max_age is None or found[-1].max_age > 0) else ""


def _is_call(exchange: Exchange) -> bool:
    """By a script, and not one of those that sign in."""
    kind = exchange.resource_type or exchange.request.headers.text("sec-fetch-dest")
    by_script = kind in CALLS or (not kind and "json" in exchange.response.mime_type)
    return by_script and not signs_in_by_name(exchange)


def _ended_after(one: Exchange, other: Exchange) -> bool:
    return one.ended is not None and other.ended is not None and one.ended > other.ended
