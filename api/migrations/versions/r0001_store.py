"""Conversations, keys, tickets and WeChat, as the programs before migrations made them: what is already there is left as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make what is missing."""
    _conversations()
    _tickets()
    _keys()
    _wechat_users()
    _wechat_traffic()
    _wechat_messages()


def downgrade() -> None:
    """Leave the tables: the programs before migrations made the same ones and read on."""


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(name, *parts, if_not_exists=True)


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column], if_not_exists=True)


def _conversations() -> None:
    _table(
        "messages",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("conversation", sa.String(32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
    )
    _index("messages", "conversation")
    _table(
        "feedback",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("message", sa.String(32), sa.ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    _index("feedback", "message")
    _table(
        "repeats",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("body", sa.String(64), nullable=False),
        sa.Column("message", sa.String(32), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
    )
    _index("repeats", "created")
    _index("repeats", "message")


def _tickets() -> None:
    _table(
        "tickets",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("contact", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("message", sa.String(32), sa.ForeignKey("messages.id", ondelete="SET NULL")),
        sa.Column("status", sa.String(16), nullable=False),
    )
    _index("tickets", "created")
    _index("tickets", "message")


def _keys() -> None:
    _table(
        "api_keys",
        sa.Column("id", sa.String(8), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("revoked", sa.DateTime()),
    )
    _table(
        "api_uses",
        sa.Column("key", sa.String(8), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def _wechat_users() -> None:
    _table(
        "wechat_users",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("appid", sa.String(64), nullable=False),
        sa.Column("openid", sa.String(128), nullable=False),
        sa.Column("seen", sa.Double(), nullable=False),
        sa.UniqueConstraint("appid", "openid"),
    )
    _table(
        "wechat_sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("user", sa.String(32), sa.ForeignKey("wechat_users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("expires", sa.Double(), nullable=False),
    )
    _index("wechat_sessions", "user")
    _index("wechat_sessions", "expires")
    _table(
        "wechat_access_tokens",
        sa.Column("appid", sa.String(64), primary_key=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("expires", sa.Double(), nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("leased", sa.Double(), nullable=False),
    )


def _wechat_traffic() -> None:
    _table("wechat_seen", sa.Column("digest", sa.String(64), primary_key=True), sa.Column("at", sa.Double(), nullable=False))
    _index("wechat_seen", "at")
    _table(
        "wechat_windows",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
    )
    _table(
        "wecom_streams",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    _index("wecom_streams", "created")


def _wechat_messages() -> None:
    _table(
        "wechat_checks",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("message", sa.String(32), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("label", sa.Integer(), nullable=False),
        sa.Column("trace", sa.String(128), nullable=False),
        sa.Column("reason", sa.String(120), nullable=False),
    )
    for column in ("created", "message", "outcome"):
        _index("wechat_checks", column)
    _table(
        "wechat_inquiries",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("user", sa.String(32), sa.ForeignKey("wechat_users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("message", sa.String(32), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied", sa.DateTime()),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("notice", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
    )
    _index("wechat_inquiries", "user")
