"""Counters of a rate limit, and when to come back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harinspect.wire.headers import Headers
from harinspect.wire.rate_limits import counters, seconds_to_wait

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOON_EPOCH = int(NOON.timestamp())


def spent(**headers: str) -> list[bool]:
    named = Headers([(name.replace("_", "-"), value) for name, value in headers.items()])
    return [counter.is_spent for counter in counters(named)]


def wait(**headers: str) -> int | None:
    return seconds_to_wait(Headers([(name.replace("_", "-"), value) for name, value in headers.items()]), NOON)


@pytest.mark.parametrize(
    ("name", "value", "is_spent"),
    [
        ("X-RateLimit-Remaining", "0", True),
        ("X-RateLimit-Remaining", " 7 ", False),
        ("X-Rate-Limit-Remaining", "-1", True),
        ("RateLimit-Remaining", "0.0", True),
        ("x-ratelimit-remaining-requests", "0", True),
        ("x-ratelimit-requests-remaining", "3", False),
        ("x-ms-ratelimit-remaining-subscription-reads", "11999", False),
        ("RateLimit", '"default";r=0;t=30', True),
        ("RateLimit", '"default";r=50;t=0', False),
        ("RateLimit", '"burst";r=4;t=1, "daily";r=0;t=3600', True),
        ("RateLimit", "limit=10, remaining=0, reset=5", True),
        ("RateLimit", "limit=10, remaining=3, reset=0", False),
    ],
)
def test_a_counter_says_whether_anything_is_left(name: str, value: str, is_spent: bool) -> None:
    assert [counter.is_spent for counter in counters(Headers([(name, value)]))] == [is_spent]


@pytest.mark.parametrize(
    ("name", "value"),
    [("RateLimit", "yes"), ("RateLimit-Policy", '"default";q=0;w=60'), ("X-RateLimit-Remaining", "none"), ("r", "0")],
)
def test_what_is_no_counter_says_nothing(name: str, value: str) -> None:
    assert counters(Headers([(name, value)])) == ()


def test_the_spent_window_is_the_one_that_is_named() -> None:
    found = counters(Headers([("RateLimit", '"burst";r=4;t=1, "daily";r=0;t=3600')]))
    assert found[0].value == '"daily";r=0;t=3600'


def test_retry_after_goes_before_everything_else() -> None:
    assert wait(Retry_After="60", RateLimit_Remaining="0", RateLimit_Reset="10") == 60
    assert wait(Retry_After="Sun, 01 Mar 2026 12:02:00 GMT", RateLimit_Reset="10") == 120


def test_a_window_says_when_it_ends() -> None:
    assert wait(RateLimit='"burst";r=4;t=1, "daily";r=0;t=3600') == 3600
    assert wait(RateLimit="limit=10, remaining=0, reset=5") == 5
    assert wait(RateLimit="limit=10, remaining=0", RateLimit_Reset="9") == 9


@pytest.mark.parametrize(
    "value",
    [
        "45",
        str(NOON_EPOCH + 45),
        str((NOON_EPOCH + 45) * 1000),
        "45s",
        "0m45s",
        "44s1000ms",
        "Sun, 01 Mar 2026 12:00:45 GMT",
    ],
)
def test_a_reset_is_a_delay_a_moment_or_a_span(value: str) -> None:
    assert wait(X_RateLimit_Remaining="0", X_RateLimit_Reset=value) == 45


def test_the_reset_of_the_spent_counter_counts() -> None:
    both = {"x_ratelimit_reset_requests": "20s", "x_ratelimit_reset_tokens": "2h"}
    assert wait(x_ratelimit_remaining_requests="0", x_ratelimit_remaining_tokens="9", **both) == 20
    assert wait(**both) == 7200


@pytest.mark.parametrize("value", ["", "soon", "0", "-5", "999999999", str(NOON_EPOCH - 5)])
def test_what_lies_behind_or_too_far_ahead_is_no_time_to_wait(value: str) -> None:
    assert wait(X_RateLimit_Reset=value) is None
    assert wait(Retry_After=value, X_RateLimit_Reset="") is None


def test_without_a_clock_a_moment_is_no_delay() -> None:
    assert seconds_to_wait(Headers([("X-RateLimit-Reset", str(NOON_EPOCH + 45))]), None) is None
    assert seconds_to_wait(Headers([("Retry-After", "Sun, 01 Mar 2026 12:02:00 GMT")]), None) is None
