"""A report's redacted recording: what is told of it wherever it is kept."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

PART: Final = 1 << 20  # bytes of a packed recording that are handled at a time


class Recording(Struct, frozen=True, kw_only=True):
    """`bytes`: how long the redacted HAR is, unpacked; `why`: one sentence where there is none, else "".

    `caution`: one sentence for whoever passes it on, "" where nothing is to be said.
    """

    bytes: int = 0
    why: str = ""
    caution: str = ""
