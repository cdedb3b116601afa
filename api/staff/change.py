"""What a change of the corpus is: its states, its tables, and the values that others see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.problems import Problem
from api.store import Base
from corpus.proposal import Proposal


class State(StrEnum):
    """How far a change has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    RELEASED = "released"
    REVERTED = "reverted"


CALLED = {
    State.DRAFT: "草稿",
    State.SUBMITTED: "待复核",
    State.REJECTED: "已退回",
    State.WITHDRAWN: "已撤回",
    State.APPROVED: "已批准，待发布",
    State.RELEASED: "已发布",
    State.REVERTED: "发布后退出",
}
OPEN = (State.DRAFT, State.REJECTED)
DRAFTED, EDITED, SUBMITTED, WITHDRAWN, REJECTED, APPROVED, RELEASED, REVERTED = "起草", "修改", "提交复核", "撤回", "退回", "批准", "发布", "退出发布"
AUTHORED = (DRAFTED, EDITED, SUBMITTED)


class ChangeRow(Base):
    """One change as it is now; `base` is what stood under its key when it was drafted."""

    __tablename__ = "corpus_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(300), index=True)
    title: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(12), index=True)
    author: Mapped[str] = mapped_column(String(32))
    author_name: Mapped[str] = mapped_column(String(80))
    created: Mapped[datetime]
    updated: Mapped[datetime]
    version: Mapped[int]
    content: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    base: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    note: Mapped[str] = mapped_column(Text)
    upload: Mapped[str] = mapped_column(String(64))
    reviewer_name: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    release: Mapped[str] = mapped_column(String(64))
    report: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)


class StepRow(Base):
    """One step of a change, with its whole content where the step gave it one."""

    __tablename__ = "corpus_steps"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    change: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime]
    staff: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(80))
    step: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    content: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)


class UploadRow(Base):
    """A file as it was uploaded, by its SHA-256."""

    __tablename__ = "corpus_uploads"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]
    staff: Mapped[str] = mapped_column(String(32))
    data: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Change:
    """One change as others see it; `report` is what its reviewer saw, None while it is undecided."""

    id: int
    proposal: Proposal
    title: str
    state: State
    author: str
    author_name: str
    created: datetime
    updated: datetime
    version: int
    base: Any
    note: str
    upload: str
    reviewer_name: str
    reason: str
    release: str
    report: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a change's history."""

    at: datetime
    staff: str
    name: str
    step: str
    reason: str
    content: Any


def row_of(session: Session, number: int) -> ChangeRow:
    """The row of a number. Raises Problem 404."""
    row = session.get(ChangeRow, number, populate_existing=True)
    if row is None:
        raise Problem(404, f"没有编号为 {number} 的变更", field="change", value=number)
    return row


def change_of(row: ChangeRow) -> Change:
    """A row as others see it."""
    proposal = Proposal(row.kind, row.key, row.content)
    plain = ("title", "author", "author_name", "created", "updated", "version", "base", "note", "upload", "reviewer_name", "reason", "release", "report")
    return Change(row.id, proposal, state=State(row.state), **{name: getattr(row, name) for name in plain})
