"""The redacted recordings on disk, in compressed parts, and the strict reports that are made of them.

A recording comes some time after its report, in one piece or not at all: a crash in between leaves nothing behind. It
goes with its report. The recording as it was sent has no way in here: what is put has passed the redactor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from harinspect.report.model import Report
from harinspect.store import content
from harinspect.store.database import Database
from harinspect.store.lately import Lately
from harinspect.store.recording import PART, Recording
from harinspect.store.tables import RecordingPartRow, RecordingRow, ReportRow, StrictRow
from harinspect.store.trouble import StoreError


class Recordings:
    """Safe to use from several threads. All methods take the report's id, and may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: Lately[Report] = Lately()

    def put(self, report: str, packed: BinaryIO, length: int, caution: str = "") -> bool:
        """Keep a redacted HAR of `length` bytes, which `packed` holds as gzip (RFC 1952).

        False where the report is gone, or has one already.
        """
        with self._database.writing() as session:
            number = _without_one(session, report, RecordingRow.report)
            if number is None:
                return False
            parts = 0
            while part := packed.read(PART):
                session.execute(insert(RecordingPartRow).values(report=number, place=parts, content=part))
                parts += 1
            session.add(RecordingRow(report=number, bytes=length, parts=parts, caution=caution))
        return True

    def refuse(self, report: str, why: str) -> bool:
        """Say in one sentence why there will be none. False as with `put`."""
        with self._database.writing() as session:
            number = _without_one(session, report, RecordingRow.report)
            if number is not None:
                session.add(RecordingRow(report=number, bytes=0, parts=0, why=why))
        return number is not None

    def get(self, report: str) -> Recording | None:
        """None where nothing was said of it yet, or the report is gone."""
        with self._database.reading() as session:
            row = session.scalars(_row(report)).one_or_none()
        return Recording(bytes=row.bytes, why=row.why, caution=row.caution) if row else None

    def parts(self, report: str) -> Iterator[bytes]:
        """The packed HAR, part by part; nothing where there is none. Nobody who writes waits for who reads slowly.

        Raises StoreError where it is deleted meanwhile.
        """
        with self._database.reading() as session:
            row = session.scalars(_row(report)).one_or_none()
        for place in range(row.parts if row else 0):
            part = select(RecordingPartRow.content).where(RecordingPartRow.place == place)
            with self._database.reading() as session:
                found = session.scalars(part.join(ReportRow).where(ReportRow.id == content.clean(report))).one_or_none()
            if found is None:
                raise StoreError("The recording was deleted while it was read.")
            yield found

    def put_strict(self, report: str, strict: Report) -> bool:
        """Keep what the readers of strict links see. False where the report is gone, or has one already."""
        packed = content.packed(strict)
        with self._database.writing() as session:
            number = _without_one(session, report, StrictRow.report)
            if number is None:
                return False
            session.add(StrictRow(report=number, content=packed))
        return True

    def strict(self, report: str) -> Report | None:
        """None where it was not made, or the report is gone."""
        query = select(StrictRow.report).join(ReportRow).where(ReportRow.id == content.clean(report))
        with self._database.reading() as session:
            number = session.scalars(query).one_or_none()
            known = None if number is None else self._read.get(number)
            if number is None or known:
                return known
            packed = session.scalars(select(StrictRow.content).where(StrictRow.report == number)).one()
        return self._read.put(number, content.unpacked(packed))

    def forget(self, number: int) -> None:
        """Let go of what was read of the report, which is deleted."""
        self._read.drop(number)


def _row(report: str) -> Select[RecordingRow]:
    return select(RecordingRow).join(ReportRow).where(ReportRow.id == content.clean(report))


def _without_one(session: Session, report: str, there: InstrumentedAttribute[int]) -> int | None:
    """The report's number, locked; None where the report is gone, or its number is `there` already."""
    query = select(ReportRow.number).where(
        ReportRow.id == content.clean(report), ReportRow.number.not_in(select(there))
    )
    return session.scalars(query.with_for_update()).one_or_none()
