"""Before and after, by the time when requests began, and how long to wait for the next try."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from harinspect.har.model import Exchange
from harinspect.wire.dates import http_date
from harinspect.wire.rate_limits import seconds_to_wait


def in_time(exchanges: Iterable[Exchange]) -> tuple[Exchange, ...]:
    """By time of start; file order breaks ties, and an undated exchange follows its neighbour in the file."""
    last = datetime.min.replace(tzinfo=UTC)
    keys: list[tuple[datetime, int, Exchange]] = []
    for exchange in exchanges:
        last = exchange.started or last
        keys.append((last, exchange.index, exchange))
    return tuple(row[2] for row in sorted(keys, key=lambda row: row[:2]))


def is_before(one: Exchange, other: Exchange) -> bool:
    """Not known of an undated one."""
    return one.started is not None and other.started is not None and one.started < other.started


def is_within(span: timedelta, one: Exchange, other: Exchange) -> bool:
    """Was `one` before `other`, and by no more than that?"""
    return is_before(one, other) and seconds_between(one, other) <= span.total_seconds()


def seconds_between(one: Exchange, other: Exchange) -> float:
    """From the start of `one` to that of `other`; 0 where either is undated."""
    return (other.started - one.started).total_seconds() if one.started and other.started else 0.0


def answered(exchange: Exchange) -> datetime | None:
    """When the answer was made: by the server's clock, which its own times are of, else by the browser's."""
    return http_date(exchange.response.headers.text("date")) or exchange.started


def wait(exchange: Exchange) -> int | None:
    """Seconds from the answer to the earliest try that may pass, as far as the answer says so."""
    return seconds_to_wait(exchange.response.headers, answered(exchange))
