"""Approved answers: offered first to the same question and to no other, and withdrawn when an article they cite changes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import lantern
import live
import pytest
from fastapi.testclient import TestClient
from office_staff import at_work

from api.app import create_app
from api.service import CHINA
from api.staff.approvals import Approvals, State, rests, stale_approvals
from api.staff.roles import Role
from corpus.article import Address
from corpus.impact import ANSWER
from corpus.library import Library
from index.release import build

ASK = "花灯会登记多久有答复？"
FOUR = Address(lantern.LAW, lantern.NEW, "第四条")


@pytest.fixture
def home(lantern_home: Path, tmp_path: Path) -> Path:
    """A home of the test's own, whose release may be built anew."""
    return Path(shutil.copytree(lantern_home, tmp_path / "home", symlinks=True))


@pytest.fixture
def clerk(home: Path, tmp_path: Path, database: str) -> Iterator[TestClient]:
    app = create_app(live.settings(home, tmp_path, database=database))
    with TestClient(app):
        yield at_work(app, "li", Role.CLERK, display="李四")


def asked(clerk: TestClient, question: str = ASK, **changes) -> dict:
    answer = clerk.post("/api/v1/staff/ask", json={"question": question} | changes)
    assert answer.status_code == 200, answer.text
    return answer.json()


def approved(clerk: TestClient, **changes) -> dict:
    answer = clerk.post("/api/v1/staff/approvals", json={"message": asked(clerk)["message_id"]} | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def revised(home: Path, old: str, new: str) -> None:
    """A new release in which a text differs."""
    for file in (home / "texts").glob("*/*.json"):
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    build(home, lantern.TokenHashes(), knowledge=lantern.knowledge())


def test_clerks_get_the_articles_first(clerk):
    found = asked(clerk)
    assert found["blocks"][0]["title"] == "条文"
    assert "第四条" in found["blocks"][0]["items"][0][0]["text"]
    assert found["approved"] is None


def test_an_approved_answer_is_offered_when_the_question_comes_again(clerk):
    made = approved(clerk)
    again = asked(clerk, "请问花灯会登记多久有答复呢")
    assert again["approved"]["id"] == made["id"]
    assert again["approved"]["label"] == f"本单位核准答复（窗口人员，{datetime.fromisoformat(made['at']).astimezone(CHINA).date()}）"
    assert again["approved"]["by"] == "李四"


@pytest.mark.parametrize(
    ("question", "changes"),
    [
        (ASK, {"date": "2015-06-01"}),
        (ASK, {"region": "甲水省"}),
        ("花灯会注销多久有答复？", {}),
        ("花灯会登记多久没有答复？", {}),
        ("基金会登记多久有答复？", {}),
        ("花灯会登记30天有答复？", {}),
    ],
)
def test_another_date_region_matter_type_figure_or_denial_is_another_question(clerk, question, changes):
    approved(clerk)
    found = asked(clerk, question, **changes)
    assert (found["approved"], found["near"]) == (None, [])


def test_an_answer_for_a_day_in_the_past_is_offered_for_that_day(clerk):
    found = asked(clerk, date="2015-06-01")
    clerk.post("/api/v1/staff/approvals", json={"message": found["message_id"], "date": "2015-06-01"})
    assert asked(clerk, date="2015-06-01")["approved"]["on"] == "2015-06-01"
    assert asked(clerk)["approved"] is None


def test_a_correction_takes_the_place_of_the_answer(clerk):
    approved(clerk)
    made = approved(clerk, text="花灯局 20 日内答复。[1]\n· 材料齐全才算受理。[1]")
    assert [block["kind"] for block in made["blocks"]] == ["paragraph", "list"]
    assert made["label"].endswith("，经改写）")
    assert asked(clerk)["approved"]["id"] == made["id"]
    assert len(clerk.get("/api/v1/staff/approvals", params={"state": "retired"}).json()["approvals"]) == 1


def test_a_correction_may_rest_on_further_articles(clerk):
    made = approved(clerk, text="先备 40 盏灯。[2]", cites=["花灯会登记办法 第三条"])
    assert [(c["n"], c["article"]) for c in made["citations"]] == [(2, "第三条")]


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"text": "花灯局很快答复。"}, 422, "没有标依据"),
        ({"text": "花灯局 20 日内答复。[7]"}, 422, "没有依据 \\[7\\]"),
        ({"text": "花灯局 45 日内答复。[1]"}, 409, "45 日"),
        ({"text": "好。[1]", "cites": ["不存在的办法 第一条"]}, 422, "没有收录"),
        ({"message": "0" * 32}, 404, "没有编号"),
    ],
)
def test_what_cannot_be_kept_says_why(clerk, changes, status, says):
    answer = clerk.post("/api/v1/staff/approvals", json={"message": asked(clerk)["message_id"]} | changes)
    assert answer.status_code == status
    assert re.search(says, answer.json()["detail"])


