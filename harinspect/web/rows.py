"""Lists: of reports on the start page, of links on the page that makes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from harinspect.render.environment import day
from harinspect.store import Keeping, Stored

if TYPE_CHECKING:
    from harinspect.store.archive import Archive
    from harinspect.store.links import Link
    from harinspect.store.listing import Listed

PAGE = 50  # reports
LABELS = 30  # offered to be clicked at
QUERY = 200  # characters of a search that are looked at


@dataclass(frozen=True, slots=True)
class Row:
    """A report in the list. `links` counts those that open; `added` is in words, in UTC."""

    id: str
    name: str
    sentence: str
    entries: int
    added: str
    ticket: str = ""
    labels: tuple[str, ...] = ()
    links: int = 0


@dataclass(frozen=True, slots=True)
class Recent:
    """A page of the list. `total`: how many fit `query`; `newer` and `older` are addresses, "" where there are none."""

    rows: tuple[Row, ...]
    total: int
    query: str = ""
    can_search: bool = False
    labels: tuple[str, ...] = ()
    newer: str = ""
    older: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A link, as its owner sees it. Times are in words, in UTC; "" where it has not come to that."""

    id: str
    state: str
    made: str
    expires: str
    revoked: str
    opened: str
    openings: int
    is_guarded: bool
    is_strict: bool


def kept_in(store: Keeping) -> Recent:
    own = tuple(_of_stored(stored) for stored in store.all() if not stored.sample)
    return Recent(own, len(own))


def searched(archive: Archive, query: str, after: str = "") -> Recent:
    """Raises StoreError."""
    from harinspect.store.search import Search

    asked = query[:QUERY].strip()
    wanted = Search.parse(asked)
    total = archive.reports.count(wanted)
    first = min(int(after), total) if after.isdecimal() and len(after) < 10 else 0
    found = archive.reports.find(wanted, limit=PAGE, offset=first)
    last = first + len(found)
    return Recent(
        tuple(map(_of_listed, found)),
        total,
        asked,
        can_search=bool(total or asked),
        labels=archive.reports.labels()[:LABELS],
        newer=_turned(asked, max(0, first - PAGE)) if first else "",
        older=_turned(asked, last) if last < total else "",
    )


def richest(store: Keeping, archive: Archive | None) -> Stored | None:
    """The report with the most denials; of those on disk, among the newest."""
    if archive is None:
        return max(store.all(), key=lambda stored: len(stored.report.denials), default=None)
    best = max(archive.reports.find(limit=PAGE), key=lambda row: row.denials, default=None)
    return archive.reports.get(best.id) if best else None


def share(link: Link, at: datetime) -> Share:
    return Share(
        link.id,
        link.state(at),
        moment(link.made),
        moment(link.expires),
        moment(link.revoked) if link.revoked else "",
        moment(link.opened) if link.opened else "",
        link.openings,
        link.guarded,
        link.strict,
    )


def moment(at: datetime) -> str:
    return day(at.isoformat())


def _of_stored(stored: Stored) -> Row:
    report = stored.report
    return Row(stored.id, report.source.name, report.summary.sentence, report.source.entries, moment(stored.added))


def _of_listed(row: Listed) -> Row:
    return Row(row.id, row.name, row.sentence, row.entries, moment(row.added), row.ticket, row.labels, row.links)


def _turned(query: str, after: int) -> str:
    given = {"q": query} if query else {}
    return f"/?{urlencode(given | ({'after': str(after)} if after else {}))}#recent-title"
