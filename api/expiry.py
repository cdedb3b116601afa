"""What people asked and left here is deleted when its time is over, by whichever process comes first, once an hour; the audit log is not touched."""

from __future__ import annotations

import argparse
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, delete, or_, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from api import logbook
from api.settings import Settings
from api.speech import OK, say
from api.staff.approvals import NoteRow
from api.staff.casebook import CaseRow, CaseState
from api.staff.facts import AnswerFact, Facts
from api.staff.guesses import StaffGuess
from api.staff.ledger import Ledger
from api.staff.sessions import StaffSession
from api.staff.worklist import WorkRow
from api.store import Base, Feedback, Message, Repeat, Store
from api.tickets import Ticket
from api.wechat.accounts import WechatSession, WechatUser
from api.wechat.checks import WechatCheck
from api.wechat.customer import WechatWindow
from api.wechat.inquiries import WechatInquiry
from api.wechat.replays import WechatSeen
from api.wechat.robot import WecomStream

EVERY = timedelta(hours=1)
LOOK = 300.0
# After so long a gap between two looks, or a look that lies ahead, nothing is deleted for as long: the clock may have jumped, and what is
# deleted does not come back when it is set right.
GAP = timedelta(days=1)
LOOKED, STEADY = "expiry", "steady"
# What is only needed for a moment (a stream's text, a seen callback, a spent session) goes after a day in any case.
MOMENT = timedelta(days=1)

# The facts of answers hold no words and nobody's name; a year can be compared with the one before.
STATISTICS = timedelta(days=800)


class Job(Base):
    """Work that is done once for all processes, and when it was last begun."""

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    begun: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Rule:
    """A table and which of its rows are over, given the moment before which content and the moment before which traces are."""

    table: type[Base]
    over: Callable[[datetime, datetime], ColumnElement[bool]]


RULES = (
    Rule(Feedback, lambda content, _: or_(Feedback.created < content, Feedback.message.in_(select(Message.id).where(Message.created < content)))),
    Rule(Repeat, lambda _, trace: Repeat.created < trace.timestamp()),
    Rule(Ticket, lambda content, _: Ticket.created < content),
    Rule(Message, lambda content, _: Message.created < content),
    Rule(WechatInquiry, lambda content, _: WechatInquiry.created < content),
    Rule(WechatCheck, lambda content, _: WechatCheck.created < content),
    Rule(WechatSession, lambda _, trace: WechatSession.expires < trace.timestamp()),
    Rule(WechatUser, lambda content, _: WechatUser.seen < content.timestamp()),
    Rule(WechatSeen, lambda _, trace: WechatSeen.at < trace.timestamp()),
    Rule(WechatWindow, lambda content, _: WechatWindow.at < content.timestamp()),
    Rule(WecomStream, lambda _, trace: WecomStream.created < trace.timestamp()),
    Rule(WorkRow, lambda content, _: WorkRow.opened < content),
    Rule(CaseRow, lambda content, _: (CaseRow.at < content) & (CaseRow.state != CaseState.CONFIRMED.value)),
    Rule(NoteRow, lambda content, _: NoteRow.at < content),
    Rule(AnswerFact, lambda _, trace: AnswerFact.at < trace - STATISTICS),
    Rule(StaffSession, lambda _, trace: StaffSession.seen < trace),
    Rule(StaffGuess, lambda _, trace: StaffGuess.last < trace),
)


class Expiry:
    """The hourly deletion of one office; `clock` gives the moment."""

    def __init__(self, store: Store, keep_days: int, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._keep, self._clock = store, timedelta(days=keep_days), clock
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="expiry", daemon=True)

    def start(self) -> None:
        """Look every few minutes, from now on, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Finish what is being deleted."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def due(self) -> dict[str, int] | None:
        """Delete what is over, where no process has begun to within the hour; rows by table, or None. A clock that may have jumped deletes nothing."""
        now, last = self._clock(), self._when(LOOKED)
        if not self._claim(now):
            return None
        if last is not None and abs(now - last) > GAP:
            logbook.write("clock_gap", last=last.isoformat(), now=now.isoformat())
            with self._store.begin() as session, session.begin():
                session.merge(Job(name=STEADY, begun=now))
        steady = self._when(STEADY)
        return {} if steady is not None and now - steady < GAP else self.delete()

    def delete(self) -> dict[str, int]:
        """Delete what is over now; rows by table, the tables without any left out. The audit log says how many."""
        now = self._clock()
        # What is about to go has to be counted before.
        Facts(self._store).collect()
        gone: dict[str, int] = {}
        with self._store.begin() as session, session.begin():
            for rule in RULES:
                rows = session.connection().execute(delete(rule.table).where(rule.over(now - self._keep, now - MOMENT))).rowcount
                gone |= {rule.table.__tablename__: rows} if rows else {}
        if gone:
            self._store.forget_traces()
            Ledger(self._store).record(None, "系统", "到期删除", f"保存 {self._keep.days} 天", "，".join(f"{name} {rows}" for name, rows in gone.items()))
        return gone

    def _when(self, name: str) -> datetime | None:
        with self._store.begin() as session:
            return session.scalar(select(Job.begun).where(Job.name == name))

    def _claim(self, now: datetime) -> bool:
        taken = update(Job).where(Job.name == LOOKED, or_(Job.begun < now - EVERY, Job.begun > now + EVERY)).values(begun=now)
        try:
            with self._store.begin() as session, session.begin():
                if session.connection().execute(taken).rowcount:
                    return True
                if session.get(Job, LOOKED) is not None:
                    return False
                session.add(Job(name=LOOKED, begun=now))
        except IntegrityError:  # another process was first
            return False
        return True

    def _run(self) -> None:
        for wait in _waits():
            if self._ended.wait(wait):
                return
            try:
                self.due()
            except SQLAlchemyError as error:
                logbook.write("expiry_failed", error)


@contextmanager
def expiring(store: Store, keep_days: int) -> Iterator[Expiry]:
    """The hourly deletion, while inside."""
    expiry = Expiry(store, keep_days)
    expiry.start()
    try:
        yield expiry
    finally:
        expiry.close()


def _waits() -> Iterator[float]:
    yield random.uniform(0, 5)
    while True:
        yield random.uniform(LOOK, 2 * LOOK)


def add_parsers(commands: Any) -> None:
    """The store commands."""
    store = commands.add_parser("store", help="数据库：升级结构、删除到期内容").add_subparsers(dest="action", required=True, metavar="动作")
    store.add_parser("upgrade", help="把数据库升级到本程序的结构（启动时也会自动做）").set_defaults(run=run_upgrade)
    store.add_parser("expire", help="现在就删除保存期满的咨询内容").set_defaults(run=run_expire)


def run_upgrade(args: argparse.Namespace, settings: Settings) -> int:
    """Bring the database to the tables of this program; opening it does so."""
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database_url)
    say(f"数据库结构：{store.version}" + (f"，新升级了 {'、'.join(store.upgraded)}" if store.upgraded else "，已是最新"))
    store.close()
    return OK


def run_expire(args: argparse.Namespace, settings: Settings) -> int:
    """Delete what is over now."""
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database_url)
    gone = Expiry(store, settings.keep_days).delete()
    store.close()
    say("，".join(f"{name} 删除 {rows} 条" for name, rows in gone.items()) if gone else f"没有超过 {settings.keep_days} 天的内容")
    return OK
