"""Work that is done once for all processes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table("jobs", sa.Column("name", sa.String(32), primary_key=True), sa.Column("begun", sa.DateTime(), nullable=False))


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("jobs")
