"""Header fields of a whole file, each distinct one stored once."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from msgspec import Struct

from harinspect.har.model import Initiator
from harinspect.har.schema import PairJson

Pair = tuple[str, str]
Pairs = tuple[Pair, ...]

_pair: Final = attrgetter("name", "value")

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


class Digest(Struct, frozen=True):
    """What the distinct fields say.

    `names` are in lower case, `telling` the lines that speak of credentials, and `rewritten` has what to put in the
    place of fields that stand for none or for several.
    """

    names: frozenset[str]
    telling: frozenset[Pair]
    rewritten: dict[Pair, Pairs]


class Fields:
    """The fields of all requests, or of all responses. A recording repeats most of them from message to message."""

    def __init__(self) -> None:
        self._known: dict[Pair, Pair] = {}

    def shared(self, headers: list[PairJson] | None) -> Pairs:
        """The fields of one message as the file lists them."""
        if not headers:
            return ()
        pairs = [*map(_pair, headers)]
        return tuple(map(self._known.setdefault, pairs, pairs))

    def digest(self) -> Digest:
        """Go through the distinct fields once.

        Exporters join repeated fields by a line feed, which no field value can hold (RFC 9110 section 5.5).
        """
        lower = {name: name.lower() for name, _ in self._known}
        odd = {pair: _lines(*pair) for pair in self._known if "\n" in pair[1] or not pair[0]}
        names = {name for name in lower if lower[name] in TELLING}
        told = {pair for pair in self._known if pair[0] in names}
        lines = {line for pair in told & odd.keys() for line in odd[pair]}
        return Digest(frozenset(lower.values()), frozenset((told - odd.keys()) | lines), odd)


def _lines(name: str, value: str) -> Pairs:
    lines = [line.strip("\r") for line in value.split("\n")]
    return tuple((name, line) for line in lines if line) if name else ()


class FieldPool:
    """Shares equal header fields, texts and initiators of one file."""

    def __init__(self) -> None:
        self.sent = Fields()
        self.received = Fields()
        self._texts: dict[str, str] = {}
        self._initiators: dict[Pair, Initiator] = {}

    def text(self, text: str | None) -> str:
        """The one copy of that text; "" for None."""
        return self._texts.setdefault(text, text) if text else ""

    def initiator(self, kind: str, url: str) -> Initiator:
        """The one initiator of that kind and URL."""
        known = self._initiators.get((kind, url))
        if known is None:
            known = self._initiators[kind, url] = Initiator(kind, url)
        return known
