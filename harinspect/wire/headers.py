"""Header fields (RFC 9110 section 5) that can say "this file does not tell".

>>> sent = Headers([("Accept", "*/*"), ("VIA", "a"), ("via", "b")], withheld={"cookie"})
>>> sent.get("via"), sent.get("cookie"), sent.get("origin")
('a, b', <Missing.WITHHELD: 'withheld'>, <Missing.ABSENT: 'absent'>)
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import Final


class Missing(Enum):
    """Why a header has no value."""

    ABSENT = "absent"  # it was not there
    WITHHELD = "withheld"  # the file does not say whether it was there


ABSENT: Final = Missing.ABSENT
WITHHELD: Final = Missing.WITHHELD
EVERYTHING: Final = frozenset({"*"})  # withheld={"*"}: no header that is not listed is known to be absent


class _LowerCase(dict[str, str]):
    """Lower-case names, each kept once: a recording repeats a few dozen names a hundred thousand times."""

    def __missing__(self, name: str) -> str:
        lower = sys.intern(name.lower())
        if len(self) < _KNOWN_NAMES:
            self[name] = lower
        return lower


_KNOWN_NAMES: Final = 4096
_lower: Final = _LowerCase().__getitem__


def _places(names: tuple[str, ...]) -> Mapping[str, tuple[int, ...]]:
    """Where each lower-case name stands in a list of fields."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(map(_lower, names)):
        found.setdefault(name, []).append(place)
    return {name: tuple(places) for name, places in found.items()}


_LONGEST_REMEMBERED: Final = 128  # names
_remembered: Final = lru_cache(maxsize=2048)(_places)  # messages of one kind list the same names in the same order


class Headers:
    """An immutable, case-insensitive multimap of header fields in their order.

    `withheld` names (lower case) the fields that the file keeps silent about; {"*"} stands for all of them.
    """

    __slots__ = ("_pairs", "_places", "withheld")

    def __init__(self, pairs: Iterable[tuple[str, str]] = (), withheld: Iterable[str] = ()) -> None:
        self._pairs = tuple(pairs)
        names = tuple([name for name, _ in self._pairs])
        self._places = _remembered(names) if len(names) <= _LONGEST_REMEMBERED else _places(names)
        self.withheld = frozenset(withheld)

    def get(self, name: str) -> str | Missing:
        """The value, repeated fields joined by ", " (RFC 9110 section 5.2), or why there is none."""
        places = self._places.get(_lower(name))
        return self._joined(places) if places else self.missing(name)

    def text(self, name: str, otherwise: str = "") -> str:
        """The value where absent and withheld may be treated alike, as in a display or a positive test."""
        places = self._places.get(_lower(name))
        return self._joined(places) if places else otherwise

    def _joined(self, places: tuple[int, ...]) -> str:
        if len(places) == 1:
            return self._pairs[places[0]][1]
        return ", ".join([self._pairs[place][1] for place in places])

    def all(self, name: str) -> tuple[str, ...]:
        """Every line of that name, unjoined: for Set-Cookie, and where repetition itself matters."""
        return tuple([self._pairs[place][1] for place in self._places.get(_lower(name), ())])

    def missing(self, name: str) -> Missing:
        """What the lack of that name would mean in this file."""
        return WITHHELD if _lower(name) in self.withheld or "*" in self.withheld else ABSENT

    def names(self) -> frozenset[str]:
        """All names, lower case."""
        return frozenset(self._places)

    def withholding(self, names: Iterable[str]) -> Headers:
        """The same fields, with more names that the file keeps silent about."""
        return Headers(self._pairs, self.withheld | frozenset(names))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _lower(name) in self._places

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and (self._pairs, self.withheld) == (other._pairs, other.withheld)

    def __hash__(self) -> int:
        return hash((self._pairs, self.withheld))

    def __repr__(self) -> str:
        return f"Headers({list(self._pairs)!r}, withheld={sorted(self.withheld)!r})"
