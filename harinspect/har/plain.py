"""An open file of plain JSON bytes: read once through, and again in places."""

from __future__ import annotations

import io
import os
import threading
import weakref
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from typing_extensions import Buffer


def _quietly_close(stream: BinaryIO) -> None:
    stream.close()


class PlainFile:
    """Bytes that can be read in order (`readinto`) and at any place (`slice`), from several threads.

    Owned streams are closed by `close`, or when nobody holds the object any longer.
    """

    def __init__(self, stream: BinaryIO, *, owned: bool, size: int | None = None) -> None:
        self._stream = stream
        self._start = 0 if owned else stream.tell()
        self._position = 0
        self._lock = threading.Lock()
        self._finalizer = weakref.finalize(self, _quietly_close, stream) if owned else None
        self.size = self._measure() if size is None else size

    @classmethod
    def at(cls, path: str) -> PlainFile:
        """Open a file by its path, unbuffered: every read goes straight into the caller's buffer."""
        return cls(_binary(io.FileIO(path, "rb")), owned=True)

    def _measure(self) -> int:
        end = self._stream.seek(0, os.SEEK_END)
        self._stream.seek(self._start)
        return max(end - self._start, 0)

    def readinto(self, view: memoryview) -> int:
        """Fill `view` with the next bytes; the count, 0 at the end."""
        with self._lock:
            self._stream.seek(self._start + self._position)
            count = _fill(self._stream, view)
            self._position += count
            return count

    def rewind(self) -> None:
        """Let the next `readinto` start at the first byte again."""
        self._position = 0

    def slice(self, offset: int, length: int) -> bytearray:
        """The bytes at `offset`; fewer at the end of the file."""
        wanted = bytearray(length)
        with self._lock:
            self._stream.seek(self._start + offset)
            count = _fill(self._stream, memoryview(wanted))
        del wanted[count:]
        return wanted

    def apart(self) -> PlainFile | None:
        """The same bytes for another process, whose reads do not move ours; None where they are no file's."""
        try:
            descriptor = self._stream.fileno()
        except OSError:
            return None
        return PlainFile(_binary(_Placed(descriptor, self._start)), owned=True, size=self.size)

    def close(self) -> None:
        """Close the stream if it is ours."""
        if self._finalizer is not None:
            self._finalizer()


class _Placed(io.RawIOBase):
    """A file that is read by place, so that its own position does not matter."""

    def __init__(self, descriptor: int, start: int) -> None:
        self._descriptor = descriptor
        self._place = self._start = start

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._place = self._start + offset
        return offset

    def readinto(self, view: Buffer) -> int:
        count = os.preadv(self._descriptor, [view], self._place)
        self._place += count
        return count


def _binary(stream: io.RawIOBase) -> BinaryIO:
    return cast(BinaryIO, stream)


def _fill(stream: BinaryIO, view: memoryview) -> int:
    filled = 0
    while filled < len(view):
        count = _read(stream, view[filled:])
        if not count:
            break
        filled += count
    return filled


def _read(stream: BinaryIO, view: memoryview) -> int:
    readinto = getattr(stream, "readinto", None)
    if readinto is not None:
        return int(readinto(view) or 0)
    chunk = stream.read(len(view))
    view[: len(chunk)] = chunk
    return len(chunk)
