"""The walk over log.entries: runs of entries are decoded in place, a run that will not decode one by one.

The text between two entries (`}`, comma, white space, `{`, the first key) is looked for from behind. An unescaped
quote before a name cannot stand inside a JSON string, so a match is structural; that it is at the right depth is
not proven, so the decoding of the run is the check.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from harinspect.har.salvage import REFUSED, decode_entry
from harinspect.har.schema import EntryJson, entries_decoder
from harinspect.har.structure import element_end, ends_list, entries_start, first_key, is_followed, skip_space
from harinspect.har.window import Window

MAX_HEAD = 64 << 20
SCAN_FROM = 8 << 20
MAX_HELD = 64 << 20
MAX_TAIL = 64 << 20
MAX_SCANS = 256
CUT, DAMAGED = "cut", "damaged"

Take = Callable[[list[EntryJson], int], None]


class Run(Struct, frozen=True):
    """`count` entries from index `first` on, at `offset` in the file, `length` bytes from first brace to last."""

    first: int
    count: int
    offset: int
    length: int


class Walk(Struct):
    """What the walk found: where the runs of entries are, what was lost, and the JSON around the entries."""

    head: bytes = b""
    tail: bytes = b""
    runs: list[Run] = []
    lost: list[tuple[int, str]] = []
    count: int = 0
    closed: bool = False


class EntryWalk:
    """One pass over a window. `take` gets the entries of each run before the window moves on."""

    def __init__(self, window: Window, take: Take) -> None:
        self.walk = Walk()
        self._window = window
        self._take = take
        self.between = b""
        self._scans = MAX_SCANS
        self._astray = False

    def find_entries(self) -> bool:
        """Bring the first entry into view; False where the file has no log.entries list."""
        window = self._window
        start = -1
        while start < 0 and not window.at_end and window.length < MAX_HEAD:
            window.more()
            start = entries_start(window.data[: window.end], 1)
        self.walk.head = bytes(window.data[1 : start if start > 0 else window.end])
        window.begin = max(start, 1)
        return start > 0

    def read(self) -> Walk:
        """Read every entry, then the tail."""
        window = self._window
        while not self.walk.closed:
            cut = self._last_boundary()
            if cut > 0 and self._fast(cut):
                window.more()
            elif cut > 0 or window.at_end or window.length >= SCAN_FROM:
                self._careful()
                if window.at_end and not self.walk.closed:
                    return self.walk
                self._on()
            else:
                window.more()
        self.walk.tail = self._tail()
        return self.walk

    def _on(self) -> None:
        if not self.walk.closed:
            self._window.more()

    def _tail(self) -> bytes:
        window = self._window
        while not window.at_end and window.length < MAX_TAIL:
            window.more()
        return bytes(window.data[window.begin : window.end])

    def _last_boundary(self) -> int:
        """The place of the `}` of the last entry that another one follows, or -1."""
        window = self._window
        if not self.between and not self._learn():
            return -1
        return window.data.rfind(self.between, window.begin, window.end)

    def _learn(self) -> bool:
        """Take the text between the first two entries as the text between all of them."""
        window = self._window
        key = first_key(window.data, window.begin)
        if key:
            found = re.compile(rb"\}\s*+,\s*+\{" + re.escape(key)).search(window.data, window.begin, window.end)
            self.between = found.group() if found else b""
        return bool(self.between)

    def _fast(self, cut: int) -> bool:
        window = self._window
        data, begin, close = window.data, skip_space(window.data, window.begin), cut + 1
        kept = data[begin - 1], data[close]
        data[begin - 1], data[close] = b"[]"
        try:
            with memoryview(data) as whole, whole[begin - 1 : close + 1] as view:
                entries = entries_decoder.decode(view)
                self._add(entries, begin, close)
                entries.clear()
        except REFUSED:
            data[begin - 1], data[close] = kept
            return False
        window.begin = skip_space(data, data.index(b"{", close))
        return True

    def _add(self, entries: list[EntryJson], begin: int, close: int) -> None:
        walk = self.walk
        self._take(entries, walk.count)
        walk.runs.append(Run(walk.count, len(entries), self._window.base + begin, close - begin))
        walk.count += len(entries)

    def _careful(self) -> None:
        """Entry by entry as far as the window shows whole ones, or to the end of the list."""
        window = self._window
        while self._step(window):
            pass

    def _step(self, window: Window) -> bool:
        if self._astray and not self._find_way():
            return False
        place = window.begin = self._next_place(window)
        if place >= window.end:
            return False
        if window.data[place] == ord("]"):
            self.walk.closed = True
            window.begin = place + 1
            return False
        return self._element(place)

    def _element(self, place: int) -> bool:
        follower = close = self._follower(place)
        entry = self._entry(place, close)
        if entry is None:
            close = self._scan(place)
            entry = self._entry(place, close) if close != follower else None
        if entry is None:
            return self._lose(place, close, follower)
        self._add([entry], place, close)
        self._window.begin = close
        return True

    def _find_way(self) -> bool:
        """Behind damage, go on at the next place where an entry seems to end and another to begin, or at the end."""
        window = self._window
        self._astray = False
        follower = self._follower(window.begin)
        if follower > 0:
            window.begin = follower
        elif window.at_end:
            window.begin = ends_list(window.data, window.begin, window.end)
        else:
            window.begin = max(window.begin, window.end - len(self.between))
            self._astray = True
        return not self._astray

    @staticmethod
    def _next_place(window: Window) -> int:
        place = skip_space(window.data, window.begin)
        while place < window.end and window.data[place] == ord(","):
            place = skip_space(window.data, place + 1)
        return min(place, window.end)

    def _follower(self, place: int) -> int:
        """Just after the `}` that a next entry seems to follow, or -1."""
        if not self.between:
            return -1
        return self._window.data.find(self.between, place, self._window.end) + 1 or -1

    def _entry(self, place: int, close: int) -> EntryJson | None:
        return decode_entry(bytes(self._window.data[place:close])) if close > 0 else None

    def _scan(self, place: int) -> int:
        """Where the element closes by its brackets. Scans that lead nowhere are bounded: the input may be hostile."""
        if self._scans <= 0:
            return -1
        window = self._window
        close = element_end(window.data, place, window.end)
        if close > 0 and not is_followed(window.data, close, window.end, window.at_end):
            close = -1
        self._scans -= close < 0
        return close

    def _lose(self, place: int, close: int, follower: int) -> bool:
        """Give one entry up, or wait for more of the file; whether the walk can go on in this window."""
        window = self._window
        is_last_chance = window.at_end or window.length > MAX_HELD
        if close < 0 and not is_last_chance and not (follower > 0 and self._is_entry_after(follower)):
            return False
        is_cut = (
            close < 0 and follower < 0 and window.at_end and ends_list(window.data, place, window.end) == window.end
        )
        self.walk.lost.append((self.walk.count, CUT if is_cut else DAMAGED))
        self.walk.count += 1
        self._astray = close < 0 and follower < 0
        window.begin = self._resume(place, close, follower)
        return True

    def _resume(self, place: int, close: int, follower: int) -> int:
        """Behind a lost entry: where its brackets close, unless a damaged string made them swallow a sound entry."""
        if close < 0:
            return max(follower, place + 1)
        is_object = self._window.data[place] == ord("{")
        return follower if is_object and 0 < follower < close and self._is_entry_after(follower) else close

    def _is_entry_after(self, follower: int) -> bool:
        place = self._next_place_after(follower)
        entry = self._entry(place, self._follower(place))
        return entry is not None and entry.request is not None

    def _next_place_after(self, follower: int) -> int:
        return self._window.data.index(b"{", follower)
