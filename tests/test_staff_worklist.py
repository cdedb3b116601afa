from datetime import UTC, date, datetime, timedelta

import pytest
from answers import answered
from sqlalchemy import update

from api.settings import LIMITS, BadSetting, from_environment
from api.staff.approvals import ApprovalRow
from api.staff.arrivals import arrive
from api.staff.roles import Role, Staff
from api.staff.worklist import Kind, State, Worklist, due_day, same_question
from api.store import Store, new_id
from api.tickets import Ticket
from api.wechat.accounts import WechatUser
from api.wechat.inquiries import WechatInquiry

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=60)
WANG = Staff("b" * 32, "wang", "王", frozenset({Role.SUPERVISOR}))


@pytest.fixture
def store(database):
    made = Store(database)
    yield made
    made.close()


@pytest.fixture
def work(store):
    return Worklist(store, {kind: LIMITS[kind] for kind in Kind}, lambda: NOW)


def test_each_kind_arrives_once(store, work):
    answered(store, "海报要不要备案", NOW, status="refused_not_found")
    answered(store, "今天天气", NOW, status="refused_scope")
    answered(store, "要几个理事", NOW, withheld=2)
    bad = answered(store, "年检什么时候", NOW)
    store.rate(bad, 2, ["没答到"], "不对")
    store.rate(answered(store, "会费谁定", NOW), 3, [], "")
    user = new_id()
    with store.begin() as session, session.begin():
        session.add(WechatUser(id=user, appid="wx", openid="o", seen=0.0))
        session.add(Ticket(id=new_id(), number="20261123-000001", created=NOW, name="", contact="010-12345678", text="想预约", message=None, status="open"))
        session.add(_approval(bad))
        session.flush()
        session.add(WechatInquiry(user=user, created=NOW, text="怎么开户", message="", reply="", replied=None))
    for _ in range(2):
        arrive(store, work, LONG_AGO)
        assert work.counts() == {Kind.UNANSWERED: 1, Kind.LOW: 1, Kind.WITHHELD: 1, Kind.CORRECTED: 1, Kind.HANDED: 2}


def _approval(message, at=NOW):
    empty = {"question": "年检什么时候", "bare": "b", "text": "t", "case": "{}", "on": "", "lead": "", "release": "r", "state": "active"}
    return ApprovalRow(
        id=new_id(),
        at=at,
        staff="s",
        by="李",
        role="窗口人员",
        message=message,
        answer={"blocks": [], "citations": []},
        bases=[],
        corrected=True,
        because=[],
        changed=at,
        **empty,
    )


def test_a_correction_whose_item_is_over_does_not_come_again(store, work):
    with store.begin() as session, session.begin():
        session.add(_approval("", LONG_AGO - timedelta(days=1)))
    arrive(store, work, LONG_AGO)
    assert work.items() == []


def test_the_oldest_open_one_comes_first(store, work):
    for hours, question in ((1, "新的问题"), (30, "最早的问题"), (5, "中间的问题")):
        answered(store, question, NOW - timedelta(hours=hours), status="refused_not_found")
    arrive(store, work, LONG_AGO)
    assert [item.opened for item in work.items()] == [NOW - timedelta(hours=hours) for hours in (30, 5, 1)]


def test_the_same_question_is_one_item_that_counts(store, work):
    for minutes, question in enumerate(("海报要备案吗？", "海报 要备案吗", "海报要备案吗")):
        answered(store, question, NOW + timedelta(minutes=minutes), status="refused_not_found")
        arrive(store, work, LONG_AGO)
    (item,) = work.items()
    assert (item.times, item.opened) == (3, NOW)
    assert same_question("海报要备案吗？") == same_question("海报 要备案吗")


def test_a_question_that_comes_again_after_it_was_done_is_open_again(store, work):
    answered(store, "海报要备案吗", NOW - timedelta(days=2), status="refused_not_found")
    arrive(store, work, LONG_AGO)
    (item,) = work.items()
    work.move(item.id, State.DONE, "已补要点", WANG)
    assert work.items() == []
    assert [done.id for done in work.items(done=True)] == [item.id]
    answered(store, "海报要备案吗", NOW + timedelta(hours=1), status="refused_not_found")
    arrive(store, work, LONG_AGO)
    (again,) = work.items()
    assert (again.id, again.state, again.opened) == (item.id, State.CHECK, NOW + timedelta(hours=1))
    assert work.steps(item.id)[-1].words == "办结以后又有人问到，重新打开"


def test_steps_are_kept_with_who_and_what(store, work):
    answered(store, "海报要备案吗", NOW, status="error")
    arrive(store, work, LONG_AGO)
    (item,) = work.items()
    work.assign(item.id, "c" * 32, "指派给 李", WANG)
    work.move(item.id, State.WORKING, "正在补要点", WANG)
    assert [(step.by, step.state, step.words) for step in work.steps(item.id)] == [
        ("王", State.CHECK, "指派给 李"),
        ("王", State.WORKING, "正在补要点"),
    ]
    assert [found.id for found in work.items(assigned="c" * 32)] == [item.id]
    assert work.items(assigned="") == []
    assert work.counts("c" * 32)[Kind.UNANSWERED] == 1


def test_an_inquiry_answered_from_elsewhere_is_done(store, work):
    user = new_id()
    with store.begin() as session, session.begin():
        session.add(WechatUser(id=user, appid="wx", openid="o", seen=0.0))
        session.flush()
        session.add(WechatInquiry(user=user, created=NOW, text="怎么开户", message="", reply="", replied=None))
    arrive(store, work, LONG_AGO)
    with store.begin() as session, session.begin():
        session.execute(update(WechatInquiry).values(reply="带证书", replied=NOW, by="赵"))
    arrive(store, work, LONG_AGO)
    assert work.items() == []
    (item,) = work.items(done=True)
    assert work.steps(item.id)[-1].words == "已由 赵 答复"


@pytest.mark.parametrize(
    ("opened", "days", "due", "certain"),
    [
        (datetime(2026, 9, 24, 2, tzinfo=UTC), 1, date(2026, 9, 28), True),  # 中秋节 9 月 25 日（周五）放假到 27 日
        (datetime(2026, 11, 23, 2, tzinfo=UTC), 15, date(2026, 12, 14), True),
        (datetime(2026, 11, 22, 17, tzinfo=UTC), 1, date(2026, 11, 24), True),  # 北京时间已是 23 日
        (datetime(2031, 1, 6, 2, tzinfo=UTC), 5, date(2031, 1, 13), False),
    ],
)
def test_the_last_day_is_reckoned_in_working_days(opened, days, due, certain):
    assert due_day(opened, days) == (due, certain)


def test_limits_are_settings():
    assert from_environment({"SHEZU_LIMIT_DAYS": "low=10, handed=3"}).limits == LIMITS | {"low": 10, "handed": 3}
    for wrong in ("low", "low=0", "low=x", "other=3", "low=251"):
        with pytest.raises(BadSetting, match="SHEZU_LIMIT_DAYS"):
            from_environment({"SHEZU_LIMIT_DAYS": wrong})
