"""One denial with what is known of it, and with the exchanges that bear on what to do next, looked up once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice

from msgspec import Struct

from harinspect.har.model import Credentials, Exchange
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.traffic.contrast import differences
from harinspect.traffic.model import Denial
from harinspect.traffic.order import wait
from harinspect.traffic.sessions import session_sent
from harinspect.traffic.tokens import Token
from harinspect.wire.headers import ABSENT, WITHHELD

COMPARED = 6  # exchanges: the nearest, or the first, tell enough
WAITING = ("rate.", "status.429", "auth.account-locked")  # causes at which an answer says how long


class Case(Struct, frozen=True, eq=False, dict=True):
    """`told`: what the report says of the denial so far, its findings above all."""

    denial: Denial
    told: model.Denial
    redactor: ReportRedactor

    @property
    def exchange(self) -> Exchange:
        return self.denial.exchange

    @property
    def leader(self) -> model.Finding | None:
        return self.told.findings[0] if self.told.findings else None

    @property
    def cause(self) -> str:
        """The leader's, "" where there is none."""
        return self.leader.cause if self.leader else ""

    @property
    def layer(self) -> str:
        """Who refused."""
        return self.told.layer

    @property
    def kind(self) -> str:
        return self.told.kind

    @property
    def known(self) -> model.Finding | None:
        """The leader, if it is more than a hint."""
        return self.leader if self.leader and self.leader.confidence != "hint" else None

    @cached_property
    def turn(self) -> int:
        return self.denial.traffic.turn_of.get(self.exchange.index, 0)

    def follows(self, other: Exchange) -> bool:
        """Was `other` made after the denied request?"""
        return self.denial.traffic.turn_of[other.index] > self.turn

    @cached_property
    def again(self) -> tuple[Exchange, ...]:
        """The same call with the same outcome elsewhere in the file; its headers may differ."""
        mine = self.exchange
        rows = self.denial.traffic.refusals.get((mine.method, mine.url), ())
        same = (e for e in rows if e.index != mine.index and (e.status, e.error) == (mine.status, mine.error))
        return tuple(islice((e for e in same if _body(e) == _body(mine)), COMPARED))

    @cached_property
    def alike(self) -> tuple[Exchange, ...]:
        """Those of them in which the file shows no difference."""
        return tuple(e for e in self.again if not differences(self.exchange, e))

    @cached_property
    def passed(self) -> tuple[Exchange, ...]:
        """The same call with success, nearest first; its headers and body may differ."""
        mine = self.exchange
        rows = (e for e in self.denial.allowed_alike if (e.method, e.url) == (mine.method, mine.url))
        return tuple(islice((e for e in rows if e.status < 300), COMPARED))

    @cached_property
    def credentials(self) -> tuple[Token, ...]:
        return self.denial.traffic.tokens.of(self.exchange)

    @cached_property
    def sent(self) -> str:
        """Did a credential go along? sent, cookies (that may or may not be one), none or withheld."""
        headers = self.exchange.request.headers
        if any(token.value for token in self.credentials):
            return "sent"
        if "cookie" in headers:
            known = self.exchange.index in self.denial.traffic.urls and session_sent(self.denial)
            return "sent" if known else "cookies"
        absent = WITHHELD not in (headers.get("cookie"), headers.get("authorization"))
        recorded = self.denial.traffic.credentials is Credentials.RECORDED and not self.exchange.provisional
        return "none" if absent and recorded else "withheld"

    @property
    def has_no_cookie(self) -> bool:
        recorded = self.denial.traffic.credentials is Credentials.RECORDED and not self.exchange.provisional
        return recorded and self.exchange.request.headers.get("cookie") is ABSENT

    @cached_property
    def until(self) -> datetime | None:
        """When the next try may pass, as the answer says where that is the matter."""
        if not self.cause.startswith(WAITING) or (ended := self.exchange.ended) is None:
            return None
        seconds = wait(self.exchange)
        return ended + timedelta(seconds=seconds) if seconds else None

    def changed(self, other: Exchange) -> bool:
        """Does the file show a difference between the denied request and `other`?"""
        return _body(self.exchange) != _body(other) or bool(differences(self.exchange, other))

    def near(self) -> Iterator[Exchange]:
        """What the same host let pass, itself and not out of a store, nearest in time first."""
        rows = islice(self.denial.allowed_at_host, COMPARED)
        return (e for e in rows if e.status < 300 and not may_be_stored(e))


def may_be_stored(exchange: Exchange) -> bool:
    """May the answer be one that a cache or a worker kept, and not the server's own?"""
    marked = "age" in exchange.response.headers or "x-cache" in exchange.response.headers
    return bool(exchange.from_cache or exchange.from_service_worker or marked)


def moment(at: datetime) -> str:
    """In UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def few(words: Sequence[str], most: int = 3) -> str:
    """ "a, b and 5 more"."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def _body(exchange: Exchange) -> str | None:
    return exchange.request.post_data.text if exchange.request.post_data else None
