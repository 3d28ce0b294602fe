"""What becomes of each kind of text in a HAR that is to be shared, and how often."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from typing import BinaryIO, Final, NamedTuple

import msgspec

from harinspect.redaction.files import FileRedactor
from harinspect.redaction.marks import MARK, OPEN
from harinspect.redaction.patterns import Patterns

LONGEST_COOKIE: Final = 4096  # bytes of name and value that browsers store (RFC 6265bis section 5.7)
LONG: Final = 512  # characters: such texts are known again by their digest, and kept on disk as they are masked
REMEMBERED: Final = 300_000  # characters of short texts, before and after; the older ones are as many
OVERHEAD: Final = 200  # what one more takes beside its characters

KIND: Final = re.compile(re.sub(r"\?P<(?!kind)\w+>", "?:", MARK.pattern))  # of a mark

Counts = tuple[tuple[tuple[str, str], int], ...]
Make = Callable[[str, str], str]


class Shown(NamedTuple):
    """A text as it is masked, and how often what was masked in it."""

    text: str
    counts: Counts


class Kept(NamedTuple):
    """The same of a long text, whose JSON is on disk."""

    place: int
    length: int
    counts: Counts


class Masks:
    """The redactor as the rewriting of a HAR asks for it, with a count of what it hid.

    Nothing is masked twice as long as it is remembered: cookies, addresses, scripts and answers come over and over.
    """

    def __init__(self, redactor: FileRedactor, patterns: Patterns) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self._redactor = redactor
        self._patterns = patterns
        self._shown: dict[tuple[str, str, str], Shown] = {}
        self._older: dict[tuple[str, str, str], Shown] = {}
        self._room = REMEMBERED
        self._kept: dict[bytes, Kept] = {}
        self._disk: BinaryIO | None = None
        self._end = 0

    @property
    def learnt(self) -> dict[str, str]:
        """The secrets that have to be looked for everywhere, and their marks."""
        return self._redactor.learnt

    @property
    def is_full(self) -> bool:
        """Were there more secrets than are looked for?"""
        return self._redactor.is_full

    def forget(self) -> None:
        """Let go of what was only kept to be quick."""
        self._redactor.forget()
        self._shown.clear()
        self._older.clear()
        self._room = REMEMBERED
        self._kept.clear()
        self._disk = None

    def begin(self, url: str) -> None:
        """`url`: of the first request of the file."""

    def keep_in(self, disk: BinaryIO) -> None:
        """An empty private file, from now on for long texts as they are masked, until all is forgotten."""
        self._disk, self._end = disk, 0

    def url(self, text: str) -> str:
        return self._masked("url", "", text, self._url)

    def header(self, name: str, value: str) -> str:
        return self._masked("header", name, value, self._header)

    def cookie(self, name: str, value: str) -> str:
        return self._masked("cookie", name, value, self._cookie)

    def parameter(self, name: str, value: str) -> str:
        return self._masked("parameter", name, value, self._parameter)

    def address(self, text: str) -> str:
        return self._masked("address", "", text, self._address)

    def text(self, text: str) -> str | msgspec.Raw:
        if self._disk is None or len(text) < LONG:
            return self._masked("text", "", text, self._text)
        return self._masked_long(text, self._disk)

    def word(self, name: str, text: str) -> str:
        return self._masked(name if name in ("name", "title") else "word", name, text, self._word)

    def unknown(self, text: str) -> str:
        return self._masked("other", "", text, self._unknown)

    def key(self, name: str) -> str:
        return self._masked("name", "key", name, self._key)

    def _masked(self, place: str, name: str, text: str, make: Make) -> str:
        found = self._shown.get((place, name, text)) or self._again(place, name, text, make)
        if found.counts:
            self._count(found.counts)
        return found.text

    def _again(self, place: str, name: str, text: str, make: Make) -> Shown:
        """What is asked for again stays: only what was not for long is forgotten."""
        found = self._older.get((place, name, text))
        if found is None:
            masked = make(name, text)
            found = Shown(masked, _counts(place, text, masked))
        self._shown[place, name, text] = found
        self._room -= len(text) + len(found.text) + OVERHEAD
        if self._room < 0:
            self._older, self._shown = self._shown, {}
            self._room = REMEMBERED
        return found

    def _masked_long(self, text: str, disk: BinaryIO) -> msgspec.Raw:
        digest = blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
        if kept := self._kept.get(digest):
            self._count(kept.counts)
            disk.seek(kept.place)
            return msgspec.Raw(disk.read(kept.length))
        masked = self._text("", text)
        shown, counts = msgspec.json.encode(masked), _counts("text", text, masked)
        disk.seek(self._end)
        disk.write(shown)
        self._kept[digest] = Kept(self._end, len(shown), counts)
        self._end += len(shown)
        self._count(counts)
        return msgspec.Raw(shown)

    def _count(self, counts: Counts) -> None:
        for kind, count in counts:
            self.counts[kind] += count

    def _url(self, name: str, text: str) -> str:
        return self._redactor.url(text)

    def _header(self, name: str, value: str) -> str:
        shown = self._own(name, value) or self._redactor.header(name, value)
        return _as_long(value, shown) if len(value) > LONGEST_COOKIE and name.lower() == "set-cookie" else shown

    def _cookie(self, name: str, value: str) -> str:
        return self._redactor.secret("cookie", value)

    def _parameter(self, name: str, value: str) -> str:
        return self._own(name, value) or self._redactor.parameter(name, value)

    def _address(self, name: str, text: str) -> str:
        return self._redactor.address(text)

    def _text(self, name: str, text: str) -> str:
        return self._redactor.text(text)

    def _word(self, name: str, text: str) -> str:
        if name == "title":
            is_url = text.startswith(("http://", "https://"))
            return self._url("", text) if is_url else self._redactor.secret("title", text)
        return self._redactor.word(text)

    def _unknown(self, name: str, text: str) -> str:
        return self._redactor.unknown(text)

    def _key(self, name: str, text: str) -> str:
        return self._redactor.key(text)

    def _own(self, name: str, value: str) -> str:
        kind = self._patterns.kind_of(name)
        return self._redactor.secret(kind, value) if kind else ""


def _counts(place: str, before: str, after: str) -> Counts:
    if before == after or OPEN not in after:
        return ()
    kinds = Counter(KIND.findall(after))
    return tuple(((place, kind), count) for kind, count in kinds.items())


def _as_long(before: str, after: str) -> str:
    """A cookie that was too long to be stored stays so: its mark is followed by as many dots as it was shorter."""
    pair, rest = before.partition(";")[0], after.partition(";")
    return rest[0] + "." * (len(pair) - len(rest[0])) + rest[1] + rest[2]
