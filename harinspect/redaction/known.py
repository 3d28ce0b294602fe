"""The secrets that one redactor has seen, with their marks, and which of them a text has."""

from __future__ import annotations

from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

SHORTEST: Final = 6  # characters of a secret that is worth hiding elsewhere
BEGINNING: Final = 12  # characters: secrets may be long, and a machine takes a hundred times what it looks for
FEW: Final = 8


class Known:
    """Secrets in the order in which they were seen.

    Hundreds of them are looked for in thousands of texts. So a machine looks for the beginnings of all at once; those
    that came since it was built are looked for one by one, until they are many. What either finds is what is there:
    the machine only leaves out secrets whose beginning is nowhere in the text.
    """

    def __init__(self) -> None:
        self.marks: dict[str, str] = {}
        self._secrets: list[str] = []
        self._search: BytesAhoCorasick | None = None
        self._searched = 0  # so many of the secrets has the machine

    def __len__(self) -> int:
        return len(self._secrets)

    def add(self, secret: str, mark: str) -> None:
        """See a secret of SHORTEST characters or more; the mark that it got first stays."""
        if secret not in self.marks:
            self.marks[secret] = mark
            self._secrets.append(secret)

    def within(self, text: str, since: int = 0) -> list[str]:
        """Those that the text has, in their order. The first `since` of all secrets are not asked for."""
        if len(text) < SHORTEST:
            return []
        if len(self) - self._searched > FEW + self._searched // 4:
            beginnings = [_bytes(secret[:BEGINNING]) for secret in self._secrets]
            self._search = BytesAhoCorasick(beginnings, implementation=Implementation.NoncontiguousNFA)
            self._searched = len(self)
        late = self._secrets[max(since, self._searched) :]
        return [secret for secret in (*self._begun(text, since), *late) if secret in text]

    def _begun(self, text: str, since: int) -> list[str]:
        if self._search is None or since >= self._searched:
            return []
        begun = self._search.find_matches_as_indexes(_bytes(text), overlapping=True)
        return [self._secrets[number] for number in sorted({number for number, _, _ in begun}) if number >= since]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
