"""What the text of a refusal should not hold, and the words that tell no reason. They are in quality.toml."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.knowledge.kept import kept_table
from harinspect.knowledge.patterns import Pattern
from harinspect.knowledge.readings import LIMIT, words
from harinspect.knowledge.tables import Table, read_table
from harinspect.wire.regexes import regex

FILE = Path(__file__).with_name("quality.toml")
_NUMBER: Final = regex(r"[0-9a-f]*[0-9][0-9a-f]*")


class Leak(Struct, frozen=True):
    """Something internal. `headers`: names of response headers that may hold it, besides the body.

    The first group of a pattern, if it has one, names a person.
    """

    what: str
    advice: str
    patterns: tuple[Pattern, ...]
    headers: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        return f"The answer gives away {self.what}."


class Leaked(Struct, frozen=True):
    """Where one was found, in the body (""), or in a header: from `start` to `end`."""

    leak: Leak
    pattern: Pattern
    header: str
    start: int
    end: int


class Quality(Struct, frozen=True):
    """`bare`: words, in lower case, that tell no reason."""

    bare: frozenset[str]
    leaks: tuple[Leak, ...]

    def is_bare(self, text: str, url: str = "") -> bool:
        """Has the text no words but those that tell no reason, numbers, and words of the address it repeats?"""
        own = words(text) - self.bare - words(url)
        return all(_NUMBER.fullmatch(word) or len(word) == 1 for word in own)

    def leaked(self, exchange: Exchange) -> Iterator[Leaked]:
        """The first place of each leak in the first 64 KiB of the body, else in the headers."""
        body = (exchange.response.body or "")[:LIMIT]
        lowered = body.lower()
        for leak in self.leaks:
            places = (*_in_text(leak, "", body, lowered), *_in_headers(leak, exchange))
            yield from places[:1]


@cache
def quality() -> Quality:
    return kept_table(Quality, read_quality, FILE, __file__)


def read_quality(path: Path) -> Quality:
    """What a file says of it; raises KnowledgeError naming "file: key" where it is wrong."""
    whole = read_table(path)
    found = Quality(frozenset(whole.text("bare").split()), tuple(_leak(row) for row in whole.tables("leak")))
    whole.done()
    return found


def _leak(table: Table) -> Leak:
    found = Leak(
        table.text("what"),
        table.text("advice"),
        tuple(map(Pattern.of, table.texts("patterns"))),
        table.texts("headers"),
        table.texts("examples"),
    )
    table.done()
    return found


def _in_text(leak: Leak, header: str, text: str, lowered: str) -> Iterator[Leaked]:
    for pattern in leak.patterns:
        found = pattern.search(text) if pattern.can_hit(lowered) else None
        if found:
            yield Leaked(leak, pattern, header, found.start(), found.end())
            return


def _in_headers(leak: Leak, exchange: Exchange) -> Iterator[Leaked]:
    for name in leak.headers:
        value = exchange.response.headers.text(name)
        if value:
            yield from _in_text(leak, name, value, value.lower())
