"""How the outcome of a trial is told."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 400  # characters of one value


def code(text: str) -> str:
    """A code span; names from the traffic cannot end it."""
    return f"`{text.replace('`', chr(39))[:LONGEST]}`"


def listed(items: Iterable[str]) -> str:
    """ "a, b and c"."""
    *rows, last = tuple(items) or ("",)
    return f"{', '.join(rows)} and {last}" if rows else last
