"""The redactor of a report: as strict as that of whole files, with marks that are short enough to be read."""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec

from harinspect.redaction.sharing import SharedRedactor, is_word
from harinspect.redaction.sweep import Loose, Sweep

Part = TypeVar("Part", bound=msgspec.Struct)
# Members of a report whose values are words of ours, which pages and other programs go by
OURS: Final = frozenset(
    "rule cause causes kind confidence responsible temporary basis part layer schema version verdict for effort point"
    " started ended exporter credentials refs present".split()
)
# A piece of a file's name that is no word: letters and digits in one, unless it is a date and a time
PIECE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?!\d{8}T?\d{4,6}Z?(?![A-Za-z0-9]))(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{10,}"
)


class ReportRedactor(SharedRedactor):
    """Hides a secret in whatever it is shown later; `last_look` finds it in what was written before."""

    def __init__(self) -> None:
        super().__init__()
        self._words: set[str] = set()
        self._addresses: dict[str, str] = {}

    def word(self, text: str) -> str:
        """As for files. Names of headers come over and over: each is judged once."""
        if text not in self._words:
            if not is_word(text):
                return super().word(text)
            self._words.add(text)
        return text

    def address(self, text: str) -> str:
        """As for files. Many requests go to one server."""
        found = self._addresses.get(text)
        if found is None:
            found = self._addresses[text] = super().address(text)
        return found

    def title(self, text: str) -> str:
        """The title of a page, which names whom it was made for, unless it is the page's address."""
        return self.url(text) if text.startswith(("http://", "https://")) else self.secret("title", text)

    def file_name(self, name: str) -> str:
        """The name of a file, without what is no word."""
        return self._cached(
            "file", name, lambda text: PIECE.sub(lambda m: self._mask("random", m[0]), self._text(text))
        )

    def last_look(self) -> LastLook:
        """With all that was learnt until now."""
        return LastLook(self.learnt)

    def _remember(self, kind: str, secret: str, mark: str) -> None:
        if kind != "random":  # its shape gives it away wherever it stands
            self._learn(kind, secret, mark)
        super()._remember(kind, secret, mark)


class LastLook(Sweep):
    """Takes secrets out of finished parts of a report, in any encoding."""

    def part(self, part: Part) -> Part:
        """The part without any of the secrets; itself where none is in it."""
        written = msgspec.json.encode(part)
        seen = self.line(written)
        return part if seen is written else msgspec.json.decode(seen, type=type(part))

    def _changed(self, name: str, value: object, loose: Loose) -> object:
        if isinstance(value, dict):
            return {key: one if key in OURS else self._changed(key, one, loose) for key, one in value.items()}
        return super()._changed(name, value, loose)
