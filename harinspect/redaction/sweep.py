"""The second look at a file: secrets that were seen in one place are taken out of all others, whatever their form.

A line of the file is an entry. It is searched as it stands, without its markup and with its escapes undone; only where
something is found are its texts gone through. Names that the format gives to its members are never touched.
"""

from __future__ import annotations

import base64
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote_to_bytes

import msgspec
from ahocorasick_rs import BytesAhoCorasick
from msgspec import Struct

from harinspect.har.required import conforming
from harinspect.har.rewriting import KNOWN, resize
from harinspect.har.urls import ENCODED_CLOSE, ENCODED_OPEN
from harinspect.har.values import iso_date
from harinspect.redaction.marks import CLOSE, MARK, OPEN
from harinspect.wire.regexes import regex

Loose = tuple[re.Pattern[str], dict[str, str]] | None
ANYWHERE: Final = 12  # shorter secrets are found only as whole words
END: Final = 12  # bytes of a secret's end that are looked for
END_OF_RANDOM: Final = 6  # letters and digits: of such no text is full
END_OF_BASE64: Final = 4
ROUNDS: Final = 3  # of percent-encoding
FORMS: Final = 9  # at most, of one secret
PLAIN_FORMS: Final = 3
SHORTEST_BASE64: Final = 8  # characters: less may stand in any text
MARKUP: Final = regex(rb"<[^<>]{0,300}>")
PERCENT: Final = regex(rb"%(?:25)?[2-7][0-9A-Fa-f](?:%(?:25)?[2-7][0-9A-Fa-f]){3}")
ESCAPES: Final = (b"\\\\u00", b"&#")
UNICODE: Final = regex(rb"\\+u([0-9A-Fa-f]{4})")
RUN: Final = regex(rb"[A-Za-z0-9+/_-]*={0,2}")
GAP: Final = r"(?:<[^<>]{0,300}>)*"
MASKED: Final = regex(
    re.sub(r"\?P<\w+>", "?:", MARK.pattern)
    .replace(OPEN, f"(?:{OPEN}|{ENCODED_OPEN})")
    .replace(CLOSE, f"(?:{CLOSE}|{ENCODED_CLOSE})")
)
DATES: Final = frozenset({"startedDateTime", "expires", "lastAccess"})
ORIGIN: Final = regex(r"(?:https?|wss?)://[\w.-]{1,253}(?::\d{1,5})?(?:/|(?=[?#])|\Z)")
HOST: Final = regex(rb"://[^/?#\s]*\Z")
USER: Final = regex(rb"[^/?#\s]*(?:@|:\Z)")  # behind the colon may be a mark


class Form(NamedTuple):
    """A secret in one of its forms, and the mark that it gets."""

    secret: str
    mark: str
    is_base64: bool


class Alike(Struct):
    """Forms with the same end: the number of each, and how long they are, longest first."""

    known_by: dict[bytes, int]
    lengths: list[int] = []

    def longest(self, data: bytes, stop: int) -> int | None:
        """The one that the data has up to `stop`."""
        for length in self.lengths:
            found = self.known_by.get(data[max(0, stop - length) : stop])
            if found is not None:
                return found
        return None


