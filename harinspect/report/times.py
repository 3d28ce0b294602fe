"""Moments as the report writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def when(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds, as a search in a server's log wants it; None stays None."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
