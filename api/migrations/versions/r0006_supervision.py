"""Supervision: facts of answers, the worklist with its steps, and cases for the evaluation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the four tables."""
    _facts()
    _worklist()
    _cases()


def downgrade() -> None:
    """Take the tables away."""
    for table in ("staff_cases", "staff_steps", "staff_work", "staff_facts"):
        op.drop_table(table)


def _facts() -> None:
    op.create_table(
        "staff_facts",
        sa.Column("message", sa.String(32), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("maker", sa.String(12), nullable=False),
        sa.Column("ms", sa.Double(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(20), nullable=False),
        sa.Column("cited", sa.JSON(), nullable=False),
        sa.Column("rating", sa.Integer()),
    )
    for column in ("at", "day"):
        op.create_index(f"ix_staff_facts_{column}", "staff_facts", [column])


def _worklist() -> None:
    op.create_table(
        "staff_work",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("source", sa.String(64), nullable=False, unique=True),
        sa.Column("message", sa.String(32), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.Column("last", sa.DateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("assigned", sa.String(32), nullable=False),
    )
    for column in ("kind", "opened", "state", "assigned"):
        op.create_index(f"ix_staff_work_{column}", "staff_work", [column])
    op.create_table(
        "staff_steps",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("work", sa.String(32), sa.ForeignKey("staff_work.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_index("ix_staff_steps_work", "staff_steps", ["work"])


def _cases() -> None:
    op.create_table(
        "staff_cases",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("work", sa.String(32), nullable=False, unique=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("writers", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.Column("decided", sa.DateTime()),
        sa.Column("reviewer", sa.String(80), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
    )
    for column in ("at", "state"):
        op.create_index(f"ix_staff_cases_{column}", "staff_cases", [column])
