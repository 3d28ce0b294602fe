"""Lists of reports, read without reading the reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from harinspect.store.search import Search, conditions
from harinspect.store.tables import CauseRow, LabelRow, LinkRow, ReportRow


class Listed(Struct, frozen=True, kw_only=True):
    """A report in a list. `causes` are (cause, title) in ranked order; `links` counts those that still open."""

    id: str
    added: datetime
    sample: bool
    name: str
    sentence: str
    denials: int
    entries: int
    causes: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    ticket: str
    links: int


def listed(session: Session, wanted: Search, at: datetime, limit: int, offset: int) -> tuple[Listed, ...]:
    """What fits, newest first. `at` decides which links are live."""
    query = select(
        ReportRow.number,
        ReportRow.id,
        ReportRow.added,
        ReportRow.sample,
        ReportRow.name,
        ReportRow.sentence,
        ReportRow.denials,
        ReportRow.entries,
        ReportRow.ticket,
    ).where(*conditions(wanted))
    rows = session.execute(query.order_by(ReportRow.number.desc()).limit(limit).offset(offset)).all()
    numbers = [row.number for row in rows]
    causes, labels, links = _causes(session, numbers), labels_of(session, numbers), _links(session, numbers, at)
    return tuple(
        Listed(
            id=row.id,
            added=row.added,
            sample=row.sample,
            name=row.name,
            sentence=row.sentence,
            denials=row.denials,
            entries=row.entries,
            causes=causes.get(row.number, ()),
            labels=labels.get(row.number, ()),
            ticket=row.ticket,
            links=links.get(row.number, 0),
        )
        for row in rows
    )


def labels_of(session: Session, numbers: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """Each report's labels in order; a report without any is missing."""
    query = select(LabelRow.report, LabelRow.label).where(LabelRow.report.in_(numbers)).order_by(LabelRow.key)
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for number, label in session.execute(query):
        found[number] += (label,)
    return found


def _causes(session: Session, numbers: Sequence[int]) -> Mapping[int, tuple[tuple[str, str], ...]]:
    query = select(CauseRow.report, CauseRow.cause, CauseRow.title).where(CauseRow.report.in_(numbers))
    found: dict[int, tuple[tuple[str, str], ...]] = defaultdict(tuple)
    for number, cause, title in session.execute(query.order_by(CauseRow.place)):
        found[number] += ((cause, title),)
    return found


def _links(session: Session, numbers: Sequence[int], at: datetime) -> Mapping[int, int]:
    live = (LinkRow.report.in_(numbers), LinkRow.revoked.is_(None), LinkRow.expires > at)
    query = select(LinkRow.report, func.count()).where(*live).group_by(LinkRow.report)
    return dict(session.execute(query).all())
