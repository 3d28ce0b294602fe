"""The redactor of whole files, whose secrets are looked for everywhere once all of them are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harinspect.redaction.marks import OPEN, Marker
from harinspect.redaction.patterns import Patterns
from harinspect.redaction.sharing import ALIKE, SharedRedactor

DIGITS: Final = 12


class FileRedactor(SharedRedactor):
    """One kind of mark for secrets that go by many names. Nothing of a text is remembered: `masks.Masks` does that."""

    def __init__(self, patterns: Patterns | None = None) -> None:
        super().__init__(patterns, Marker(DIGITS))

    def forget(self) -> None:
        """Let go of what was only kept to be quick."""
        self._marks.clear()
        self._stash.clear()

    def digest(self, text: str) -> str:
        """A word of letters and digits that stands for the text."""
        return "h" + self._marker.mark("host", text).rpartition(":")[2][:DIGITS]

    def _mask(self, kind: str, value: str) -> str:
        if kind == "random" and OPEN not in value:  # the usual one by far
            return self._stashed(self._marker.mark("secret", value))
        return super()._mask(kind, value)

    def _marked(self, kind: str, value: str) -> str:
        if kind == "random":  # its shape gives it away wherever it stands
            return self._marker.mark("secret", value)
        shown = "secret" if kind in ALIKE else kind
        return self._marks.get((shown, value)) or super()._marked(shown, value)

    def _remember(self, kind: str, secret: str, mark: str) -> None:
        self._learn(kind, secret, mark)

    def _cached(self, kind: str, value: str, make: Callable[[str], str]) -> str:
        return self._made(value, make)
