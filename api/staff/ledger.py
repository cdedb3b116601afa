"""The audit log: who did what to what, when, from where, and how it went. It is only added to, and each entry's hash holds the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from api.staff.roles import Staff
from api.store import Base, Store

FIRST = "0" * 64
TRIES = 200
AT_ONCE = 1000


class LedgerRow(Base):
    """One entry; the number leaves no gap, `at` is the moment as it went into the hash."""

    __tablename__ = "staff_ledger"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32), index=True)
    staff: Mapped[str] = mapped_column(String(32), index=True)
    name: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64), index=True)
    target: Mapped[str] = mapped_column(String(200))
    result: Mapped[str] = mapped_column(String(200))
    request: Mapped[str] = mapped_column(String(64))
    before: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as others see it; `before` and `hash` are hexadecimal SHA-256."""

    number: int
    at: str
    staff: str
    name: str
    origin: str
    action: str
    target: str
    result: str
    request: str
    before: str
    hash: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What verifying came to: entries read, the last hash, the first broken number (None where the chain holds), entries dated before the one ahead."""

    entries: int
    last: str
    broken: int | None = None
    why: str = ""
    backwards: tuple[int, ...] = ()


class Ledger:
    """The audit log of one office; `clock` gives the moment of an entry."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock

    def record(self, who: Staff | None, origin: str, action: str, target: str, result: str, request: str = "") -> int:
        """Add an entry; its number. What is said here must not hold what people asked or were answered."""
        staff, name = (who.id, who.name) if who else ("", "")
        said = {"staff": staff, "name": _cut(name, 64), "origin": _cut(origin, 64), "action": _cut(action, 64)}
        said |= {"target": _cut(target, 200), "result": _cut(result, 200), "request": _cut(request, 64)}
        for _ in range(TRIES):
            try:
                return self._added(said)
            except IntegrityError:  # another process took the number a moment ago
                continue
        raise RuntimeError(f"审计日志连续 {TRIES} 次没有写进去，请检查数据库")

    def entries(self, *, before: int | None = None, most: int = 50, action: str = "", name: str = "") -> list[Entry]:
        """The newest entries first, those with a smaller number than `before`, of an action or a name where given."""
        wanted = select(LedgerRow).order_by(LedgerRow.number.desc()).limit(most)
        if before is not None:
            wanted = wanted.where(LedgerRow.number < before)
        if action:
            wanted = wanted.where(LedgerRow.action == action)
        if name:
            wanted = wanted.where(LedgerRow.name == name)
        with self._store.begin() as session:
            return [_entry(row) for row in session.scalars(wanted)]

    def actions(self) -> list[str]:
        """What was done so far, each once, in order."""
        with self._store.begin() as session:
            return sorted(session.scalars(select(LedgerRow.action).distinct()))

    def all(self) -> Iterator[Entry]:
        """Every entry, oldest first."""
        last = 0
        while True:
            wanted = select(LedgerRow).where(LedgerRow.number > last).order_by(LedgerRow.number).limit(AT_ONCE)
            with self._store.begin() as session:
                rows = [_entry(row) for row in session.scalars(wanted)]
            yield from rows
            if len(rows) < AT_ONCE:
                return
            last = rows[-1].number

    def verify(self, anchor: tuple[int, str] | None = None) -> Finding:
        """Reads the whole chain. `anchor`, a number and hash written down before, shows whether entries at the end were taken away."""
        count, last, moment = 0, FIRST, ""
        backwards: list[int] = []
        for entry in self.all():
            why = _fault(entry, count + 1, last)
            if why:
                return Finding(count, last, entry.number, why, tuple(backwards))
            if anchor and anchor[0] == entry.number and anchor[1] != entry.hash:
                return Finding(count, last, entry.number, "和当时记下的校验码不同", tuple(backwards))
            if entry.at < moment:
                backwards.append(entry.number)
            count, last, moment = entry.number, entry.hash, entry.at
        if anchor and anchor[0] > count:
            return Finding(count, last, count + 1, f"当时已有 {anchor[0]} 条，现在只剩 {count} 条", tuple(backwards))
        return Finding(count, last, None, "", tuple(backwards))

    def _added(self, said: dict[str, str]) -> int:
        with self._store.begin() as session, session.begin():
            previous = session.execute(select(LedgerRow.number, LedgerRow.hash).order_by(LedgerRow.number.desc()).limit(1)).one_or_none()
            number, before = (previous[0] + 1, previous[1]) if previous else (1, FIRST)
            at = self._clock().astimezone(UTC).isoformat(timespec="microseconds")
            session.add(LedgerRow(number=number, at=at, before=before, hash=_hash({"number": number, "at": at, "before": before, **said}), **said))
            return int(number)


def _fault(entry: Entry, number: int, before: str) -> str:
    if entry.number != number:
        return f"缺第 {number} 条"
    if entry.before != before:
        return "和上一条接不上"
    return "" if _hash({k: v for k, v in asdict(entry).items() if k != "hash"}) == entry.hash else "内容和校验码不符"


def _cut(text: str, most: int) -> str:
    # PostgreSQL keeps neither a zero character nor half a surrogate pair: what went into the hash must come back.
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:most]


def _hash(fields: dict[str, str | int]) -> str:
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _entry(row: LedgerRow) -> Entry:
    return Entry(*(getattr(row, name) for name in Entry.__slots__))
