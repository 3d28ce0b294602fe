"""Bodies that were not kept, read again from the open file."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

from harinspect.har.bodies import content_text
from harinspect.har.entries import Run
from harinspect.har.plain import PlainFile
from harinspect.har.salvage import REFUSED, decode_entry
from harinspect.har.schema import EntryJson, entries_decoder


class Bodies:
    """`body(index)` for the exchanges of one file. `held` is whatever must live as long as this does."""

    def __init__(self, file: PlainFile, runs: list[Run], between: bytes) -> None:
        self.held: object = None
        self._file = file
        self._runs = runs
        self._between = between

    def __call__(self, index: int) -> str | None:
        """The decoded response body of that entry, whole; None where there is none or the file is closed."""
        place = bisect_right(self._runs, index, key=attrgetter("first")) - 1
        if place < 0 or index - self._runs[place].first >= self._runs[place].count:
            return None
        try:
            entry = self._entry(self._runs[place], index - self._runs[place].first)
        except ValueError:  # the file is closed
            return None
        if entry is None or entry.response is None or entry.response.content is None:
            return None
        content = entry.response.content
        return content_text(content, content.mime_type or "")

    def _entry(self, run: Run, position: int) -> EntryJson | None:
        data = self._file.slice(run.offset, run.length)
        if run.count == 1:
            return decode_entry(data)
        if data.count(self._between) == run.count - 1:
            return decode_entry(self._part(data, position))
        try:
            return entries_decoder.decode(b"[" + data + b"]")[position]
        except REFUSED:
            return None  # the file has changed meanwhile

    def _part(self, data: bytearray, position: int) -> bytearray:
        begin = 0
        for _ in range(position):
            begin = data.index(b"{", data.index(self._between, begin) + 1)
        end = data.find(self._between, begin)
        return data[begin : end + 1] if end >= 0 else data[begin:]
