"""The tables. A change here needs a file in migrations/versions; a test compares the two.

Text that is searched is stored case-folded as well, so that a search means the same in every database.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import BigInteger, DateTime, Dialect, ForeignKey, Index, LargeBinary, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

_NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A time with its zone, kept as UTC also where the database knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)) if value else None


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Shared settings of all tables."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {datetime: Moment, str: Text, bytes: LargeBinary}  # noqa: RUF012 - SQLAlchemy reads it so


class ReportRow(Table):
    """One redacted report. Large columns come last: a list of reports need not read them."""

    __tablename__ = "reports"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - a number is never given to a second report

    number: Mapped[int] = mapped_column(primary_key=True, init=False)
    id: Mapped[str] = mapped_column(unique=True)
    added: Mapped[datetime] = mapped_column(index=True)
    sample: Mapped[bool]
    name: Mapped[str]
    sentence: Mapped[str]
    denials: Mapped[int]
    entries: Mapped[int]
    ticket: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    noted: Mapped[str] = mapped_column(default="")  # ticket, labels and notes, folded
    text: Mapped[str] = mapped_column(kw_only=True)  # what the report says, folded
    content: Mapped[bytes] = mapped_column(kw_only=True)


class HostRow(Table):
    """A host that the report shows requests to."""

    __tablename__ = "report_hosts"

    report: Mapped[int] = mapped_column(ForeignKey("reports.number", ondelete="CASCADE"), primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True, index=True)


class CauseRow(Table):
    """A cause that the report found; `place` is its rank in the summary."""

    __tablename__ = "report_causes"

    report: Mapped[int] = mapped_column(ForeignKey("reports.number", ondelete="CASCADE"), primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True, index=True)
    title: Mapped[str]
    place: Mapped[int]


class LabelRow(Table):
    """A label of a report as it was typed; `key` is the same label folded."""

    __tablename__ = "report_labels"

    report: Mapped[int] = mapped_column(ForeignKey("reports.number", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True, index=True)
    label: Mapped[str]


class RecordingRow(Table):
    """The redacted recording of a report: of so many bytes, in so many parts; or `why` there is none."""

    __tablename__ = "recordings"

    report: Mapped[int] = mapped_column(ForeignKey("reports.number", ondelete="CASCADE"), primary_key=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    parts: Mapped[int]
    why: Mapped[str] = mapped_column(default="")
    caution: Mapped[str] = mapped_column(default="")


class RecordingPartRow(Table):
    """A part of a redacted recording, which is one gzip file."""

    __tablename__ = "recording_parts"

    report: Mapped[int] = mapped_column(ForeignKey("reports.number", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class StrictRow(Table):
    """The report that readers of strict links see, made of the redacted recording."""

    __tablename__ = "strict_reports"

    report: Mapped[int] = mapped_column(ForeignKey("reports.number", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes]


class LinkRow(Table):
    """A share link. `token` is the SHA-256 of what the link holds, `passphrase` an Argon2 hash."""

    __tablename__ = "links"
    __table_args__ = (Index("ix_links_report", "report"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(primary_key=True, init=False)
    id: Mapped[str] = mapped_column(unique=True)
    report: Mapped[int] = mapped_column(ForeignKey("reports.number", ondelete="CASCADE"))
    token: Mapped[bytes] = mapped_column(unique=True)
    made: Mapped[datetime]
    expires: Mapped[datetime]
    strict: Mapped[bool]
    passphrase: Mapped[str | None]
    revoked: Mapped[datetime | None] = mapped_column(default=None)
    openings: Mapped[int] = mapped_column(default=0)
    opened: Mapped[datetime | None] = mapped_column(default=None)
    failures: Mapped[int] = mapped_column(default=0)  # wrong passphrases since the last right one
    waits_until: Mapped[datetime | None] = mapped_column(default=None)  # no attempt is looked at before
