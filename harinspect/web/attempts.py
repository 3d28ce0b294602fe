"""Wrong passwords cost time: each place waits longer after each of its own, and everybody a little after many."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from harinspect.store.passphrases import pause, pause_for_all

PLACES: Final = 10_000  # remembered; a place that was not heard of for longest is forgotten first
FORGIVEN: Final = 3600  # seconds without an attempt
MANY: Final = 20  # wrong ones from anywhere before everybody waits


@dataclass(frozen=True, slots=True)
class _Count:
    failures: int
    last: float
    until: float


_NONE: Final = _Count(0, 0.0, 0.0)


class Attempts:
    """Safe to use from several threads. `alone`: nobody waits for what others did."""

    def __init__(self, now: Callable[[], float] = time.monotonic, *, alone: bool = False) -> None:
        self._now = now
        self._alone = alone
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._all = _NONE
        self._lock = Lock()

    def wait(self, place: str) -> int:
        """Seconds until that place may try again; 0: now."""
        with self._lock:
            return self._wait(place)

    def begin(self, place: str) -> int:
        """The same; where it is 0, the attempt is counted as wrong before it is looked at, so that many at a time gain
        nothing.
        """
        with self._lock:
            wait = self._wait(place)
            if not wait:
                self._count(place)
            return wait

    def succeed(self, place: str) -> None:
        """It was right after all."""
        with self._lock:
            self._counts.pop(place, None)
            self._all = _NONE

    def _wait(self, place: str) -> int:
        return max(0, math.ceil(max(self._counts.get(place, _NONE).until, self._all.until) - self._now()))

    def _count(self, place: str) -> None:
        self._counts[place] = self._after(self._counts.get(place, _NONE), pause)
        self._counts.move_to_end(place)
        while len(self._counts) > PLACES:
            self._counts.popitem(last=False)
        if not self._alone:
            self._all = self._after(self._all, _pause_for_all)

    def _after(self, before: _Count, seconds: Callable[[int], int]) -> _Count:
        now = self._now()
        failures = 1 if now - before.last > FORGIVEN else before.failures + 1
        return _Count(failures, now, now + seconds(failures))


def _pause_for_all(failures: int) -> int:
    return pause_for_all(failures - MANY)