def test_a_figure_that_no_article_has_is_kept_on_purpose_only(clerk):
    made = approved(clerk, text="本局承诺 10 日内答复。[1]", despite=True)
    assert made["corrected"]


def test_what_is_no_answer_cannot_be_approved(clerk):
    refused = asked(clerk, "今天天气怎么样")
    answer = clerk.post("/api/v1/staff/approvals", json={"message": refused["message_id"]})
    assert answer.status_code == 409


def test_an_answer_is_withdrawn_when_its_article_changes_and_waits_for_review(clerk, home):
    made = approved(clerk)
    revised(home, "二十日内给出答复", "十五日内给出答复")
    assert asked(clerk)["approved"] is None
    waiting = clerk.get("/api/v1/staff/approvals", params={"state": "stale"}).json()["approvals"]
    assert [(each["id"], each["because"]) for each in waiting] == [(made["id"], ["《花灯会登记办法》第四条的原文或要点改过了"])]
    assert clerk.post(f"/api/v1/staff/approvals/{made['id']}/confirmation").status_code == 200
    assert asked(clerk)["approved"]["id"] == made["id"]


def test_an_answer_stands_when_other_articles_change(clerk, home):
    made = approved(clerk)
    revised(home, "清扫街巷", "清扫街巷和河岸")
    assert asked(clerk)["approved"]["id"] == made["id"]
    assert clerk.get("/api/v1/staff/approvals", params={"state": "stale"}).json()["approvals"] == []


def test_an_answer_is_laid_aside(clerk):
    made = approved(clerk)
    assert clerk.delete(f"/api/v1/staff/approvals/{made['id']}").json()["state"] == "retired"
    assert asked(clerk)["approved"] is None


def test_remarks_are_kept_with_the_answer(clerk):
    message = asked(clerk)["message_id"]
    clerk.post(f"/api/v1/staff/messages/{message}/remarks", json={"text": "申请人电话 13800138000 追问过"})
    told = clerk.post(f"/api/v1/staff/messages/{message}/remarks", json={"text": "已电话告知"}).json()["remarks"]
    assert [(each["by"], each["text"]) for each in told][1] == ("李四", "已电话告知")
    assert "13800138000" not in told[0]["text"]


def test_what_a_new_release_would_withdraw_is_known_before_it_is_made(clerk, tmp_path):
    approved(clerk)
    kept = Approvals(clerk.app.state.service.store).all(State.ACTIVE)
    library = clerk.app.state.service.assistant.search.library
    assert stale_approvals(kept, library, live.TODAY) == []
    known = lantern.knowledge()
    known["digests"]["new.yaml"]["articles"][1]["points"][0]["say"] = "花灯局 15 日内答复登记申请。"
    texts = library.__class__(known, clerk.app.state.service.settings.home / "texts")
    assert [stale.approval.id for stale in stale_approvals(kept, texts, live.TODAY)] == [kept[0].id]
    gone = Library({**known, "digests": {}})
    assert stale_approvals(kept, gone, live.TODAY)[0].because == ("《花灯会登记办法》第四条现在查不到了",)
    assert [(rest.kind, rest.address) for rest in rests(kept)] == [(ANSWER, FOUR)]


def test_an_edition_that_comes_into_force_with_other_words_withdraws(clerk):
    found = asked(clerk, date="2019-12-31")
    clerk.post("/api/v1/staff/approvals", json={"message": found["message_id"], "date": "2019-12-31"})
    kept = Approvals(clerk.app.state.service.store).all(State.ACTIVE)
    library = clerk.app.state.service.assistant.search.library
    assert stale_approvals(kept, library, date(2024, 1, 1)) == []  # it was approved for that day, and that day's text is as it was


def test_every_verdict_is_in_the_audit_log(clerk):
    made = approved(clerk)
    entry = clerk.app.state.service.ledger.entries(most=1)[0]
    assert (entry.action, entry.target, entry.name) == ("核准答复", made["id"], "li")
