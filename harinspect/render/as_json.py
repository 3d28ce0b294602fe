"""The report as JSON, schema 1: one report is an object, several are an array."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harinspect.report.model import Report


def render(reports: Sequence[Report], *, several: bool | None = None) -> bytes:
    """UTF-8 without a final newline. `several`: an array (True) or an object (False); by default the number decides.

    Raises ValueError where an object is demanded of no report or of more than one.
    """
    wants_array = len(reports) != 1 if several is None else several
    if not wants_array and len(reports) != 1:
        raise ValueError(f"one report makes an object, not {len(reports)}")
    return msgspec.json.encode(tuple(reports) if wants_array else reports[0])
