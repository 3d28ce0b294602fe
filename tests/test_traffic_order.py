"""Before and after."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from harinspect.traffic.order import answered, is_before, is_within, seconds_between, wait
from tests.builders import START, exchange

FIRST, SECOND = exchange(0, "https://a.example/"), exchange(1, "https://a.example/", at=30)
UNDATED = replace(FIRST, started=None)


def test_order_and_distance() -> None:
    assert is_before(FIRST, SECOND)
    assert not is_before(SECOND, FIRST)
    assert seconds_between(FIRST, SECOND) == 30


def test_within_a_span() -> None:
    assert is_within(timedelta(seconds=30), FIRST, SECOND)
    assert not is_within(timedelta(seconds=29), FIRST, SECOND)
    assert not is_within(timedelta(seconds=30), SECOND, FIRST)


def test_nothing_is_known_of_what_is_undated() -> None:
    assert not is_before(UNDATED, SECOND)
    assert not is_before(FIRST, UNDATED)
    assert seconds_between(UNDATED, SECOND) == 0


def test_the_answer_s_own_clock_counts() -> None:
    """Ahead of the browser's by two hours here, or not there to be asked."""
    late = exchange(0, "https://a.example/", 403, got={"Date": "Mon, 02 Mar 2026 11:00:00 GMT"})
    assert answered(late) == START + timedelta(hours=2)
    assert answered(FIRST) == START


def test_seconds_to_wait() -> None:
    moment = "Mon, 02 Mar 2026 11:00:30 GMT"
    told = {"Date": "Mon, 02 Mar 2026 11:00:00 GMT", "Retry-After": moment}
    assert wait(exchange(0, "https://a.example/", 403, got=told)) == 30
    assert wait(FIRST) is None
