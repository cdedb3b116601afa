import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from api.staff.ledger import Entry, Ledger, LedgerRow
from api.staff.roles import Role, Staff
from api.store import Store

LI = Staff("a" * 32, "li", "李", frozenset({Role.CLERK}))


@pytest.fixture
def store(database):
    made = Store(database)
    yield made
    made.close()


@pytest.fixture
def ledger(store):
    return Ledger(store)


def altered(store, statement, **values):
    """Do what somebody with the database file could: take the triggers off first."""
    with store.begin() as session, session.begin():
        if session.get_bind().dialect.name == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                session.execute(text(f"DROP TRIGGER staff_ledger_{verb}"))
        else:
            session.execute(text("DROP TRIGGER staff_ledger_kept ON staff_ledger"))
        session.execute(text(statement), values)


def test_an_entry_says_who_what_when_and_from_where(ledger):
    ledger.record(LI, "192.0.2.1", "登录", "li", "成功", "r" * 16)
    ledger.record(None, "192.0.2.2", "登录", "wang", "失败")
    second, first = ledger.entries()
    assert (first.staff, first.name, first.origin, first.action, first.target, first.result, first.request) == (
        LI.id,
        "li",
        "192.0.2.1",
        "登录",
        "li",
        "成功",
        "r" * 16,
    )
    assert datetime.fromisoformat(first.at) <= datetime.fromisoformat(second.at) <= datetime.now(UTC)
    assert second.before == first.hash
    assert [entry.number for entry in ledger.entries(before=2)] == [1]
    assert [entry.number for entry in ledger.entries(name="li")] == [1]


@pytest.mark.parametrize("statement", ["UPDATE staff_ledger SET result = '成功'", "DELETE FROM staff_ledger"])
def test_the_database_refuses_to_rewrite_it(store, ledger, statement):
    ledger.record(LI, "192.0.2.1", "登录", "li", "失败")
    with pytest.raises(DBAPIError, match="append-only"), store.begin() as session, session.begin():
        session.execute(text(statement))
    assert ledger.entries()[0].result == "失败"


def test_ten_thousand_entries_hold_and_one_altered_byte_is_found(store, ledger):
    for number in range(5):
        ledger.record(LI, "192.0.2.1", "登录", f"li{number}", "成功")
    rows = _more(ledger, 9_995)
    with store.begin() as session, session.begin():
        session.execute(insert(LedgerRow), rows)
    found = ledger.verify()
    assert (found.entries, found.broken) == (10_000, None)
    altered(store, "UPDATE staff_ledger SET target = 'li7776' WHERE number = 7777")
    assert ledger.verify().broken == 7777


def _more(ledger, count):
    """The entries that `record` would add, without a transaction each."""
    from api.staff import ledger as module

    rows, last = [], ledger.entries(most=1)[0]
    number, before = last.number, last.hash
    for _ in range(count):
        number += 1
        row = {"number": number, "at": datetime.now(UTC).isoformat(timespec="microseconds"), "staff": LI.id, "name": "li", "origin": "192.0.2.1"}
        row |= {"action": "查看", "target": f"li{number}", "result": "成功", "request": "", "before": before}
        row["hash"] = before = module._hash(row)
        rows.append(row)
    return rows


@pytest.mark.parametrize("column", [name for name in Entry.__slots__ if name != "number"])
def test_an_altered_column_is_found(store, ledger, column):
    for number in range(4):
        ledger.record(LI, "192.0.2.1", "登录", f"li{number}", "成功", "abcdefgh")
    altered(store, f'UPDATE staff_ledger SET "{column}" = substr("{column}", 1, length("{column}") - 1) || \'~\' WHERE number = 2')
    assert ledger.verify().broken == 2


def test_a_missing_entry_is_found(store, ledger):
    for number in range(4):
        ledger.record(LI, "192.0.2.1", "登录", f"li{number}", "成功")
    altered(store, "DELETE FROM staff_ledger WHERE number = 2")
    assert (ledger.verify().broken, ledger.verify().why) == (3, "缺第 2 条")


def test_entries_taken_from_the_end_show_against_what_was_written_down(store, ledger):
    for number in range(4):
        ledger.record(LI, "192.0.2.1", "登录", f"li{number}", "成功")
    anchor = (4, ledger.verify().last)
    assert ledger.verify(anchor).broken is None
    altered(store, "DELETE FROM staff_ledger WHERE number = 4")
    assert ledger.verify().broken is None
    assert ledger.verify(anchor).broken == 4


def test_a_rewritten_chain_shows_against_what_was_written_down(store, ledger):
    ledger.record(LI, "192.0.2.1", "登录", "li", "失败")
    anchor = (1, ledger.verify().last)
    altered(store, "DELETE FROM staff_ledger")
    ledger.record(LI, "192.0.2.1", "登录", "li", "成功")
    assert ledger.verify().broken is None
    assert ledger.verify(anchor).broken == 1


def test_a_clock_that_was_set_back_is_told_and_breaks_nothing(store):
    moments = iter([datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)])
    ledger = Ledger(store, lambda: next(moments))
    for _ in range(3):
        ledger.record(LI, "192.0.2.1", "登录", "li", "成功")
    found = ledger.verify()
    assert (found.broken, found.backwards) == (None, (2,))


def test_what_databases_cannot_hold_does_not_break_the_chain(ledger):
    ledger.record(LI, "192.0.2.1" * 20, "登录\0", "\ud800" + "长" * 500, "成功")
    assert ledger.verify().broken is None


def test_many_at_once_leave_no_gap(database):
    stores = [Store(database) for _ in range(4)]

    def write(store):
        for number in range(10):
            Ledger(store).record(LI, "192.0.2.1", "登录", str(number), "成功")

    threads = [threading.Thread(target=write, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = Ledger(stores[0]).verify()
    for store in stores:
        store.close()
    assert (found.entries, found.broken) == (40, None)


def test_the_file_itself_keeps_the_trigger(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/shezu.sqlite")
    Ledger(store).record(LI, "192.0.2.1", "登录", "li", "成功")
    with sqlite3.connect(tmp_path / "shezu.sqlite") as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute("UPDATE staff_ledger SET at = ?", (str(datetime.now(UTC) - timedelta(days=1)),))
    raw.close()
    store.close()
