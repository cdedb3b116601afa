from datetime import UTC, datetime, timedelta

import live
import pytest
from answers import answered, cited
from fastapi.testclient import TestClient
from office_staff import at_work
from sqlalchemy import select

from api.app import create_app
from api.staff.roles import Role
from api.store import Feedback, Message, new_id
from api.tickets import Ticket
from api.wechat.accounts import WechatUser
from api.wechat.inquiries import WechatInquiry

STAFF = "/api/v1/staff"
LAW = [cited("基金会管理条例", "第八条")]


@pytest.fixture
def app(shipped_home, tmp_path, database):
    # Today as it is: the hourly expiry goes by the real clock.
    made = create_app(live.settings(shipped_home, tmp_path, database=database, today=None))
    with TestClient(made):
        yield made


@pytest.fixture
def boss(app):
    return at_work(app, "wang", Role.SUPERVISOR, display="王")


@pytest.fixture
def clerk(app):
    return at_work(app, "li", Role.CLERK, display="李")


def rated(app, question="年检什么时候交", days_ago=0):
    store = app.state.service.store
    at = datetime.now(UTC) - timedelta(days=days_ago)
    message = answered(store, question, at, citations=LAW)
    with store.begin() as session, session.begin():
        session.add(Feedback(id=new_id(), message=message, created=at, rating=1, reasons=["没答到"], text="答的不是这个"))
    return message


def items(client, **query):
    return client.get(f"{STAFF}/queues", params=query).json()["items"]


def test_a_supervisor_gives_an_item_to_a_clerk_who_sees_it_to_its_end(app, boss, clerk):
    rated(app)
    assert items(clerk) == []
    (item,) = items(boss)
    assert (item["kind"], item["called"], item["stands"], item["words"]) == ("low", "差评", "待核实", "年检什么时候交")
    assert clerk.get(f"{STAFF}/items/{item['id']}").status_code == 404
    colleague = next(each for each in boss.get(f"{STAFF}/queues").json()["colleagues"] if each["display"] == "李")
    given = boss.put(f"{STAFF}/items/{item['id']}/helper", json={"staff": colleague["id"]}).json()
    assert given["helper"] == "李"
    (own,) = items(clerk)
    whole = clerk.get(f"{STAFF}/items/{own['id']}").json()
    assert whole["about"]["rating"] == {"rating": 1, "reasons": ["没答到"], "text": "答的不是这个"}
    assert whole["about"]["question"] == "年检什么时候交"
    moved = clerk.post(f"{STAFF}/items/{own['id']}/steps", json={"state": "callback", "words": "已补要点，电话 13912345678 回访"}).json()
    assert moved["stands"] == "待回访"
    assert "13912345678" not in moved["steps"][-1]["words"]
    assert clerk.post(f"{STAFF}/items/{own['id']}/steps", json={"state": "done"}).status_code == 422
    assert clerk.post(f"{STAFF}/items/{own['id']}/steps", json={"state": "done", "words": "回访满意"}).status_code == 201
    assert items(boss) == []
    assert [done["id"] for done in items(boss, state="done")] == [own["id"]]
    actions = [entry.action for entry in app.state.service.ledger.entries()]
    assert {"指派待办", "查看待办", "办理待办"} <= set(actions)
    assert not [entry for entry in app.state.service.ledger.entries() if "年检" in entry.target + entry.result]


def test_queues_are_told_apart_and_late_ones_marked(app, boss):
    rated(app, "年检什么时候交", days_ago=40)
    rated(app, "会费谁来定")
    answered(app.state.service.store, "海报要不要备案", status="refused_not_found")
    assert [(item["words"], item["late"]) for item in items(boss, kind="low")] == [("年检什么时候交", True), ("会费谁来定", False)]
    assert [item["words"] for item in items(boss, kind="unanswered")] == ["海报要不要备案"]
    kinds = {each["kind"]: (each["open"], each["limit"]) for each in boss.get(f"{STAFF}/queues").json()["kinds"]}
    assert kinds["low"] == (2, 15)
    assert kinds["handed"] == (0, 5)


