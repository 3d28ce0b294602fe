"""The report as JSON, schema 1: one report is an object, several are an array."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from harinspect.report.model import Report

# In UTF-8: DEL and the C1 controls, line and paragraph separators, the byte order mark, and what turns text around
_UNSEEN: Final = re.compile(
    rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbb\xbf"
)


def render(reports: Sequence[Report], *, several: bool | None = None) -> bytes:
    """UTF-8 without a final newline. `several`: an array (True) or an object (False); by default the number decides.

    Raises ValueError where an object is demanded of no report or of more than one.
    """
    wants_array = len(reports) != 1 if several is None else several
    if not wants_array and len(reports) != 1:
        raise ValueError(f"one report makes an object, not {len(reports)}")
    return encode(tuple(reports) if wants_array else reports[0])


def encode(value: msgspec.Struct | tuple[msgspec.Struct, ...]) -> bytes:
    """JSON in which no character steers a terminal or hides from a reader: those are written as \\u escapes."""
    return _UNSEEN.sub(lambda found: b"\\u%04x" % ord(found[0].decode()), msgspec.json.encode(value))
