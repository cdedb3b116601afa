"""Stored answers as the assistant would leave them, with what a test says of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from api.store import Message, Store, new_id


def answered(store: Store, question: str, at: datetime | None = None, *, status: str = "answered", **changes: Any) -> str:
    """The id of a new message."""
    outcome = "answered" if status in ("answered", "partial") else "clarify" if status.startswith("clarify") else "refused"
    number = new_id()
    answer = {"message_id": number, "outcome": outcome, "status": status, "maker": "template", "withheld": 0, "ms": 40.0, "blocks": [], "citations": []}
    row = Message(id=number, conversation=new_id(), created=at or datetime.now(UTC), question=question, answer={**answer, **changes})
    with store.begin() as session, session.begin():
        session.add(row)
    return number


def cited(title: str, article: str) -> dict[str, str]:
    """A citation as far as supervision reads it."""
    return {"title": title, "article": article}
