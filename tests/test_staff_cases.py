import json

import live
import pytest
from answers import answered
from fastapi.testclient import TestClient
from office_staff import at_work

from api.app import create_app
from api.staff.roles import Role
from evals.case import BadCase, case_from, load
from evals.run import run

STAFF = "/api/v1/staff"
CITED = [{"title": "基金会管理条例", "article": "第八条"}]


@pytest.fixture
def home(shipped_home, tmp_path):
    """A home of one's own that shares the release."""
    made = tmp_path / "home"
    made.mkdir()
    for name in ("current", "releases"):
        (made / name).symlink_to((shipped_home / name).resolve() if name == "releases" else (shipped_home / name).readlink())
    return made


@pytest.fixture
def app(home, tmp_path, database):
    made = create_app(live.settings(home, tmp_path, database=database, today=None))
    with TestClient(made):
        yield made


@pytest.fixture
def boss(app):
    return at_work(app, "wang", Role.SUPERVISOR, Role.REVIEWER, display="王")


@pytest.fixture
def reviewer(app):
    return at_work(app, "shen", Role.REVIEWER, display="沈")


def low_rated(app, boss, question="设立基金会的原始基金最低多少，我电话13912345678"):
    store = app.state.service.store
    with store.begin():
        message = answered(store, question.replace("13912345678", "[手机号]"), citations=CITED)
    store.rate(message, 1, [], "")
    return boss.get(f"{STAFF}/queues").json()["items"][0]["id"]


def test_a_low_rating_becomes_a_case_that_the_evaluation_asks(app, boss, reviewer, home):
    item = low_rated(app, boss)
    draft = boss.post(f"{STAFF}/items/{item}/case").json()
    assert (draft["state"], draft["own"], draft["gold"]) == ("draft", True, [[{"title": "基金会管理条例", "article": "第八条"}]])
    assert boss.post(f"{STAFF}/items/{item}/case").json()["id"] == draft["id"]
    assert not (home / "cases").exists()
    body = {"turns": ["设立基金会的原始基金最低多少"], "expect": "answered", "gold": draft["gold"]}
    body["nuggets"] = [{"fact": "原始基金下限", "match": [["200万", "2000000"]]}]
    assert boss.put(f"{STAFF}/cases/{draft['id']}", json=body).status_code == 200
    own = boss.post(f"{STAFF}/cases/{draft['id']}/confirmation")
    assert (own.status_code, "另一个人" in own.json()["detail"]) == (409, True)
    assert [case["id"] for case in reviewer.get(f"{STAFF}/cases").json()["cases"]] == [draft["id"]]
    confirmed = reviewer.post(f"{STAFF}/cases/{draft['id']}/confirmation").json()
    assert (confirmed["state"], confirmed["reviewer"]) == ("confirmed", "沈")
    found = run(home, "office", None, lambda cases, _: cases)
    assert [case.id for case in found.cases()] == [draft["id"]]
    assert list(found.records) == [draft["id"]]
    rows, errors = found.scored()
    assert errors == []
    assert rows[0].scores["citation_recall"] == 1.0
    assert reviewer.post(f"{STAFF}/cases/{draft['id']}/rejection", json={"why": "条例已修订"}).json()["state"] == "rejected"
    assert load(home / "cases") == []


def test_confirmed_cases_join_the_shipped_ones(app, boss, reviewer, home):
    item = low_rated(app, boss)
    number = boss.post(f"{STAFF}/items/{item}/case").json()["id"]
    reviewer.post(f"{STAFF}/cases/{number}/confirmation")
    from evals.run import chosen, office_rows

    everything = chosen("all", None, office_rows(home))
    assert [case.id for case in everything if case.split == "office"] == [number]
    assert len(everything) == len(load()) + 1
    assert [case.id for case in chosen("dev", None, office_rows(home)) if case.split == "office"] == []
    assert [case.id for case in chosen("all", ["office"], office_rows(home))] == [number]


def test_a_file_that_is_no_case_is_refused_by_name(home):
    (home / "cases").mkdir()
    (home / "cases" / "office-1.jsonl").write_text("{}\n")
    with pytest.raises(BadCase, match=r"office-1\.jsonl 第 1 行"):
        run(home, "office", None, lambda cases, _: cases)


def test_a_correction_brings_its_articles_and_figures(app, boss):
    from api.staff.casebook import drafted

    right = {"citations": CITED, "blocks": [{"items": [[{"text": "全国性公募基金会不低于800万元，地方性公募不低于400万元。", "cites": [1]}]]}]}
    row = drafted({"question": "原始基金多少", "corrected": right}, "窗口改写 2026-11-23", "王", "成立", "2026-11-23")
    assert [fact["match"] for fact in row["nuggets"]] == [[["800万元"]], [["400万元"]]]
    assert case_from(row | {"id": "office-1"}, "here").gold == ((("基金会管理条例", "第八条"),),)


def test_an_article_that_nobody_has_is_refused(app, boss):
    number = boss.post(f"{STAFF}/items/{low_rated(app, boss)}/case").json()["id"]
    for title, article in (("不存在的条例", "第一条"), ("基金会管理条例", "第九百条")):
        refused = boss.put(f"{STAFF}/cases/{number}", json={"turns": ["问"], "expect": "answered", "gold": [[{"title": title, "article": article}]]})
        assert refused.status_code == 422
        assert title in refused.json()["detail"]


def test_a_case_that_expects_nothing_is_not_confirmed(app, boss, reviewer):
    number = boss.post(f"{STAFF}/items/{low_rated(app, boss)}/case").json()["id"]
    boss.put(f"{STAFF}/cases/{number}", json={"turns": ["问"], "expect": "answered"})
    assert reviewer.post(f"{STAFF}/cases/{number}/confirmation").status_code == 409
    boss.put(f"{STAFF}/cases/{number}", json={"turns": ["问"], "expect": "refused"})
    assert reviewer.post(f"{STAFF}/cases/{number}/confirmation").status_code == 200
    assert boss.put(f"{STAFF}/cases/{number}", json={"turns": ["问"], "expect": "refused"}).status_code == 409


def test_personal_data_is_masked_in_what_is_written(app, boss, reviewer, home):
    number = boss.post(f"{STAFF}/items/{low_rated(app, boss)}/case").json()["id"]
    boss.put(f"{STAFF}/cases/{number}", json={"turns": ["我的电话13912345678"], "expect": "clarify"})
    reviewer.post(f"{STAFF}/cases/{number}/confirmation")
    (kept,) = (home / "cases").glob("*.jsonl")
    assert "13912345678" not in kept.read_text()
    assert json.loads(kept.read_text())["reviewer"] == "沈"


def test_a_message_without_question_is_no_case(app, boss):
    TestClient(app).post("/api/v1/tickets", json={"contact": "010-12345678", "text": "想预约"})
    item = boss.get(f"{STAFF}/queues").json()["items"][0]["id"]
    assert boss.post(f"{STAFF}/items/{item}/case").status_code == 409
