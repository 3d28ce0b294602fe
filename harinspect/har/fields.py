"""Header fields of a whole file, each distinct one stored once."""

from __future__ import annotations

from sys import intern
from typing import Final

from msgspec import Struct

from harinspect.har.model import Initiator
from harinspect.har.schema import PairJson

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


class Digest(Struct, frozen=True):
    """What the distinct fields say.

    `names` are in lower case, `telling` the lines that speak of credentials, and `rewritten` has what to put in the
    place of fields that stand for none or for several.
    """

    names: frozenset[str]
    telling: frozenset[Pair]
    rewritten: dict[Pair, Pairs]


class _Known(dict[PairJson, Pair]):
    """Distinct fields: one that was seen before is found again without a call into Python."""

    def __missing__(self, field: PairJson) -> Pair:
        pair = self[field] = (intern(field.name), field.value)
        return pair


class Fields:
    """The fields of all requests, or of all responses. A recording repeats most of them from message to message."""

    def __init__(self) -> None:
        self._known = _Known()
        self._shared: Final = self._known.__getitem__

    def shared(self, headers: list[PairJson] | None) -> Pairs:
        """The fields of one message as the file lists them."""
        return tuple(map(self._shared, headers)) if headers else ()

    def digest(self) -> Digest:
        """Go through the distinct fields once, and forget them: exchanges are made when nobody shares any more.

        Exporters join repeated fields by a line feed, which no field value can hold (RFC 9110 section 5.5).
        """
        pairs = self._known.values()
        lower = {name: name.lower() for name in {name for name, _ in pairs}}
        odd = {pair: _lines(*pair) for pair in pairs if "\n" in pair[1] or not pair[0]}
        names = {name for name in lower if lower[name] in TELLING}
        told = {pair for pair in pairs if pair[0] in names}
        lines = {line for pair in told & odd.keys() for line in odd[pair]}
        self._known.clear()
        return Digest(frozenset(lower.values()), frozenset((told - odd.keys()) | lines), odd)


def _lines(name: str, value: str) -> Pairs:
    lines = [line.strip("\r") for line in value.split("\n")]
    return tuple((name, line) for line in lines if line) if name else ()


class _Texts(dict[str | None, str]):
    """Each text once, "" for None."""

    def __missing__(self, text: str | None) -> str:
        kept = self[text] = text or ""
        return kept


class _LowerTexts(dict[str | None, str]):
    """Each text in lower case, "" for None."""

    def __missing__(self, text: str | None) -> str:
        lower = self[text] = (text or "").lower()
        return lower


class FieldPool:
    """Shares equal header fields, texts and initiators of one file.

    `text` gives the one copy of a text, `lower` that in lower case, both "" for None.
    """

    def __init__(self) -> None:
        self.sent = Fields()
        self.received = Fields()
        self.text: Final = _Texts().__getitem__
        self.lower: Final = _LowerTexts().__getitem__
        self._initiators: dict[Pair, Initiator] = {}

    def initiator(self, kind: str, url: str) -> Initiator:
        """The one initiator of that kind and URL."""
        known = self._initiators.get((kind, url))
        if known is None:
            known = self._initiators[kind, url] = Initiator(kind, url)
        return known
