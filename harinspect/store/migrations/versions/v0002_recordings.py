"""The redacted recording of each report, and the strict report that is made of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "recordings",
        _report(),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("parts", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("caution", sa.Text, nullable=False),
    )
    op.create_table(
        "recording_parts",
        _report(),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table("strict_reports", _report(), sa.Column("content", sa.LargeBinary, nullable=False))


def _report() -> sa.Column[int]:
    key = sa.ForeignKey("reports.number", ondelete="CASCADE")
    return sa.Column("report", sa.Integer, key, primary_key=True, nullable=False)
