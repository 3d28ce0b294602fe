"""How long a link lives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

SPANS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {"1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
)
_SPAN: Final = re.compile(r"(?P<number>[1-9][0-9]{0,4})(?P<unit>[hdw])")
_UNITS: Final = MappingProxyType({"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)})


class NoExpiry(ValueError):
    """One sentence for the person who chose it."""


def span(typed: str) -> timedelta:
    """`12h`, `30d` or `8w`. Raises NoExpiry for anything else."""
    match = _SPAN.fullmatch(typed.strip())
    if match is None:
        raise NoExpiry(f"{typed!r} is no span of time: write 12h, 30d or 8w.")
    return int(match["number"]) * _UNITS[match["unit"]]


def expiry(chosen: str, at: datetime) -> datetime:
    """When a link ends that is made `at` that time: after one of SPANS, or with a day (YYYY-MM-DD, in UTC).

    Raises NoExpiry for anything else, and for days that are over.
    """
    if span := SPANS.get(chosen):
        return at + span
    ends = _end_of(chosen)
    if ends is None:
        raise NoExpiry(f"A link lives for {', '.join(SPANS)} or until a date such as 2027-01-31.")
    if ends <= at:
        raise NoExpiry("A link cannot end in the past.")
    return ends


def _end_of(day: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(day), time.max, UTC)
    except ValueError:
        return None
