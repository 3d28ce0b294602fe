"""Private temporary files that refuse to grow without bounds."""

from __future__ import annotations

from typing import BinaryIO, cast

from msgspec import Struct

from harinspect.har.model import NotHar
from harinspect.har.plain import PlainFile

TOO_MUCH = "The packed file unpacks to far more than a HAR would; it was not read."


class Limits(Struct, frozen=True):
    """How far packed input may grow: to `bytes` in all; to `ratio` times its size, unless `ratio_from` is more."""

    bytes: int = 8 << 30
    ratio: int = 200
    ratio_from: int = 256 << 20

    def room(self, packed: int) -> int:
        """The most bytes that so many packed ones may become."""
        return min(self.bytes, max(self.ratio * packed, self.ratio_from))


LIMITS = Limits()


def private_file(buffer: int = 0) -> BinaryIO:
    """A file that no other user can read and that has no name: it is gone when it is closed, or when we crash.

    `buffer`: bytes that are gathered before they are written; with none, a write may take less than it is given.
    """
    import tempfile  # plain files, the usual case, need not wait for this import

    return cast(BinaryIO, tempfile.TemporaryFile(buffering=buffer))


class Budget:
    """How much all parts of one input may unpack to together, however often they are packed or pointed to."""

    def __init__(self, room: int) -> None:
        self._left = room

    def spend(self, count: int) -> None:
        """Raises NotHar where nothing is left."""
        self._left -= count
        if self._left < 0:
            raise NotHar(TOO_MUCH)


class Spool:
    """Where packed input is unpacked to."""

    def __init__(self, room: int, budget: Budget | None = None) -> None:
        self._stream = private_file()
        self._room = room
        self._budget = budget or Budget(room)
        self._size = 0

    def write(self, chunk: bytes) -> None:
        """Append; raises NotHar where that is more than there is room for."""
        self._size += len(chunk)
        if self._size > self._room:
            self._stream.close()
            raise NotHar(TOO_MUCH)
        self._budget.spend(len(chunk))
        view = memoryview(chunk)
        while view:
            view = view[self._stream.write(view) :]

    def file(self) -> PlainFile:
        """What was written, to be read."""
        return PlainFile(self._stream, owned=True, size=self._size)
