"""What the page asks of a store, be it in memory or on disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from harinspect.report.model import Report
from harinspect.store.memory import Stored
from harinspect.store.recording import Recording


class Shelf(Protocol):
    """The redacted recordings, by their report's id: see recordings.Recordings."""

    def put(self, report: str, packed: BinaryIO, length: int, caution: str = "") -> bool: ...

    def refuse(self, report: str, why: str) -> bool: ...

    def get(self, report: str) -> Recording | None: ...

    def parts(self, report: str) -> Iterator[bytes]: ...


class Keeping(Protocol):
    """Safe to use from several threads. May wait for a disk, so not from an event loop; may raise StoreError."""

    @property
    def recordings(self) -> Shelf: ...

    def add(self, report: Report, *, sample: bool = False) -> Stored: ...

    def get(self, id: str) -> Stored | None: ...

    def holds(self, id: str) -> bool: ...

    def remove(self, id: str) -> bool: ...

    def all(self) -> tuple[Stored, ...]: ...
