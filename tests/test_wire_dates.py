"""Dates of HTTP headers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from harinspect.wire.dates import http_date

NOON = datetime(2026, 3, 1, 12, 0, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 01 Mar 2026 12:00:09 GMT",
        "Sunday, 01-Mar-26 12:00:09 GMT",
        "Sun, 1 Mar 2026 12:00:09 +0000",
        "1 Mar 2026 12:00:09 GMT",
    ],
)
def test_the_forms_of_the_standard_and_of_mail(text):
    assert http_date(text) == NOON


def test_an_offset_counts():
    found = http_date("Sun, 01 Mar 2026 14:00:09 +0200")
    assert found == NOON
    assert found.tzinfo == timezone(timedelta(hours=2))


def test_a_leap_second_is_the_second_before():
    assert http_date("Sat, 31 Dec 2016 23:59:60 GMT") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "now", "Sun, 31 Feb 2026 12:00:09 GMT", "Sun, 01 Mar 2026 25:00:09 GMT", "Sun Mar  1 2026"]
)
def test_what_is_no_time_is_none(text):
    assert http_date(text) is None


def test_a_time_of_no_zone_is_not_trusted():
    assert http_date("Sun, 01 Mar 2026 12:00:09 -0000") is None
