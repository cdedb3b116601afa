"""Staff of the console: accounts, sessions, failed guesses, and the audit log, which the database itself keeps from being rewritten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEPT_BY_SQLITE = """
CREATE TRIGGER staff_ledger_{verb} BEFORE {verb} ON staff_ledger
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
REFUSAL = """
CREATE FUNCTION staff_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
"""
KEPT_BY_SERVER = "CREATE TRIGGER staff_ledger_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON staff_ledger EXECUTE FUNCTION staff_ledger_refuse()"


def upgrade() -> None:
    """Make the four tables and the triggers."""
    _accounts()
    _ledger()
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(KEPT_BY_SQLITE.format(verb=verb))
    else:
        op.execute(REFUSAL)
        op.execute(KEPT_BY_SERVER)


def downgrade() -> None:
    """Take the tables away, the audit log too."""
    for table in ("staff_ledger", "staff_guesses", "staff_sessions", "staff_accounts"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION staff_ledger_refuse()")


def _accounts() -> None:
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("display", sa.String(80), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("once", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(512), unique=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("disabled", sa.DateTime()),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("staff", sa.String(32), sa.ForeignKey("staff_accounts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("begun", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_staff_sessions_staff", "staff_sessions", ["staff"])
    op.create_index("ix_staff_sessions_seen", "staff_sessions", ["seen"])
    op.create_table(
        "staff_guesses",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_staff_guesses_last", "staff_guesses", ["last"])


def _ledger() -> None:
    op.create_table(
        "staff_ledger",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("staff", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("result", sa.String(200), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    for column in ("at", "staff", "action"):
        op.create_index(f"ix_staff_ledger_{column}", "staff_ledger", [column])
