"""Which cookies go where a site has set too many (RFC 6265bis, section 5.7, "remove excess cookies").

The standard asks for room for 50 cookies a domain and leaves the rest to the browser. These are the numbers and the
order of Chromium: with the 181st cookie of a site the oldest go until 150 are left; under a top-level site of its own,
one at a time. Its limit over all sites spares what was used within 30 days, and so plays no part in a recording.
The oldest are those created first; Chromium goes by the last use, which it notes once a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from harinspect.wire.cookie_parsing import Priority
from harinspect.wire.cookie_policy import Cookie

MOST: Final = 180  # cookies of one registrable domain
LEFT: Final = 150  # after some were thrown out
KEPT: Final = {Priority.LOW: 30, Priority.MEDIUM: 50, Priority.HIGH: 70}  # of each priority, the latest
# Priorities in the order in which they are thrown out, and whether those with Secure are spared.
_ROUNDS: Final = (
    (Priority.LOW, True),
    (Priority.LOW, False),
    (Priority.MEDIUM, True),
    (Priority.HIGH, True),
    (Priority.MEDIUM, False),
    (Priority.HIGH, False),
)


def excess(cookies: Iterable[Cookie]) -> tuple[Cookie, ...]:
    """What goes of one registrable domain's cookies, given in the order of their creation."""
    places: dict[tuple[str | None, bool], list[Cookie]] = {}
    for cookie in cookies:
        places.setdefault((cookie.partition, cookie.has_foreign_ancestor), []).append(cookie)
    return tuple(gone for place, rows in places.items() if len(rows) > MOST for gone in _thrown_out(rows, place[0]))


def _thrown_out(rows: list[Cookie], partition: str | None) -> Iterator[Cookie]:
    if partition is not None:
        yield from rows[: len(rows) - MOST]
        return
    goal = len(rows) - LEFT
    for priority, spares_secure in _ROUNDS:
        gone = _of_priority(rows, priority, spares_secure)[:goal]
        yield from gone
        goal -= len(gone)
        rows = [cookie for cookie in rows if cookie not in gone]


def _of_priority(rows: list[Cookie], priority: Priority, spares_secure: bool) -> list[Cookie]:
    alike = [cookie for cookie in rows if cookie.priority is priority]
    open_to_it = [cookie for cookie in alike if not (spares_secure and cookie.secure)]
    return open_to_it[: max(len(alike) - max(KEPT[priority], len(alike) - len(open_to_it)), 0)]
