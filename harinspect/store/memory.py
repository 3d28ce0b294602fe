"""A bounded store in memory: the least recently read report goes first, samples go last."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import RLock

from harinspect.report.model import Report
from harinspect.store.held import HeldRecordings


@dataclass(frozen=True, slots=True)
class Stored:
    """A report with its unguessable id. `sample` marks the recordings that come with the program; the rest is what its
    owner noted.
    """

    id: str
    report: Report
    added: datetime
    sample: bool = False
    labels: tuple[str, ...] = ()
    ticket: str = ""
    notes: str = ""


class Store:
    """Holds at most `limit` reports, and the redacted recordings of them; safe to use from several threads."""

    def __init__(self, limit: int = 50) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, Stored] = OrderedDict()
        self._lock = RLock()
        self.recordings = HeldRecordings(self._lock, self.holds)

    def add(self, report: Report, *, sample: bool = False) -> Stored:
        """Keep a report; the one that was not read for longest makes room for it."""
        stored = Stored(secrets.token_urlsafe(12), report, datetime.now(UTC), sample)
        with self._lock:
            self._kept[stored.id] = stored
            while len(self._kept) > self._limit:
                self.remove(self._first_to_go())
        return stored

    def get(self, id: str) -> Stored | None:
        """The report with that id, which counts as reading it; None where it is unknown or has gone."""
        with self._lock:
            if id in self._kept:
                self._kept.move_to_end(id)
            return self._kept.get(id)

    def holds(self, id: str) -> bool:
        """Is it there? Asking does not count as reading."""
        with self._lock:
            return id in self._kept

    def remove(self, id: str) -> bool:
        """Forget a report; False where there was none."""
        with self._lock:
            self.recordings.drop(id)
            return self._kept.pop(id, None) is not None

    def all(self) -> tuple[Stored, ...]:
        """What is kept, newest first."""
        with self._lock:
            return tuple(sorted(self._kept.values(), key=lambda stored: stored.added, reverse=True))

    def _first_to_go(self) -> str:
        own = (id for id, stored in self._kept.items() if not stored.sample)
        newest = next(reversed(self._kept))
        first = next(own, newest)
        return first if first != newest else next(iter(self._kept))
