"""What the page asks of a store, be it in memory or on disk."""

from __future__ import annotations

from typing import Protocol

from harinspect.report.model import Report
from harinspect.store.memory import Stored


class Keeping(Protocol):
    """Safe to use from several threads. May wait for a disk, so not from an event loop; may raise StoreError."""

    def add(self, report: Report, *, sample: bool = False) -> Stored: ...

    def get(self, id: str) -> Stored | None: ...

    def remove(self, id: str) -> bool: ...

    def all(self) -> tuple[Stored, ...]: ...
