"""The last day on which an approved answer is offered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; what is there has no last day."""
    op.add_column("staff_approvals", sa.Column("until", sa.String(10), nullable=False, server_default=""))
