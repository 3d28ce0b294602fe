"""What must be there before a record is worth a try, so that one look at an answer leaves a handful of records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property

from ahocorasick_rs import BytesAhoCorasick
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


class Triggers(Struct, frozen=True, dict=True):
    """Numbers of records by what they wait for; the methods tell which of them an answer can hit."""

    headers: Mapping[str, tuple[int, ...]]
    texts: Mapping[str, tuple[int, ...]]
    words: Mapping[str, tuple[int, ...]]
    keys: Mapping[str, tuple[int, ...]]
    always: tuple[int, ...]

    def by_headers(self, headers: Headers) -> frozenset[int]:
        """Those that wait for the header alone."""
        return frozenset().union(*(self.headers[name] for name in headers.names() & self.headers.keys()))

    def by_text(self, reading: Reading) -> frozenset[int]:
        """Those that wait for words, or for nothing."""
        found = set(self.always)
        haystack = reading.haystack.encode("utf-8", "surrogatepass")
        for place in {place for place, _, _ in self._search.find_matches_as_indexes(haystack, overlapping=True)}:
            found.update(self._waiting[place])
        for word in {word for label, _ in reading.labels for word in label} & self.words.keys():
            found.update(self.words[word])
        for key in reading.keys.keys() & self.keys.keys():
            found.update(self.keys[key])
        return frozenset(found)

    @cached_property
    def _search(self) -> BytesAhoCorasick:
        """All texts at one go."""
        return BytesAhoCorasick([text.encode() for text in self.texts])

    @cached_property
    def _waiting(self) -> tuple[tuple[int, ...], ...]:
        return tuple(self.texts.values())


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
    )


def waits_for(record: Record, often: Mapping[str, int]) -> tuple[tuple[Kind, str], ...]:
    """Any one of these occurs wherever the record hits. `often`: how many codes have a word, as rare ones tell more."""
    body = _literals(record.body_all[:1] or record.body)
    if record.headers and body == ANYTHING:
        return tuple((Kind.HEADER, name) for name in record.headers[0][0])
    if record.json:
        literals = max((pattern.literals for _, pattern in record.json), key=lambda row: min(map(len, row), default=0))
        return tuple((Kind.TEXT, word.lower()) for word in literals or record.json[0][0][-1:] if word) or ANYTHING
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
