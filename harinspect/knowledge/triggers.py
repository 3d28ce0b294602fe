"""What must be there before a record is worth a try, so that one look at an answer leaves a handful of records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from msgspec import Struct

from harinspect.knowledge.patterns import Pattern
from harinspect.knowledge.readings import Reading
from harinspect.knowledge.records import Record
from harinspect.wire.headers import Headers


class Kind(Enum):
    """Where a trigger is looked for: names of response headers, text, words of labels, names of JSON members."""

    HEADER = "header"
    TEXT = "text"
    WORD = "word"
    KEY = "key"
    NOTHING = "nothing"


ANYTHING = ((Kind.NOTHING, ""),)


class Searched(Struct, frozen=True):
    """A text in lower case, and the words in it; perhaps also some of the text that was searched before it."""

    text: str = ""
    words: frozenset[str] = frozenset()


NOTHING_YET = Searched()


class Triggers(Struct, frozen=True):
    """Numbers of records by what they wait for; the methods tell which of them an answer can hit.

    `longest`: characters of the longest of `texts`.
    """

    headers: Mapping[str, tuple[int, ...]]
    texts: Mapping[str, tuple[int, ...]]
    words: Mapping[str, tuple[int, ...]]
    keys: Mapping[str, tuple[int, ...]]
    always: tuple[int, ...]
    longest: int

    def by_headers(self, headers: Headers) -> frozenset[int]:
        """Those that wait for the header alone."""
        return frozenset().union(*(self.headers[name] for name in headers.names() & self.headers.keys()))

    def by_text(self, reading: Reading, last: Searched = NOTHING_YET) -> tuple[frozenset[int], Searched]:
        """Those that wait for words, or for nothing. `last`: what this gave for another answer of the same file."""
        found = set(self.always)
        searched = self._searched(reading.haystack, last)
        for word in searched.words:
            found.update(self.texts[word])
        for word in {word for label, _ in reading.labels for word in label} & self.words.keys():
            found.update(self.words[word])
        for key in reading.keys.keys() & self.keys.keys():
            found.update(self.keys[key])
        return frozenset(found), searched

    def _searched(self, text: str, last: Searched) -> Searched:
        """The refusals of a file mostly differ by an id: only what is not as in the last one is searched."""
        start = _shared(last.text, text)
        end = _shared(last.text[start:][::-1], text[start:][::-1])
        changed = text[max(start - self.longest, 0) : len(text) - end + self.longest]
        if 2 * len(changed) > len(text):
            return Searched(text, frozenset(word for word in self.texts if word in text))
        return Searched(text, last.words | {word for word in self.texts if word in changed})


def _shared(one: str, other: str) -> int:
    """Characters at the beginning that are the same."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def triggers(records: Iterable[Record]) -> Triggers:
    """The triggers of records numbered in their order."""
    rows = tuple(records)
    often = Counter(word for record in rows for code in record.words.codes for word in code)
    found: dict[Kind, dict[str, list[int]]] = {kind: defaultdict(list) for kind in Kind}
    for number, record in enumerate(rows):
        for kind, word in waits_for(record, often):
            found[kind][word].append(number)
    tables = {kind: {word: tuple(numbers) for word, numbers in table.items()} for kind, table in found.items()}
    return Triggers(
        headers=tables[Kind.HEADER],
        texts=tables[Kind.TEXT],
        words=tables[Kind.WORD],
        keys=tables[Kind.KEY],
        always=tables[Kind.NOTHING].get("", ()),
        longest=max(map(len, tables[Kind.TEXT]), default=0),
    )


def waits_for(record: Record, often: Mapping[str, int]) -> tuple[tuple[Kind, str], ...]:
    """Any one of these occurs wherever the record hits. `often`: how many codes have a word, as rare ones tell more."""
    body = _literals(record.body_all[:1] or record.body)
    if record.headers and body == ANYTHING:
        return tuple((Kind.HEADER, name) for name in record.headers[0][0])
    if record.json:
        literals = max((pattern.literals for _, pattern in record.json), key=lambda row: min(map(len, row), default=0))
        return tuple((Kind.TEXT, word) for word in literals) or ((Kind.TEXT, record.json[0][0][-1].lower()),)
    if record.words and not (record.body or record.body_all):
        return tuple(_spoken(record, often))
    return body


def _spoken(record: Record, often: Mapping[str, int]) -> Iterator[tuple[Kind, str]]:
    for code in record.words.codes:
        yield Kind.WORD, min(code, key=lambda word: (often.get(word, 0), -len(word), word))
    for key in record.words.keys:
        yield Kind.KEY, key
    if record.words.phrases:
        yield from _literals(record.words.phrases)


def _literals(patterns: Iterable[Pattern]) -> tuple[tuple[Kind, str], ...]:
    rows = [pattern.literals for pattern in patterns]
    if not rows or not all(rows):
        return ANYTHING
    return tuple((Kind.TEXT, word) for row in rows for word in row)
