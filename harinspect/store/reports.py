"""The reports on disk. They can stand where `memory.Store` stands: `add`, `get`, `remove` and `all` mean the same.

On top of that, `find` and `count` serve lists and searches without reading whole reports, `annotate` sets labels, a
ticket and notes, and `forget_after` deletes what is old. What is deleted is gone from the files when the call returns,
with its links (scraps of it may stay in a large database until `Archive.tidy`).

All methods raise StoreError where the database cannot be used, and may wait for other writers: call them from a
thread, not from an event loop.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import Select, delete, func, select

from harinspect.report.model import Report
from harinspect.store import content
from harinspect.store.clock import Clock, utc_now
from harinspect.store.database import Database
from harinspect.store.lately import Lately
from harinspect.store.listing import Listed, labels_of, listed
from harinspect.store.memory import Stored
from harinspect.store.recordings import Recordings
from harinspect.store.remarks import Remarks
from harinspect.store.search import Search, conditions
from harinspect.store.tables import CauseRow, HostRow, LabelRow, ReportRow


class Reports:
    """Safe to use from several threads. `recordings` are the redacted ones, by their report's id."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._read: Lately[Report] = Lately()
        self.recordings = Recordings(database)

    def add(self, report: Report, *, sample: bool = False) -> Stored:
        """Keep a report under a new id that nobody can guess."""
        row = ReportRow(
            id=secrets.token_urlsafe(16),
            added=self._clock(),
            sample=sample,
            name=content.clean(report.source.name),
            sentence=content.clean(report.summary.sentence),
            denials=report.summary.denials,
            entries=report.source.entries,
            text=content.words(report),
            content=content.packed(report),
        )
        hosts = sorted(content.hosts(report))
        causes = {cause.cause: content.clean(cause.title) for cause in report.summary.causes}
        with self._database.writing() as session:
            session.add(row)
            session.flush()
            session.add_all(HostRow(report=row.number, host=host) for host in hosts)
            session.add_all(
                CauseRow(report=row.number, cause=cause, title=title, place=place)
                for place, (cause, title) in enumerate(causes.items())
            )
        return Stored(row.id, report, row.added, sample)

    def get(self, id: str) -> Stored | None:
        """The report with that id; None where there is none, or no longer."""
        columns = (ReportRow.number, ReportRow.added, ReportRow.sample, ReportRow.ticket, ReportRow.notes)
        with self._database.reading() as session:
            row = session.execute(select(*columns).where(ReportRow.id == content.clean(id))).one_or_none()
            if row is None:
                return None
            labels = labels_of(session, [row.number]).get(row.number, ())
            known = self._read.get(row.number)
            packed = (
                b"" if known else session.scalars(select(ReportRow.content).where(ReportRow.number == row.number)).one()
            )
        report = known or self._read.put(row.number, content.unpacked(packed))
        return Stored(id, report, row.added, row.sample, labels, row.ticket, row.notes)

    def holds(self, id: str) -> bool:
        """Is it there? Nothing of it is read."""
        with self._database.reading() as session:
            return (
                session.scalars(select(ReportRow.number).where(ReportRow.id == content.clean(id))).first() is not None
            )

    def remove(self, id: str) -> bool:
        """Delete a report with its recording, its links and all that was noted; False where there was none."""
        return self._delete(select(ReportRow.number).where(ReportRow.id == content.clean(id))) > 0

    def forget_after(self, days: float) -> int:
        """Delete every report that was added longer ago; how many those were. To be called now and then."""
        before = self._clock() - timedelta(days=days)
        return self._delete(select(ReportRow.number).where(ReportRow.added < before))

    def all(self) -> tuple[Stored, ...]:
        """Every report, read in full, newest first. `find` is cheaper."""
        with self._database.reading() as session:
            ids = session.scalars(select(ReportRow.id).order_by(ReportRow.number.desc())).all()
        found = (self.get(id) for id in ids)
        return tuple(stored for stored in found if stored is not None)

    def find(self, wanted: Search | None = None, *, limit: int = 100, offset: int = 0) -> tuple[Listed, ...]:
        """Reports that fit, newest first. Nothing wanted: all but the samples."""
        with self._database.reading() as session:
            return listed(session, wanted or Search(), self._clock(), limit, offset)

    def count(self, wanted: Search | None = None) -> int:
        """How many `find` would give without its limit."""
        with self._database.reading() as session:
            query = select(func.count()).select_from(ReportRow).where(*conditions(wanted or Search()))
            return session.execute(query).scalar_one()

    def labels(self) -> tuple[str, ...]:
        """Every label in use, each once, in order."""
        query = select(func.min(LabelRow.label)).group_by(LabelRow.key).order_by(LabelRow.key)
        with self._database.reading() as session:
            return tuple(session.scalars(query).all())

    def annotate(
        self, id: str, *, labels: Iterable[str] | None = None, ticket: str | None = None, notes: str | None = None
    ) -> bool:
        """Replace what is given and leave what is None; False where there is no such report.

        The words are kept as they are typed and are for the owner: no reader of a link is to see them. Raises
        remarks.TooLong with one sentence.
        """
        given = Remarks.of(labels, ticket, notes)
        with self._database.writing() as session:
            row = session.scalars(select(ReportRow).where(ReportRow.id == content.clean(id))).one_or_none()
            if row is None:
                return False
            given.write(session, row)
            self._database.soil(session)
        self._database.wipe()
        return True

    def _delete(self, numbers: Select[int]) -> int:
        """Delete them with all that hangs on them, and wipe the files."""
        with self._database.writing() as session:
            found = session.scalars(numbers).all()
            if found:
                session.execute(delete(ReportRow).where(ReportRow.number.in_(found)))
                self._database.soil(session)
        if found:
            self._forget(found)
            self._database.wipe()
        return len(found)

    def _forget(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._read.drop(number)
            self.recordings.forget(number)