def test_an_item_goes_only_to_somebody_who_may_work_on_it(app, boss):
    rated(app)
    (item,) = items(boss)
    auditor = at_work(app, "shen", Role.AUDITOR).get(f"{STAFF}/session").json()["id"]
    for wrong in (auditor, "0" * 32):
        assert boss.put(f"{STAFF}/items/{item['id']}/helper", json={"staff": wrong}).status_code == 422
    assert boss.put(f"{STAFF}/items/{'0' * 32}/helper", json={"staff": ""}).status_code == 404


def test_a_ticket_is_shown_with_its_contact_and_closed_with_its_item(app, boss):
    left = TestClient(app).post("/api/v1/tickets", json={"name": "赵", "contact": "010-12345678", "text": "想预约咨询成立协会"})
    (item,) = items(boss, kind="handed")
    assert item["words"] == "想预约咨询成立协会"
    ticket = boss.get(f"{STAFF}/items/{item['id']}").json()["about"]["ticket"]
    assert (ticket["contact"], ticket["number"]) == ("010-12345678", left.json()["number"])
    assert boss.post(f"{STAFF}/items/{item['id']}/reply", json={"text": "好"}).status_code == 409
    boss.post(f"{STAFF}/items/{item['id']}/steps", json={"state": "done", "words": "已电话答复"})
    with app.state.service.store.begin() as session:
        assert session.scalar(select(Ticket.status)) == "done"


def test_a_wechat_inquiry_is_answered_from_the_worklist(app, boss):
    user = new_id()
    with app.state.service.store.begin() as session, session.begin():
        session.add(WechatUser(id=user, appid="wx", openid="o", seen=datetime.now(UTC).timestamp()))
        session.flush()
        session.add(WechatInquiry(user=user, created=datetime.now(UTC), text="怎么开户", message="", reply="", replied=None))
    (item,) = items(boss, kind="handed")
    done = boss.post(f"{STAFF}/items/{item['id']}/reply", json={"text": "带登记证书到银行办理。"}).json()
    assert (done["state"], done["about"]["inquiry"]["reply"], done["about"]["inquiry"]["by"]) == ("done", "带登记证书到银行办理。", "王")
    assert app.state.wechat.inquiries.open() == []
    assert items(boss) == []


def test_what_is_no_longer_kept_leaves_an_item_without_words(app, boss):
    message = rated(app)
    (item,) = items(boss)
    with app.state.service.store.begin() as session:
        conversation = session.get(Message, message).conversation
    app.state.service.store.forget(conversation)
    assert boss.get(f"{STAFF}/items/{item['id']}").json()["about"] == {}
    assert items(boss)[0]["words"] == ""


def test_the_dashboard_counts_what_was_asked(app, boss):
    today = app.state.service.today()
    moment = datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    answered(app.state.service.store, "注销要什么", moment, citations=LAW)
    answered(app.state.service.store, "海报要不要备案", moment, status="refused_not_found")
    found = boss.get(f"{STAFF}/dashboard", params={"days": 7}).json()
    assert (len(found["days"]), found["days"][-1]["questions"], found["unanswered"]) == (7, 2, 0.5)
    assert found["articles"] == [["《基金会管理条例》第八条", 1]]
    assert found["work"][0] == {"called": "没答上来", "open": 1, "late": 0}
    assert all(set(row) == {"guide", "why"} for row in found["stale"])
    assert boss.get(f"{STAFF}/dashboard", params={"days": 400}).status_code == 422


def test_a_day_that_is_set_moves_neither_what_the_dashboard_counts_nor_what_is_late(shipped_home, tmp_path, database):
    long_ago = datetime.now(UTC).date() - timedelta(days=400)
    made = create_app(live.settings(shipped_home, tmp_path, database=database, today=long_ago))
    with TestClient(made):
        boss = at_work(made, "wang", Role.SUPERVISOR, display="王")
        rated(made, days_ago=29)
        assert boss.get(f"{STAFF}/dashboard").json()["articles"] == [["《基金会管理条例》第八条", 1]]
        assert [item["late"] for item in items(boss)] == [True]


def test_a_guide_that_rests_on_what_no_longer_binds_is_named(shipped_home):
    from datetime import date

    from api.staff.dashboard import _of
    from index.search import Search

    library = Search.open(shipped_home).library
    assert {row["guide"] for row in _of(library, date(1999, 1, 1))} == {guide.title for guide in library.guides if any(line.cites for _, line in guide.lines())}
