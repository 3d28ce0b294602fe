"""Header fields of a whole file, each distinct one stored once."""

from __future__ import annotations

from harinspect.har.schema import PairJson

Pair = tuple[str, str]
Pairs = tuple[Pair, ...]


class FieldPool:
    """Shares equal strings and header fields. After the reading, `sent` and `received` hold every distinct field."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._sent: dict[tuple[str | None, str | None], Pairs] = {}
        self._received: dict[tuple[str | None, str | None], Pairs] = {}

    def text(self, text: str | None) -> str:
        """The one copy of that text; "" for None."""
        return self._texts.setdefault(text, text) if text else ""

    def request(self, headers: list[PairJson] | None) -> Pairs:
        """The request's fields, a value of several lines split into that many fields."""
        return self._fields(headers, self._sent) if headers else ()

    def response(self, headers: list[PairJson] | None) -> Pairs:
        """The response's fields, likewise."""
        return self._fields(headers, self._received) if headers else ()

    def sent(self) -> set[Pair]:
        """Every distinct request field in the file."""
        return {pair for pairs in self._sent.values() for pair in pairs}

    def received(self) -> set[Pair]:
        """Every distinct response field in the file."""
        return {pair for pairs in self._received.values() for pair in pairs}

    def _fields(self, headers: list[PairJson], known: dict[tuple[str | None, str | None], Pairs]) -> Pairs:
        out: list[Pair] = []
        for header in headers:
            pair = (header.name, header.value)
            found = known.get(pair)
            if found is None:
                found = known[pair] = self._split(*pair)
            out += found
        return tuple(out)

    def _split(self, name: str | None, value: str | None) -> Pairs:
        """Exporters join repeated fields by a line feed, which no field value can hold (RFC 9110 section 5.5)."""
        if not name:
            return ()
        name = self.text(name)
        if not value or "\n" not in value:
            return ((name, value or ""),)
        return tuple((name, line.strip("\r")) for line in value.split("\n") if line.strip("\r"))
