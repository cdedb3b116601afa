"""The last day on which an approved answer is offered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

APPROVALS = sa.table(
    "staff_approvals", sa.column("id", sa.String()), sa.column("state", sa.String()), sa.column("because", sa.JSON()), sa.column("until", sa.String())
)


def upgrade() -> None:
    """Add the column; what is there has no last day."""
    op.add_column("staff_approvals", sa.Column("until", sa.String(10), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the column. An answer with a last day is withdrawn, with the day among its reasons: the older program would offer it for ever."""
    bind = op.get_bind()
    for row in bind.execute(sa.select(APPROVALS).where(APPROVALS.c.until != "", APPROVALS.c.state != "retired")).all():
        because = [*row.because, f"有效期到 {row.until}；退回的旧版本记不下有效期"]
        bind.execute(sa.update(APPROVALS).where(APPROVALS.c.id == row.id).values(state="stale", because=because))
    with op.batch_alter_table("staff_approvals") as table:
        table.drop_column("until")
