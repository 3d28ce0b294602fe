"""Regexes that cost nothing until a word that they cannot do without is there.

>>> Pattern(r'error code:? 10(?:06|07)').literals
('error code',)
>>> Pattern(r'first way|second way').literals
('first way', 'second way')
"""

from __future__ import annotations

import re
from functools import cached_property

FLAGS = re.compile(r"\(\?[a-zA-Z]+\)")
QUANTIFIER = re.compile(r"[*?+]|\{\d*,?\d*\}")
CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")


class Pattern:
    """A case-insensitive regex, compiled when it is first tried. `literals`: lower case, one of them occurs in any hit."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """Raises re.error where the source is no regex."""
        return re.compile(self.source, re.IGNORECASE)

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """() where there is no run of at least three plain characters in some alternative."""
        found = tuple(literal(branch) for branch in _branches(self.source))
        return found if all(len(row) > 2 for row in found) else ()

    def search(self, text: str) -> re.Match[str] | None:
        return self.compiled.search(text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and self.source == other.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Pattern({self.source!r})"


def literal(source: str) -> str:
    """The longest run of plain characters outside groups, lower case. `source` has no alternatives at its top level."""
    runs = [""]
    at = 0
    while at < len(source):
        at, char = _piece(source, at)
        quantifier = QUANTIFIER.match(source, at)
        if quantifier:
            at = quantifier.end()
        if char and not quantifier:
            runs[-1] += char
        else:
            runs.append("")
    return max(runs, key=len).lower()


def _piece(source: str, at: int) -> tuple[int, str]:
    """Where the next piece begins, and the plain character that this one is, or ""."""
    char = source[at]
    if char == "\\":
        escaped = source[at + 1 : at + 2]
        return at + 2, "" if escaped.isalnum() else escaped
    if char == "[":
        found = CLASS.match(source, at)
        return (found.end() if found else len(source)), ""
    if char == "(":
        return _after_group(source, at), ""
    return at + 1, "" if char in "^$.)" else char


def _after_group(source: str, at: int) -> int:
    flags = FLAGS.match(source, at)
    if flags:
        return flags.end()
    depth = 0
    while at < len(source):
        if source[at] == "[":
            found = CLASS.match(source, at)
            at = found.end() if found else len(source)
            continue
        depth += {"(": 1, ")": -1}.get(source[at], 0)
        at += 2 if source[at] == "\\" else 1
        if depth == 0:
            return at
    return at


def _branches(source: str) -> list[str]:
    """The alternatives at the top level."""
    parts, start, at = [], 0, 0
    while at < len(source):
        if source[at] == "|":
            parts.append(source[start:at])
            start = at + 1
        at, _ = _piece(source, at)
    return [*parts, source[start:]]