class Sweep:
    """Knows the secrets of one file. `counts`: what was taken out, by the kind of its mark."""

    def __init__(self, learnt: Mapping[str, str]) -> None:
        self.counts: Counter[str] = Counter()
        self._marks = learnt
        self._secrets = [one for one in learnt if not ORIGIN.fullmatch(one)]  # hosts are masked in place, or not at all
        # a machine for whole secrets would take a hundred times their size: their ends are looked for, then the rest
        by_end: dict[bytes, int] = {}
        self._alike: dict[bytes, Alike] = {}
        for number, secret in enumerate(self._secrets):
            for which, written in _distinct_forms(secret):
                end, known_by = _end(written, which), number * FORMS + which
                other = by_end.setdefault(end, known_by)
                if other != known_by:
                    if end not in self._alike:
                        self._alike[end] = Alike({self._written(other): other})
                    self._alike[end].known_by.setdefault(written, known_by)
        for alike in self._alike.values():
            alike.lengths = sorted(set(map(len, alike.known_by)), reverse=True)
        self._seen: dict[int, bytes] = {}  # plain forms whose ends were met
        self._found_by = array("Q", by_end.values())
        self._search = BytesAhoCorasick(by_end) if by_end else None

    def line(self, line: bytes) -> bytes:
        """The line, as rewriting writes it, without any of the secrets."""
        if self._search is None:
            return line
        readings = _readings(line)
        plain = Counter(self._pairs(next(readings)))
        hidden = {one for read in readings for one, count in Counter(self._pairs(read)).items() if count > plain[one]}
        if not plain and not hidden:
            return line
        closing = b"]}}" if line.endswith(b"[\n") else b""
        tail = line[len(line.rstrip(b",\n")) :]
        before = msgspec.json.decode(line[: len(line) - len(tail)] + closing)
        changed: Any = self._changed("", before, _loose(hidden))
        resize(before, changed)
        return msgspec.json.encode(conforming(changed)).removesuffix(closing) + tail

    def _pairs(self, data: bytes) -> list[tuple[str, str]]:
        return [(form.secret, form.mark) for form, _, _ in self._found(data)]

    def _found(self, data: bytes) -> Iterator[tuple[Form, int, int]]:
        """The longest form of a secret at each of their ends in the data, and where; they may overlap."""
        search = self._search
        for place, start, stop in search.find_matches_as_indexes(data, overlapping=True) if search else ():
            alike = self._alike.get(data[start:stop])
            known_by = alike.longest(data, stop) if alike else self._sole(self._found_by[place], data, stop)
            if known_by is not None:
                number, which = divmod(known_by, FORMS)
                secret, length = self._secrets[number], len(self._seen.get(known_by) or self._written(known_by))
                yield Form(secret, self._marks[secret], which >= PLAIN_FORMS), stop - length, stop

    def _sole(self, known_by: int, data: bytes, stop: int) -> int | None:
        written = self._seen.get(known_by) or self._written(known_by)
        if known_by % FORMS < PLAIN_FORMS:  # words, maybe, that are met over and over
            self._seen[known_by] = written
        return known_by if data.endswith(written, 0, stop) else None

    def _written(self, known_by: int) -> bytes:
        number, which = divmod(known_by, FORMS)
        return next(islice(_forms(self._secrets[number]), which, None)).encode("utf-8", "replace")

    def _changed(self, name: str, value: object, loose: Loose) -> object:
        if isinstance(value, str):
            return value if name in DATES and iso_date(value) else self._text(value, loose)
        if isinstance(value, list):
            return [self._changed(name, one, loose) for one in value]
        if isinstance(value, dict):
            return {
                key if key in KNOWN else self._text(key, loose): self._changed(key, one, loose)
                for key, one in value.items()
            }
        return value

    def _text(self, text: str, loose: Loose) -> str:
        if len(text) < 6:
            return text
        pieces, end = [], 0
        for mark in MASKED.finditer(text):
            pieces += [self._plain(text[end : mark.start()], loose), mark[0]]
            end = mark.end()
        return "".join([*pieces, self._plain(text[end:], loose)])

    def _plain(self, text: str, loose: Loose) -> str:
        data, shown, end = text.encode("utf-8", "replace"), b"", 0
        for form, start, stop in sorted(self._found(data), key=lambda row: (row[1], -row[2])):
            if start < end or not _stands_alone(data, start, stop) or _is_in_host(data, start, stop):
                continue
            if form.is_base64:  # the rest of it holds more of the secret
                stop = _run_end(data, stop)
            shown += (
                data[end:start] + _origin(data[start:stop].decode("utf-8", "replace")).encode() + form.mark.encode()
            )
            end = stop
            self.counts[_kind(form.mark)] += 1
        text = (shown + data[end:]).decode() if end else text
        return text if loose is None else loose[0].sub(lambda m: _origin(m[0]) + loose[1][m.lastgroup or ""], text)


