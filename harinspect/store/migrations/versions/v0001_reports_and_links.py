"""Reports with their hosts, causes and labels, and share links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _reports()
    _parts()
    _links()


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample", sa.Boolean, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("denials", sa.Integer, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("ticket", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("noted", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reports_added"), "reports", ["added"])


def _parts() -> None:
    _part("report_hosts", sa.Column("host", sa.Text, primary_key=True))
    _part(
        "report_causes",
        sa.Column("cause", sa.Text, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
    )
    _part("report_labels", sa.Column("key", sa.Text, primary_key=True), sa.Column("label", sa.Text, nullable=False))


def _part(table: str, *columns: sa.Column[str] | sa.Column[int]) -> None:
    """A table of what a report has several of, found by the first of `columns`."""
    op.create_table(table, _report(primary_key=True), *columns)
    op.create_index(op.f(f"ix_{table}_{columns[0].name}"), table, [columns[0].name])


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        _report(primary_key=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("strict", sa.Boolean, nullable=False),
        sa.Column("passphrase", sa.Text),
        sa.Column("revoked", sa.DateTime(timezone=True)),
        sa.Column("openings", sa.Integer, nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("waits_until", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("token"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_links_report"), "links", ["report"])


def _report(*, primary_key: bool) -> sa.Column[int]:
    key = sa.ForeignKey("reports.number", ondelete="CASCADE")
    return sa.Column("report", sa.Integer, key, primary_key=primary_key, nullable=False)
