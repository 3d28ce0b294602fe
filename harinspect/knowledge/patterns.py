"""Regexes that cost nothing until a word that they cannot do without is there.

>>> Pattern.of(r"error code:? 10(?:06|07)").literals
('error code',)
>>> Pattern.of(r"(?:first|second) way|neither").literals
('first', 'second', 'neither')
>>> Pattern.of(r"vpn (?:denied|forbidden)").literals
('vpn ',)
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from msgspec import Struct

from harinspect.wire.regexes import regex

SHORTEST: Final = 3  # characters: a shorter literal is in nearly every body
EVERYDAY: Final = frozenset(  # words of any refusal, which tell no more than its status does
    """
    access accepted allowed authori authorized banned blocked denied detected disabled error failed forbidden invalid
    listed missing not permission permissions permitted prohibited rejected request required restricted
    """.split()
)
PIECE = regex(
    r"(?P<flags>\(\?[a-zA-Z]+\))"
    r"|(?P<open>\((?:\?(?:[:=!]|<[=!]))?)"
    r"|(?P<close>\))"
    r"|(?P<bar>\|)"
    r"|(?P<many>[*?+]\??|\{\d*,?\d*\}\??)"
    r"|(?P<escape>\\(?:x[0-9a-fA-F]{2}|.))"
    r"|(?P<other>\[\^?\]?(?:\\.|[^\]\\])*\]|[.^$])"
    r"|(?P<plain>[^\\\[\](){}|*+?.^$]+|.)",
    re.DOTALL,
)
SPECIAL = regex(r"[\\\[(){}|*+?.^$]|^.{0,2}$")
Literals = tuple[str, ...]
Piece = tuple[str, str, Literals]  # its kind, its text, and what a group needs


class Pattern(Struct, frozen=True, dict=True, array_like=True):
    """A case-insensitive regex, compiled when it is first tried.

    `literals`: lower case, one of them is in any hit; () where some hit may lack any run of three plain characters.
    """

    source: str
    literals: Literals

    @classmethod
    def of(cls, source: str) -> Pattern:
        """The regex with its literals."""
        if not SPECIAL.search(source):
            return cls(source, (source.lower(),))
        return cls(source, needed([(str(found.lastgroup), found[0], ()) for found in PIECE.finditer(source)]))

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """Raises re.error where the source is no regex."""
        return re.compile(self.source, re.IGNORECASE)

    def can_hit(self, lowered: str) -> bool:
        """Is it worth a try on a text, given in lower case?"""
        for word in self.literals:  # a generator costs as much as the search
            if word in lowered:
                return True
        return not self.literals

    def search(self, text: str) -> re.Match[str] | None:
        return self.compiled.search(text)


def needed(pieces: list[Piece]) -> Literals:
    """Plain texts of which one is in whatever a regex of these pieces hits, () where there is none of use."""
    branches: list[list[Piece]] = [[]]
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        at += 1
        if piece[0] == "bar":
            branches.append([])
        elif piece[0] == "open":
            end = _end_of_group(pieces, at)
            branches[-1].append(("group", piece[1], needed(pieces[at : end - 1])))
            at = end
        else:
            branches[-1].append(piece)
    found = [_of_branch(branch) for branch in branches]
    return tuple(word for row in found for word in row) if all(found) else ()


def _of_branch(pieces: list[Piece]) -> Literals:
    """The best of the runs and groups that must be there one after another."""
    best: Literals = ()
    run = ""
    for at, (kind, text, inner) in enumerate(pieces):
        optional = at + 1 < len(pieces) and pieces[at + 1][0] == "many"
        plain = _plain(kind, text)
        run += plain[:-1] if optional else plain
        if optional or not plain:
            best, run = _better(best, (run,)), ""
        if inner and not optional and text in ("(", "(?:"):
            best = _better(best, inner)
    return _better(best, (run,))


def _plain(kind: str, text: str) -> str:
    if kind == "plain":
        return text.lower()
    return text[1:] if kind == "escape" and not text[1].isalnum() else ""


def _better(one: Literals, other: Literals) -> Literals:
    return other if _worth(other) > _worth(one) and min(map(len, other)) >= SHORTEST else one


def _worth(literals: Literals) -> tuple[bool, int]:
    """How much it tells that one of these is in a text: the shorter, the less."""
    telling = bool(literals) and not any(word.strip().removeprefix("not ") in EVERYDAY for word in literals)
    return telling, min(map(len, literals), default=0)


def _end_of_group(pieces: list[Piece], at: int) -> int:
    depth = 1
    while at < len(pieces) and depth:
        kind = pieces[at][0]
        depth += (kind == "open") - (kind == "close")
        at += 1
    return at
