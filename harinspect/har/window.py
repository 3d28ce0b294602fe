"""A reusable buffer that slides over a file: fresh memory for every read is what makes plain reading slow."""

from __future__ import annotations

from collections.abc import Callable

from harinspect.har.plain import PlainFile

Progress = Callable[[int, int], None]

WINDOW = 1 << 20
_FRONT = 1  # one byte before the data is always free for an opening bracket


class Window:
    """The bytes `begin` to `end` of `data` are the part of the file in view; `base` is the file offset of data[0]."""

    def __init__(self, file: PlainFile, progress: Progress | None = None, size: int = WINDOW) -> None:
        self.data = bytearray(_FRONT + size)
        self.begin = self.end = _FRONT
        self.base = -_FRONT
        self.at_end = False
        self._file = file
        self._progress = progress

    @property
    def length(self) -> int:
        return self.end - self.begin

    def more(self) -> None:
        """Give up what lies before `begin` and read on; a full buffer doubles. Sets `at_end` where nothing follows."""
        self._slide()
        if self.end == len(self.data):
            self.data.extend(bytes(len(self.data)))
        count = self._file.readinto(memoryview(self.data)[self.end :])
        self.end += count
        self.at_end = count == 0
        if self._progress is not None:
            self._progress(min(self.base + self.end, self._file.size), self._file.size)

    def _slide(self) -> None:
        shift = self.begin - _FRONT
        if shift <= 0:
            return
        kept = self.length
        self.data[_FRONT : _FRONT + kept] = self.data[self.begin : self.end]
        self.base += shift
        self.begin, self.end = _FRONT, _FRONT + kept
