import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from answers import answered
from patience import PATIENCE
from sqlalchemy import func, select, text, update

from api.expiry import EVERY, GAP, RULES, STATISTICS, Expiry
from api.staff.approvals import NoteRow
from api.staff.casebook import CaseRow
from api.staff.ledger import Ledger
from api.staff.worklist import StepRow, WorkRow
from api.store import Base, Feedback, Repeat, Store, new_id
from api.tickets import Ticket
from api.wechat.accounts import WechatSession, WechatUser
from api.wechat.checks import WechatCheck
from api.wechat.customer import WechatWindow
from api.wechat.inquiries import WechatInquiry
from api.wechat.replays import WechatSeen
from api.wechat.robot import WecomStream

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEEP = 60
SECRET = "石榴树下的灯笼会"


@pytest.fixture
def store(database):
    made = Store(database)
    yield made
    made.close()


def left(store, when):
    """One of everything that people leave, at a moment; SECRET wherever there are words."""
    message, user, work, seconds = answered(store, SECRET, when, blocks=[SECRET]), new_id(), new_id(), when.timestamp()
    case = {"id": new_id()[:20], "work": work, "by": "", "writers": [], "row": {"turns": [SECRET]}, "decided": None, "reviewer": "", "why": SECRET}
    rows = [
        [
            WorkRow(id=work, kind="low", source=new_id(), message=message, opened=when, last=when, times=1, state="done", assigned=""),
            CaseRow(at=when, state="draft", **case),
            NoteRow(id=new_id(), message=message, at=when, staff="", by="", text=SECRET),
            Feedback(id=new_id(), message=message, created=when, rating=1, reasons=["过时"], text=SECRET),
            Repeat(key=new_id(), body=new_id(), message=message, created=seconds),
            Ticket(id=new_id(), number=new_id()[:12], created=when, name=SECRET, contact="010-12345678", text=SECRET, message=message, status="open"),
            WechatUser(id=user, appid="wx", openid=new_id(), seen=seconds),
            WechatCheck(id=new_id(), created=when, message=message, side="question", outcome="pass", label=100, trace="", reason=""),
            WechatSeen(digest=new_id(), at=seconds),
            WechatWindow(digest=new_id(), at=seconds, sent=1),
            WecomStream(id=new_id(), created=seconds, text=SECRET),
        ],
        [
            WechatSession(digest=new_id(), user=user, expires=seconds),
            WechatInquiry(user=user, created=when, text=SECRET, message=message, reply=SECRET, replied=when),
            StepRow(work=work, at=when, by="", state="done", words=SECRET),
        ],
    ]
    for batch in rows:
        with store.begin() as session, session.begin():
            session.add_all(batch)
    return sum(map(len, rows))


def counts(store):
    with store.begin() as session:
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in {rule.table for rule in RULES}}


def test_what_is_over_goes_and_what_is_not_stays(store):
    left(store, NOW - timedelta(days=KEEP, minutes=1))
    left(store, NOW - timedelta(minutes=1))
    gone = Expiry(store, KEEP, lambda: NOW).delete()
    assert {name: rows for name, rows in gone.items() if rows != 1} == {}
    assert len(gone) == 14
    # The facts of both answers stay: they hold no words.
    assert {name: rows for name, rows in counts(store).items() if rows != 1} == {"staff_sessions": 0, "staff_guesses": 0, "staff_facts": 2}


def test_nothing_of_it_is_left_in_the_database(store, tmp_path):
    left(store, NOW - timedelta(days=KEEP, minutes=1))
    Expiry(store, KEEP, lambda: NOW).delete()
    with store.begin() as session:
        for table in Base.metadata.sorted_tables:
            if store.ping() is None and session.connection().dialect.has_table(session.connection(), table.name):
                assert SECRET not in str(session.execute(select(table)).all()), table.name
    held = b"".join(path.read_bytes() for path in Path(tmp_path).glob("shezu.sqlite*"))
    assert SECRET.encode() not in held


def test_content_of_a_day_before_the_end_stays(store):
    left(store, NOW - timedelta(days=KEEP - 1))
    gone = Expiry(store, KEEP, lambda: NOW).delete()
    assert set(gone) == {"repeats", "wechat_sessions", "wechat_seen", "wecom_streams"}


