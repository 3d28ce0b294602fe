"""Wrong passwords cost time: each place waits longer after each of its own, and everybody a little after many."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from harinspect.store.passphrases import pause

PLACES: Final = 10_000  # remembered; a place that was not heard of for longest is forgotten first
FORGIVEN: Final = 3600  # seconds without an attempt
MANY: Final = 20  # wrong ones from anywhere before everybody waits
LONGEST_FOR_ALL: Final = 30  # seconds: strangers must not be able to lock everybody out


@dataclass(frozen=True, slots=True)
class _Count:
    failures: int
    last: float
    until: float


_NONE: Final = _Count(0, 0.0, 0.0)


class Attempts:
    """Used from the event loop only."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._all = _NONE

    def wait(self, place: str) -> int:
        """Seconds until that place may try again; 0: now."""
        return max(0, math.ceil(max(self._counts.get(place, _NONE).until, self._all.until) - self._now()))

    def begin(self, place: str) -> None:
        """Count an attempt as wrong before it is looked at, so that many at a time gain nothing."""
        self._counts[place] = self._after(self._counts.get(place, _NONE), pause)
        self._counts.move_to_end(place)
        while len(self._counts) > PLACES:
            self._counts.popitem(last=False)
        self._all = self._after(self._all, _pause_for_all)

    def succeed(self, place: str) -> None:
        """It was right after all."""
        self._counts.pop(place, None)
        self._all = _NONE

    def _after(self, before: _Count, seconds: Callable[[int], int]) -> _Count:
        now = self._now()
        failures = 1 if now - before.last > FORGIVEN else before.failures + 1
        return _Count(failures, now, now + seconds(failures))


def _pause_for_all(failures: int) -> int:
    return min(pause(failures - MANY), LONGEST_FOR_ALL)
