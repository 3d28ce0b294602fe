"""Header fields of a whole file, each distinct one stored once."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Raw

from harinspect.har.salvage import REFUSED, loose_pairs
from harinspect.har.schema import pair_decoder

Pair = tuple[str, str]
Pairs = tuple[Pair, ...]

TELLING: Final = frozenset(
    {
        "access-control-allow-credentials",
        "access-control-request-headers",
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "vary",
    }
)
_BETWEEN: Final = re.compile(rb'(\}\s*+,\s*+\{)\s*+"')
_NOWHERE: Final = b"\0\0"


class Fields:
    """The distinct fields of all requests, or of all responses.

    A recording repeats most fields from message to message, byte for byte: cutting the list of fields into pieces
    and looking those up costs a third of decoding each. `names` are in lower case, `telling` the fields that speak of
    credentials.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.telling: set[Pair] = set()
        self._known: dict[bytes, Pairs] = {}
        self._names: dict[str, str] = {}
        self._between = b""

    def shared(self, raw: Raw) -> Pairs:
        """The fields of one message, a value of several lines split into that many fields."""
        data = bytes(raw)
        first = data.find(b"{")
        if first < 0:
            return ()
        known = self._known
        out: list[Pair] = []
        try:
            for piece in data[first + 1 : data.rfind(b"}")].split(self._between or self._learn(data)):
                out += known.get(piece) or self._admit(piece)
        except REFUSED:
            return self._whole(raw)
        return tuple(out)

    def _learn(self, data: bytes) -> bytes:
        """An unescaped quote behind the brace: this cannot stand inside a string (RFC 8259 section 7)."""
        found = _BETWEEN.search(data)
        if found is None:
            return _NOWHERE
        self._between = found.group(1)
        return self._between

    def _admit(self, piece: bytes) -> Pairs:
        pair = pair_decoder.decode(b"{%b}" % piece)
        pairs = self._known[piece] = self._split(pair.name, pair.value)
        return pairs

    def _whole(self, raw: Raw) -> Pairs:
        return tuple(field for pair in loose_pairs(raw) for field in self._split(pair.name, pair.value))

    def _split(self, name: str | None, value: str | None) -> Pairs:
        """Exporters join repeated fields by a line feed, which no field value can hold (RFC 9110 section 5.5)."""
        if not name:
            return ()
        name = self._names.setdefault(name, name)
        pairs: Pairs = ((name, value or ""),)
        if value and "\n" in value:
            pairs = tuple((name, line.strip("\r")) for line in value.split("\n") if line.strip("\r"))
        lower = name.lower()
        self.names.add(lower)
        if lower in TELLING:
            self.telling.update(pairs)
        return pairs


class FieldPool:
    """Shares equal strings and header fields of one file."""

    def __init__(self) -> None:
        self.sent = Fields()
        self.received = Fields()
        self._texts: dict[str, str] = {}

    def text(self, text: str | None) -> str:
        """The one copy of that text; "" for None."""
        return self._texts.setdefault(text, text) if text else ""
