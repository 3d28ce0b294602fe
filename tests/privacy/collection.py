"""Everything that was stored, shown or sent, by where it was found, and what can be read in it."""

from __future__ import annotations

import gzip
import sqlite3
import zlib
from contextlib import closing, suppress
from pathlib import Path

from tests.privacy.canaries import found


class Collection:
    """Bytes by place. A line that several places share is searched once."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[bytes]] = {}
        self._lines: set[bytes] = set()

    @property
    def places(self) -> int:
        return len(self._pieces)

    @property
    def size(self) -> int:
        return sum(len(piece) for pieces in self._pieces.values() for piece in pieces)

    def names(self) -> list[str]:
        return sorted(self._pieces)

    def whole(self) -> bytes:
        return b"\n".join(piece for pieces in self._pieces.values() for piece in pieces)

    def add(self, place: str, content: bytes | str) -> None:
        self._pieces.setdefault(place, []).append(content.encode() if isinstance(content, str) else content)

    def add_file(self, place: str, file: Path) -> None:
        """Its name and what is in it, if it is still there."""
        self.add(place, file.name)
        with suppress(OSError):
            self.add(place, file.read_bytes())

    def add_folder(self, place: str, folder: Path) -> None:
        self.add(place, "")  # searched, even where there is nothing in it
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                self.add_file(f"{place}: {file.name}" if place == "data folder" else place, file)

    def add_database(self, file: Path) -> None:
        """Every value of every table, unpacked where it is packed."""
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # the database's own names
                for row in rows:
                    for value in row:
                        self._add_value(f"table {table}", value)

    def found(self, planted: dict[str, str]) -> dict[str, dict[str, str]]:
        """The canaries that can be read, and where they had been planted, by the place that they were found in."""
        shown = {place: found(self._new(pieces), planted) for place, pieces in self._pieces.items()}
        return {place: canaries for place, canaries in shown.items() if canaries}

    def _add_value(self, place: str, value: object) -> None:
        if not isinstance(value, bytes):
            self.add(place, str(value))
            return
        self.add(place, value)
        if (plain := unpacked(value)) is not None:
            self.add(f"{place}, unpacked", plain)

    def _new(self, pieces: list[bytes]) -> str:
        lines = [line for piece in pieces for line in dict.fromkeys(piece.split(b"\n")) if line not in self._lines]
        self._lines.update(lines)
        return b"\n".join(lines).decode("latin-1")


def unpacked(packed: bytes) -> bytes | None:
    """What zlib or gzip packed, with or without a header; None where it is neither."""
    for unpack in (zlib.decompress, gzip.decompress, _deflated):
        with suppress(zlib.error, OSError, EOFError):
            return unpack(packed)
    return None


def _deflated(packed: bytes) -> bytes:
    return zlib.decompress(packed, -zlib.MAX_WBITS)
