"""Values from the traffic inside of Markdown and terminals: made one line, stripped of controls, fenced in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from harinspect.wire.regexes import regex

# C0 and C1 controls and DEL, line and paragraph separators, and the marks that turn the direction of text around
_CONTROL: Final = regex("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SEQUENCE: Final = regex(
    "\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\^_])|\x9b[0-?]*[ -/]*[@-~]"
)
# The last three: where GitHub and its like make links and mentions of plain text (GFM section 6.9)
_SPECIAL: Final = regex(r"([\\`*_\[\]<>|~&])|^(?=[#+=-])|:(?=//)|(?<=\bwww)\.|@(?=\w)", re.IGNORECASE)
_NUMBERED: Final = regex(r"^(\d{1,9})(?=[.)])")  # would begin a list
_SPAN: Final = regex(r"(`[^`]*`)")


def printable(text: str) -> str:
    """The text without terminal sequences (ECMA-48) and controls; tabs and newlines stay."""
    return text if text.replace("\n", "").isprintable() else _CONTROL.sub("", _SEQUENCE.sub("", text))


def one_line(text: str, most: int = 2000) -> str:
    """Printable, white space folded, at most `most` characters."""
    folded = " ".join(printable(text).split())
    return folded if len(folded) <= most else folded[: most - 1] + "…"


def code_span(text: str, most: int = 2000) -> str:
    """A Markdown code span that the text cannot leave (CommonMark section 6.1); "" for ""."""
    line = one_line(text, most)
    if not line:
        return ""
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def code_block(text: str, language: str = "") -> str:
    """A Markdown code block that the text cannot leave (CommonMark section 4.5)."""
    body = printable(text).rstrip("\n")
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body}\n{fence}"


def escaped(text: str) -> str:
    """Text as Markdown that means nothing but itself: one line, special characters escaped (CommonMark section 2.4)."""
    line = _SPECIAL.sub(lambda found: "\\" + found[0], one_line(text))
    return _NUMBERED.sub(r"\1\\", line)


@lru_cache(maxsize=512)  # a file's refusals are told in the same words over and over
def prose(text: str) -> str:
    """A rule's words as Markdown: its code spans stay, everything else is plain text."""
    pieces = _SPAN.split(one_line(text, 8000))
    return "".join(code_span(piece.strip("`")) if i % 2 else escaped_within(piece) for i, piece in enumerate(pieces))


def escaped_within(text: str) -> str:
    """As `escaped`, for a part of a line: the spaces at its ends stay."""
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{escaped(text)}{after}" if text.strip() else text


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