def _origin(secret: str) -> str:
    """What of a secret address stays, for the hosts of a recording do."""
    found = ORIGIN.match(secret)
    return found[0] if found else ""


def _run_end(data: bytes, place: int) -> int:
    found = RUN.match(data, place)
    return found.end() if found else place


def _kind(mark: str) -> str:
    return mark[1:].partition(":")[0]


def _stands_alone(data: bytes, start: int, stop: int) -> bool:
    if stop - start >= ANYWHERE:
        return True
    return not (data[start - 1 : start].isalnum() or data[stop : stop + 1].isalnum())


def _distinct_forms(secret: str) -> Iterator[tuple[int, bytes]]:
    seen: dict[bytes, int] = {}
    for which, form in enumerate(_forms(secret)):
        written = form.encode("utf-8", "replace")
        if seen.setdefault(written, which) == which:
            yield which, written


def _end(written: bytes, which: int) -> bytes:
    if which >= PLAIN_FORMS:
        return written[-END_OF_BASE64:]
    end = written[-END_OF_RANDOM:]
    return end if end.isalnum() and not end.isalpha() and not end.isdigit() else written[-END:]


def _is_in_host(data: bytes, start: int, stop: int) -> bool:
    return HOST.search(data, max(0, start - 300), start) is not None and not USER.match(data, stop)


def _forms(secret: str) -> Iterator[str]:
    """The secret as it stands, percent-encoded, escaped, and in the middle of any base64."""
    yield secret
    yield quote(secret, safe="")
    yield msgspec.json.encode(secret).decode()[1:-1]
    data = secret.encode("utf-8", "replace")
    if len(data) < SHORTEST_BASE64:
        return
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode()
        # the first and the last characters also depend on what stands beside
        whole = encoded[(before * 8 + 5) // 6 : (before + len(data)) * 8 // 6]
        yield whole
        yield whole.replace("+", "-").replace("/", "_")


def _readings(line: bytes) -> Iterator[bytes]:
    yield line
    plain = line
    if any(escape in plain for escape in ESCAPES):
        plain = UNICODE.sub(lambda m: chr(int(m[1], 16)).encode("utf-8", "replace"), plain)
        import html  # its table of entities takes a millisecond

        plain = html.unescape(plain.decode("utf-8", "replace")).encode("utf-8", "replace")
        yield plain
    for _ in range(ROUNDS):
        if not PERCENT.search(plain):
            break
        plain = unquote_to_bytes(plain)
        yield plain
    if b"<" in plain:
        yield MARKUP.sub(b"", plain)


def _loose(seen: set[tuple[str, str]]) -> Loose:
    """Finds these secrets with any of their characters escaped and with markup between them."""
    if not seen:
        return None
    marks = {f"s{number}": mark for number, (_, mark) in enumerate(seen)}
    parts = (f"(?P<s{number}>{GAP.join(map(_character, secret))})" for number, (secret, _) in enumerate(seen))
    return re.compile("|".join(parts)), marks


def _character(char: str) -> str:
    code = ord(char)
    percent = "".join(f"%(?:25)*(?i:{byte:02x})" for byte in char.encode("utf-8", "replace"))
    return rf"(?:{re.escape(char)}|{percent}|\\+u(?i:{code:04x})|&#0*{code};|&#[xX]0*(?i:{code:x});)"


def occur(secrets: Iterable[str], lines: Iterable[bytes]) -> int:
    """In how many of these lines one of the secrets can be read, in any of its forms, outside of hosts."""
    sweep = Sweep(dict.fromkeys(secrets, ""))
    return sum(sweep.line(line) != line for line in lines)
