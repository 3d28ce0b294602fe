"""The redacted recordings where nothing is kept on disk: in private files without a name, gone with the program."""

from __future__ import annotations

import shutil
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import RLock
from typing import BinaryIO, Final

from harinspect.har.plain import PlainFile
from harinspect.har.spool import private_file
from harinspect.store.recording import PART, Recording
from harinspect.store.trouble import StoreError

MOST: Final = 1 << 30  # bytes of all files together
MADE_ROOM: Final = "The redacted recording has made room for those of other reports."


@dataclass(frozen=True, slots=True)
class _Held:
    told: Recording
    file: PlainFile | None = None

    @property
    def size(self) -> int:
        return self.file.size if self.file else 0


class HeldRecordings:
    """As `recordings.Recordings`. `lock` guards the store whose reports `holds` knows."""

    def __init__(self, lock: RLock, holds: Callable[[str], bool]) -> None:
        self._lock = lock
        self._holds = holds
        self._held: OrderedDict[str, _Held] = OrderedDict()

    def put(self, report: str, packed: BinaryIO, length: int, caution: str = "") -> bool:
        """Keep a redacted HAR of `length` bytes, which `packed` holds as gzip (RFC 1952).

        False where the report is gone, or has one already; the oldest make room.
        """
        file = _copied(packed)
        if not self._add(report, _Held(Recording(bytes=length, caution=caution), file)):
            file.close()
            return False
        return True

    def refuse(self, report: str, why: str) -> bool:
        """Say in one sentence why there will be none. False as with `put`."""
        return self._add(report, _Held(Recording(why=why)))

    def get(self, report: str) -> Recording | None:
        """None where nothing was said of it yet, or the report is gone."""
        with self._lock:
            held = self._held.get(report)
        return held.told if held else None

    def parts(self, report: str) -> Iterator[bytes]:
        """The packed HAR, part by part; nothing where there is none. Raises StoreError where it goes meanwhile."""
        with self._lock:
            held = self._held.get(report)
        file = held.file if held else None
        for place in range(0, file.size if file else 0, PART):
            yield self._part(report, place)

    def drop(self, report: str) -> None:
        """Forget it."""
        with self._lock:
            held = self._held.pop(report, None)
            if held and held.file:
                held.file.close()

    def _part(self, report: str, place: int) -> bytes:
        with self._lock:
            held = self._held.get(report)
            if held is None or held.file is None:
                raise StoreError("The recording was deleted while it was read.")
            return bytes(held.file.slice(place, PART))

    def _add(self, report: str, held: _Held) -> bool:
        with self._lock:
            if not self._holds(report) or report in self._held:
                return False
            self._held[report] = held
            self._make_room()
        return True

    def _make_room(self) -> None:
        for report in list(self._held):
            if sum(held.size for held in self._held.values()) <= MOST:
                return
            if self._held[report].size:
                self.drop(report)
                self._held[report] = _Held(Recording(why=MADE_ROOM))


def _copied(packed: BinaryIO) -> PlainFile:
    file = private_file(PART)
    try:
        shutil.copyfileobj(packed, file, PART)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return PlainFile(file, owned=True)  # closed with the store, if not before
