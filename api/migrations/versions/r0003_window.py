"""The window: what staff looked at, notices with their serial numbers and prints, approved answers and remarks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the six tables."""
    op.create_table(
        "staff_shelf",
        sa.Column("staff", sa.String(32), sa.ForeignKey("staff_accounts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("target", sa.String(400), primary_key=True),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    _notices()
    _approvals()


def downgrade() -> None:
    """Take the tables away."""
    for table in ("staff_notes", "staff_approvals", "staff_prints", "staff_notices", "staff_serials", "staff_shelf"):
        op.drop_table(table)


def _notices() -> None:
    op.create_table(
        "staff_serials",
        sa.Column("office", sa.String(120), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer(), nullable=False),
    )
    op.create_table(
        "staff_notices",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("office", sa.String(120), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued", sa.DateTime(), nullable=False),
        sa.Column("staff", sa.String(32), nullable=False),
        sa.Column("clerk", sa.String(80), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("applicant", sa.String(120), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("guide", sa.String(120), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.UniqueConstraint("office", "year", "number"),
        sa.UniqueConstraint("staff", "request"),
    )
    op.create_index("ix_staff_notices_issued", "staff_notices", ["issued"])
    op.create_index("ix_staff_notices_applicant", "staff_notices", ["applicant"])
    op.create_table(
        "staff_prints",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("notice", sa.String(32), sa.ForeignKey("staff_notices.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("staff", sa.String(32), nullable=False),
        sa.Column("clerk", sa.String(80), nullable=False),
        sa.Column("form", sa.String(8), nullable=False),
    )
    op.create_index("ix_staff_prints_notice", "staff_prints", ["notice"])


def _approvals() -> None:
    op.create_table(
        "staff_approvals",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("staff", sa.String(32), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("role", sa.String(80), nullable=False),
        sa.Column("message", sa.String(32), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("bare", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("on", sa.String(10), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("lead", sa.String(300), nullable=False),
        sa.Column("bases", sa.JSON(), nullable=False),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
    )
    for column in ("at", "message", "state"):
        op.create_index(f"ix_staff_approvals_{column}", "staff_approvals", [column])
    op.create_table(
        "staff_notes",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("message", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("staff", sa.String(32), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("ix_staff_notes_message", "staff_notes", ["message"])