def test_the_audit_log_stays_and_says_how_much_went(store):
    ledger = Ledger(store, lambda: NOW - timedelta(days=4 * 365))
    ledger.record(None, "192.0.2.1", "登录", "li", "成功")
    left(store, NOW - timedelta(days=KEEP, minutes=1))
    expiry = Expiry(store, KEEP, lambda: NOW)
    expiry.delete()
    assert expiry.delete() == {}
    last, first = ledger.entries()
    assert (first.action, last.action, last.target) == ("登录", "到期删除", "保存 60 天")
    assert "messages 1" in last.result
    assert ledger.verify().broken is None


def test_a_confirmed_case_and_the_year_s_facts_stay(store):
    left(store, NOW - timedelta(days=KEEP, minutes=1))
    with store.begin() as session, session.begin():
        session.execute(update(CaseRow).values(state="confirmed"))
    Expiry(store, KEEP, lambda: NOW).delete()
    assert (counts(store)["staff_cases"], counts(store)["staff_facts"]) == (1, 1)
    Expiry(store, KEEP, lambda: NOW + STATISTICS).delete()
    assert counts(store)["staff_facts"] == 0


def test_one_process_does_it_within_an_hour(database):
    stores = [Store(database) for _ in range(4)]
    now = [NOW]
    done = []

    def look(store):
        for _ in range(3):
            done.append(Expiry(store, KEEP, lambda: now[0]).due())

    for rounds in (1, 2):
        left(stores[0], NOW - timedelta(days=KEEP, minutes=1))
        threads = [threading.Thread(target=look, args=(store,)) for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(gone is not None for gone in done) == rounds
        now[0] += EVERY + timedelta(seconds=1)
    for store in stores:
        store.close()


def test_a_clock_that_jumps_deletes_nothing_and_stops_nothing(store):
    """Ten years ahead and back again, on this machine or another one: what people left is there, and the deletion goes on when the clock does."""
    now = [NOW]
    expiry = Expiry(store, KEEP, lambda: now[0])
    left(store, NOW - timedelta(days=1))
    left(store, NOW - timedelta(days=KEEP + 1))
    expiry.due()
    before = counts(store)
    now[0] = NOW + timedelta(days=3650)
    assert expiry.due() == {}
    now[0] += 2 * EVERY
    assert expiry.due() == {}
    now[0] = NOW + 2 * EVERY
    assert expiry.due() == {}
    assert counts(store) == before
    for _ in range(2 * KEEP):
        now[0] += GAP / 2
        expiry.due()
    assert sum(counts(store).values()) < sum(before.values())


def test_an_office_that_was_shut_for_weeks_deletes_a_day_after_it_opened(store):
    now = [NOW]
    expiry = Expiry(store, KEEP, lambda: now[0])
    expiry.due()
    left(store, NOW)
    now[0] = NOW + timedelta(days=KEEP + 20)
    assert expiry.due() == {}
    for _ in range(2):
        now[0] += GAP / 2
        gone = expiry.due()
    assert gone["messages"] == 1


def test_a_database_out_of_reach_does_not_end_the_thread(store, monkeypatch):
    from sqlalchemy.exc import OperationalError

    tries = threading.Semaphore(0)

    def fail():
        tries.release()
        raise OperationalError("out of reach", {}, Exception())

    monkeypatch.setattr("api.expiry._waits", lambda: iter([0.0, 0.0, 0.0, 60.0]))
    expiry = Expiry(store, KEEP)
    monkeypatch.setattr(expiry, "due", fail)
    expiry.start()
    for _ in range(3):
        assert tries.acquire(timeout=PATIENCE)
    expiry.close()


def test_every_table_with_a_person_s_words_has_a_rule():
    """A new table that refers to a message, a ticket or a WeChat user must say when its rows are over."""
    import importlib
    import pkgutil

    import api

    for module in pkgutil.walk_packages(api.__path__, "api."):
        if module.name not in ("api.command", "api.mcp") and not module.name.startswith("api.miniprogram"):
            importlib.import_module(module.name)
    ruled = {rule.table.__tablename__ for rule in RULES}
    personal = {name for name in Base.metadata.tables if name in ("messages", "feedback", "repeats", "tickets") or name.startswith(("wechat_", "wecom_"))}
    # The app's own token belongs to nobody.
    assert personal - {"wechat_access_tokens"} <= ruled


def test_an_upgraded_store_says_its_number(store):
    with store.begin() as session:
        assert store.version == session.scalar(text("SELECT version_num FROM alembic_version"))
    assert store.upgraded[-1] == store.version
