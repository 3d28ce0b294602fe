"""Reading a TOML table strictly: every key has one type, and a key that nobody asked for is an error."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final


class KnowledgeError(ValueError):
    """A knowledge file is wrong; the message is "file: key: what is wrong with it"."""


NONE: Final[frozenset[int]] = frozenset()


class Table:
    """A TOML table and where it stands. Every getter takes its key out; `done` complains about what is left.

    `where` names the file and, after ": ", the table inside it.
    """

    __slots__ = ("_rest", "where")

    def __init__(self, where: str, values: Mapping[str, object]) -> None:
        self.where = where
        self._rest = dict(values)

    def error(self, key: str, what: str) -> KnowledgeError:
        return KnowledgeError(f"{self.where}: {key}: {what}")

    def text(self, key: str, otherwise: str | None = None) -> str:
        """A string; without `otherwise` it must be there and not be empty."""
        value = self._rest.pop(key, otherwise)
        if not isinstance(value, str) or (otherwise is None and not value):
            raise self.error(key, "must be a text that is not empty")
        return value

    def choice(self, key: str, allowed: Container[str], otherwise: str | None = None) -> str:
        """One of the words in `allowed`, or `otherwise` where the key is missing."""
        value = self.text(key, otherwise)
        if value not in allowed and value != otherwise:
            raise self.error(key, f"{value!r} is not a word that is known here")
        return value

    def flag(self, key: str) -> bool:
        """A boolean, False where the key is missing."""
        value = self._rest.pop(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A string or a list of strings, () where the key is missing."""
        value = self._rest.pop(key, None)
        if value is None:
            return ()
        rows = (value,) if isinstance(value, str) else value
        if not isinstance(rows, list | tuple):
            raise self.error(key, "must be a text or a list of texts")
        return tuple(self._strings(key, rows))

    def numbers(self, key: str) -> frozenset[int]:
        """A list of integers, the empty set where the key is missing."""
        value = self._rest.pop(key, None)
        if value is None:
            return NONE
        if not isinstance(value, list) or not all(type(row) is int for row in value):
            raise self.error(key, "must be a list of integers")
        return frozenset(value)

    def number(self, key: str, otherwise: int) -> int:
        """An integer."""
        value = self._rest.pop(key, otherwise)
        if type(value) is not int:
            raise self.error(key, "must be an integer")
        return value

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of strings, as pairs in its order; () where the key is missing."""
        value = self._rest.pop(key, None)
        if value is None:
            return ()
        if not isinstance(value, Mapping):
            raise self.error(key, "must be a table")
        return tuple(zip(value, self._strings(key, value.values()), strict=True))

    def table(self, key: str) -> Table | None:
        """A table inside this one, None where the key is missing."""
        value = self._rest.pop(key, None)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.error(key, "must be a table")
        return Table(f"{self.where}: {key}", value)

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables, () where the key is missing."""
        value = self._rest.pop(key, None)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            raise self.error(key, "must be a list of tables")
        return tuple(Table(f"{self.where}: {key}[{at}]", row) for at, row in enumerate(value))

    def inner(self) -> tuple[tuple[str, Table], ...]:
        """All that is left, each of which must be a table."""
        names = tuple(self._rest)
        return tuple((name, found) for name in names if (found := self.table(name)) is not None)

    def done(self) -> None:
        """Raises KnowledgeError where a key was never asked for."""
        for key in self._rest:
            raise self.error(key, "is not a key that is known here")

    def _strings(self, key: str, values: Iterable[object]) -> Iterator[str]:
        for value in values:
            if not isinstance(value, str):
                raise self.error(key, "must hold texts only")
            yield value


def read_table(path: Path) -> Table:
    """A whole file. Raises KnowledgeError where it is no TOML."""
    return table_of(path.name, path.read_text(encoding="utf-8"))


def table_of(name: str, text: str) -> Table:
    """A whole text. Raises KnowledgeError where it is no TOML."""
    import tomli  # most analyses find kept what was read before

    try:
        return Table(name, tomli.loads(text))
    except tomli.TOMLDecodeError as error:
        raise KnowledgeError(f"{name}: {error}") from error
