"""Header fields (RFC 9110 section 5) that can say "this file does not tell".

>>> sent = Headers([("Accept", "*/*"), ("VIA", "a"), ("via", "b")], withheld={"cookie"})
>>> sent.get("via"), sent.get("cookie"), sent.get("origin")
('a, b', <Missing.WITHHELD: 'withheld'>, <Missing.ABSENT: 'absent'>)
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from operator import itemgetter
from typing import TYPE_CHECKING, Final


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
_name: Final = itemgetter(0)


class Headers:
    """An immutable, case-insensitive multimap of header fields in their order.

    `withheld` names (lower case) the fields that the file keeps silent about; {"*"} stands for all of them.
    """

    __slots__ = ("_names", "_pairs", "withheld")
    _names: tuple[str, ...]

    def __init__(self, pairs: Iterable[tuple[str, str]] = (), withheld: Iterable[str] = ()) -> None:
        self._pairs = tuple(pairs)
        self.withheld = frozenset(withheld)

    if not TYPE_CHECKING:  # pragma: no branch  # for the type checker there are no attributes but those named here

        def __getattr__(self, slot: str) -> tuple[str, ...]:
            """The lower-case names, filled in when somebody first looks: of most messages nobody asks any header."""
            if slot != "_names":
                raise AttributeError(slot)
            self._names = tuple(map(_lower, map(_name, self._pairs)))
            return self._names

    def get(self, name: str) -> str | Missing:
        """The value, repeated fields joined by ", " (RFC 9110 section 5.2), or why there is none."""
        wanted = name.lower()
        return self._joined(wanted) if wanted in self._names else self.missing(wanted)

    def text(self, name: str, otherwise: str = "") -> str:
        """The value where absent and withheld may be treated alike, as in a display or a positive test."""
        wanted = name.lower()
        return self._joined(wanted) if wanted in self._names else otherwise

    def _joined(self, wanted: str) -> str:
        first = self._names.index(wanted)
        if wanted in self._names[first + 1 :]:
            return ", ".join(self.all(wanted))
        return self._pairs[first][1]

    def all(self, name: str) -> tuple[str, ...]:
        """Every line of that name, unjoined: for Set-Cookie, and where repetition itself matters."""
        wanted = name.lower()
        if wanted not in self._names:
            return ()
        return tuple([pair[1] for known, pair in zip(self._names, self._pairs, strict=True) if known == wanted])

    def missing(self, name: str) -> Missing:
        """What the lack of that name would mean in this file."""
        return WITHHELD if name.lower() in self.withheld or "*" in self.withheld else ABSENT

    def names(self) -> frozenset[str]:
        """All names, lower case."""
        return frozenset(self._names)

    def withholding(self, names: Iterable[str]) -> Headers:
        """The same fields, with more names that the file keeps silent about."""
        return Headers(self._pairs, self.withheld | frozenset(names))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._names

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
