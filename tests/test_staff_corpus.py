"""Changes of the corpus through the console: from upload or draft over checks, difference and impact to a second person's decision."""

from __future__ import annotations

import json
import re
from typing import Any

import live
import pytest
from corpus_office import GUIDE, NEW, OLD, ROOT, carried, digest, draft, home_of, moved_in, ok, step, upload
from fastapi.testclient import TestClient
from office_staff import at_work, hired, signed_in

from api.app import create_app
from api.staff.roles import Role
from corpus.layer import Layer


@pytest.fixture
def app(shipped_home, tmp_path):
    made = create_app(live.settings(moved_in(shipped_home, tmp_path), tmp_path))
    with TestClient(made):
        yield made


@pytest.fixture
def editor(app):
    return at_work(app, "bianji", Role.EDITOR, display="编小明")


@pytest.fixture
def reviewer(app):
    return at_work(app, "fuhe", Role.REVIEWER, display="复小红")


def test_a_draft_is_kept_whole_through_every_step(app, editor, reviewer):
    made = draft(editor, "guides", GUIDE["slug"], GUIDE, "窗口天天有人问")
    assert (made["state"], made["title"], made["author"], made["content"]) == ("draft", "办事指南 示范市风筝会登记", "编小明", GUIDE)
    second = {**GUIDE, "title": "风筝会登记"}
    saved = ok(editor.put(f"{ROOT}/changes/{made['id']}", json={"content": second, "note": "改了标题", "version": made["version"]}))
    sent_back = step(reviewer, step(editor, saved, "submit"), "reject", "标题要带地名")
    assert (sent_back["state"], sent_back["reviewer"], sent_back["reason"]) == ("rejected", "复小红", "标题要带地名")
    again = ok(editor.put(f"{ROOT}/changes/{made['id']}", json={"content": GUIDE, "note": "改回", "version": sent_back["version"]}))
    approved = carried(editor, reviewer, again)
    assert [(each["step"], each["name"], each["wrote"]) for each in approved["steps"]] == [
        ("起草", "编小明", True),
        ("修改", "编小明", True),
        ("提交复核", "编小明", False),
        ("退回", "复小红", False),
        ("修改", "编小明", True),
        ("提交复核", "编小明", False),
        ("批准", "复小红", False),
    ]
    contents = [step.content for step in app.state.service.changes.steps(made["id"])]
    assert [content["title"] for content in contents if content] == [GUIDE["title"], "风筝会登记", GUIDE["title"]]
    rows = ok(reviewer.get(f"{ROOT}/changes/{made['id']}/steps/2"))["rows"]
    assert [(row["before"], row["after"]) for row in rows if row["kind"] == "改动"] == [("标题：示范市风筝会登记", "标题：风筝会登记")]
    assert Layer.read(home_of(app) / "knowledge").item("guides", GUIDE["slug"]) == GUIDE


def test_every_step_is_in_the_audit_log_without_what_was_written(app, editor, reviewer):
    made = carried(editor, reviewer, draft(editor, "guides", GUIDE["slug"], GUIDE))
    entries = [(e.action, e.name, e.target) for e in app.state.service.ledger.entries()]
    target = f"变更 {made['id']} 办事指南 示范市风筝会登记"
    assert entries[:3] == [("批准变更", "fuhe", target), ("提交变更", "bianji", target), ("起草变更", "bianji", target)]
    assert "先到窗口" not in json.dumps([str(entry) for entry in app.state.service.ledger.entries()], ensure_ascii=False)
    assert app.state.service.ledger.verify().broken is None


def test_nobody_decides_on_what_they_wrote(app, editor):
    both = hired(app, "lianghang", Role.EDITOR, Role.REVIEWER, display="两行")
    client = signed_in(app, both)
    own = step(client, draft(client, "guides", GUIDE["slug"], GUIDE), "submit")
    assert own["may"]["decide"] is False
    for what in ("approve", "reject"):
        refused = client.post(f"{ROOT}/changes/{own['id']}/{what}", json={"version": own["version"], "reason": "好"})
        assert (refused.status_code, refused.json()["detail"]) == (403, "您写过这份变更，要由另一个人复核")
    shared = draft(editor, "guides", "shifan-qita", {**GUIDE, "slug": "shifan-qita"})
    touched = ok(client.put(f"{ROOT}/changes/{shared['id']}", json={"content": shared["content"], "version": shared["version"]}))
    handed = step(editor, touched, "submit")
    assert client.post(f"{ROOT}/changes/{handed['id']}/approve", json={"version": handed["version"]}).status_code == 403


def test_rights_are_kept_apart(app, editor, reviewer):
    clerk, admin = at_work(app, "chuangkou", Role.CLERK), at_work(app, "guanli", Role.ADMIN)
    body = {"kind": "guides", "key": GUIDE["slug"], "content": GUIDE}
    assert [who.post(f"{ROOT}/changes", json=body).status_code for who in (clerk, admin, reviewer)] == [403, 403, 403]
    assert [who.get(f"{ROOT}/changes").status_code for who in (clerk, admin, TestClient(app))] == [403, 403, 401]
    assert [who.post(f"{ROOT}/releases").status_code for who in (clerk, admin, editor)] == [403, 403, 403]
    assert TestClient(app).post(f"{ROOT}/uploads", params={"name": "a.txt"}, content=b"x" * 2_000_000).status_code == 401


def test_what_is_stopped_is_saved_and_not_handed_in(app, editor):
    wrong = {**GUIDE, "summary": [{"say": "先等 77 日。", "cite": ["社会团体登记管理条例 第九条"]}, {"say": "再等。", "cite": []}]}
    made = draft(editor, "guides", GUIDE["slug"], wrong)
    assert made["content"] == wrong
    told = ok(editor.get(f"{ROOT}/changes/{made['id']}/report"))
    assert [(check["field"], check["stops"]) for check in told["checks"]] == [("summary.1.cite", True)]
    refused = editor.post(f"{ROOT}/changes/{made['id']}/submit", json={"version": made["version"]})
    assert (refused.status_code, refused.json()["field"]) == (422, "summary.1.cite")
    cited = {**wrong, "summary": wrong["summary"][:1]}
    checks = ok(editor.post(f"{ROOT}/check", json={"kind": "guides", "key": GUIDE["slug"], "content": cited}))
    assert [(check["field"], check["kind"]) for check in checks["checks"] if check["stops"]] == [("summary.0.say", "数额无出处")]


def test_a_version_that_somebody_else_wrote_over_is_refused(editor):
    made = draft(editor, "guides", GUIDE["slug"], GUIDE)
    body = {"content": GUIDE, "version": made["version"]}
    ok(editor.put(f"{ROOT}/changes/{made['id']}", json=body))
    refused = editor.put(f"{ROOT}/changes/{made['id']}", json=body)
    assert (refused.status_code, refused.json()["field"]) == (409, "version")


def test_of_two_changes_of_one_item_the_second_must_be_looked_at_again(app, editor, reviewer):
    first = draft(editor, "guides", GUIDE["slug"], GUIDE)
    second = step(editor, draft(editor, "guides", GUIDE["slug"], {**GUIDE, "title": "另一个写法"}), "submit")
    carried(editor, reviewer, first)
    refused = reviewer.post(f"{ROOT}/changes/{second['id']}/approve", json={"version": second["version"]})
    assert refused.status_code == 409
    assert "已被另一处变更改过" in refused.json()["detail"]
    assert Layer.read(home_of(app) / "knowledge").item("guides", GUIDE["slug"]) == GUIDE
    assert ok(editor.get(f"{ROOT}/changes/{second['id']}"))["state"] == "submitted"


def test_unknown_things_are_named(editor):
    refused = editor.post(f"{ROOT}/changes", json={"kind": "digests", "key": "meiyou/2020-01-01/第一条", "content": digest("第一条", "有。")})
    assert (refused.status_code, refused.json()["detail"]) == (422, "目录里没有“meiyou”，请先登记到目录")
    assert editor.post(f"{ROOT}/changes", json={"kind": "digests", "key": "x", "content": {}}).status_code == 422
    assert editor.post(f"{ROOT}/changes", json={"kind": "texts", "key": "x", "content": {}}).status_code == 422
    assert editor.get(f"{ROOT}/changes/99").status_code == 404
    deep: dict[str, Any] = {}
    for _ in range(20):
        deep = {"a": deep}
    assert editor.post(f"{ROOT}/changes", json={"kind": "guides", "key": "a", "content": deep}).status_code == 422


def test_a_key_that_a_database_could_not_take_is_refused(editor):
    assert editor.get(f"{ROOT}/item", params={"kind": "guides", "key": "甲\0乙"}).status_code == 422


@pytest.mark.parametrize("content", [{"article": "第三条"}, {"withdrawn": True}, None])
def test_a_draft_whose_number_is_none_is_checked_too(editor, content):
    (check,) = ok(editor.post(f"{ROOT}/check", json={"kind": "digests", "key": "甲/乙", "content": content}))["checks"]
    assert check["stops"]
    assert "应是 文件/版本日期/条号" in check["what"]


def test_an_upload_is_read_checked_and_kept_as_it_came(editor):
    made = upload(editor, "示范市风筝会登记办法(2010-03-01).md", OLD)
    assert made["title"] == "原文《示范市风筝会登记办法》2010-03-01"
    told = ok(editor.get(f"{ROOT}/changes/{made['id']}/report"))
    assert [check["what"] for check in told["checks"] if check["kind"] == "通过"] == ["拆分还原一致", "条号连续"]
    assert told["preview"]["law"]["new"] is True
    assert [article["label"] for article in told["preview"]["articles"]] == ["第一条", "第二条", "第三条", "第四条"]
    original = editor.get(f"{ROOT}/uploads/{made['upload']}")
    assert original.content == OLD.encode()
    assert original.headers["content-disposition"].startswith("attachment")
    assert original.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("办法.exe", b"MZ", "不认识的文件类型"),
        ("办法.txt", b"", "文件是空的"),
        ("办法.docx", b"PK\x03\x04", "不是完好的 Word 文档"),
        ("办法.md", "# 办法\n\n第一条 甲。\n\n第三条 丙。\n".encode(), "第二条|不连续|跳"),
        ("../../etc/办法.txt", b"\0\0", "二进制"),
    ],
)
def test_an_upload_that_cannot_be_taken_is_refused_with_the_reason(app, editor, name, data, said):
    refused = editor.post(f"{ROOT}/uploads", params={"name": name}, content=data)
    assert refused.status_code == 422
    assert re.search(said, refused.json()["detail"]), refused.json()
    assert ok(editor.get(f"{ROOT}/changes"))["changes"] == []
    assert app.state.service.ledger.entries()[0].result == "未通过"


def test_an_upload_beyond_the_size_is_refused(editor):
    assert editor.post(f"{ROOT}/uploads", params={"name": "a.txt"}, content=b"a" * 20_000_001).status_code == 413
    assert editor.post(f"{ROOT}/changes", content=b"a" * 1_100_000).status_code == 413


def test_the_facts_of_an_upload_may_be_corrected_and_its_words_may_not(editor):
    made = upload(editor, "示范市风筝会登记办法(2010-03-01).md", OLD)
    given = {"edition": {"in_force_from": "2010-06-01", "date": "1999-01-01"}, "entry": {"rank": "规范性文件"}, "articles": []}
    saved = ok(editor.put(f"{ROOT}/changes/{made['id']}", json={"content": given, "version": made["version"]}))
    content = saved["content"]
    assert (content["edition"]["in_force_from"], content["edition"]["date"], content["entry"]["rank"]) == ("2010-06-01", "2010-03-01", "规范性文件")
    assert content["entry"]["editions"] == [content["edition"]]
    assert content["articles"] == made["content"]["articles"]


def test_a_second_edition_lists_exactly_what_rests_on_changed_articles(app, editor, reviewer):
    first = carried(editor, reviewer, upload(editor, "示范市风筝会登记办法(2010-03-01).md", OLD))
    law = first["key"].partition("/")[0]
    for label, say in (("第一条", "风筝会要放得高。"), ("第二条", "线钱要 1 万元。"), ("第三条", "30 日内答复。")):
        carried(editor, reviewer, draft(editor, "digests", f"{law}/2010-03-01/{label}", digest(label, say)))
    cites = ["示范市风筝会登记办法 第三条", "示范市风筝会登记办法 第一条"]
    carried(editor, reviewer, draft(editor, "guides", GUIDE["slug"], {**GUIDE, "summary": [{"say": "问窗口。", "cite": cites}]}))
    home = home_of(app)
    (home / "cases").mkdir()
    for name, label in (("own-1", "第二条"), ("own-2", "第一条")):
        case = {
            "id": name,
            "set": "answers",
            "split": "dev",
            "turns": ["风筝会"],
            "expect": "answered",
            "gold": [[{"title": "示范市风筝会登记办法", "article": label}]],
        }
        with (home / "cases" / "own.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(case, ensure_ascii=False) + "\n")
    second = upload(editor, "示范市风筝会登记办法(2019-11-05).md", NEW)
    told = ok(editor.get(f"{ROOT}/changes/{second['id']}/report"))
    assert told["diff"]["against"] == "2010-03-01"
    assert [(a["kind"], a["before"], a["after"]) for a in told["diff"]["articles"]] == [
        ("改动", "第二条", "第二条"),
        ("新增", "", "第三条"),
        ("改动", "第三条", "第四条"),
        ("删去", "第四条", ""),
    ]
    assert ["gone", "一"] in told["diff"]["articles"][0]["stretches"]
    found = {
        kind: sorted((item["id"], [(a["article"], a["what"], a["now"]) for a in item["articles"]]) for item in items)
        for kind, items in told["impact"]["groups"].items()
    }
    assert found == {
        "要点": [(f"{law}/2010-03-01/第三条", [("第三条", "改动", "第四条")]), (f"{law}/2010-03-01/第二条", [("第二条", "改动", "第二条")])],
        "办事指南": [(GUIDE["slug"], [("第三条", "改动", "第四条")])],
        "核定答复": [],
        "评测用例": [("own-1", [("第二条", "改动", "第二条")])],
    }
    carried(editor, reviewer, second)
    assert ok(editor.get(f"{ROOT}/changes/{second['id']}/report"))["kept"] is True


def test_an_approved_answer_on_a_changed_article_is_listed(app, editor):
    clerk = at_work(app, "chuangkou", Role.CLERK)
    asked = ok(clerk.post("/api/v1/staff/ask", json={"question": "设立基金会的原始基金最低多少"}))
    made = ok(clerk.post("/api/v1/staff/approvals", json={"message": asked["message_id"]}))
    cited = {(each["law"], each["edition"], each["article"]) for each in asked["citations"]}
    law, edition, article = next(each for each in cited if each[2] == "第八条")
    whole = ok(editor.get(f"{ROOT}/item", params={"kind": "digests", "key": f"{law}/{edition}/{article}"}))
    changed = {**whole["content"], "topic": "原始基金"}
    report = ok(editor.get(f"{ROOT}/changes/{draft(editor, 'digests', whole['key'], changed)['id']}/report"))
    assert [each["id"] for each in report["impact"]["groups"]["核定答复"]] == [made["id"]]
    other = ok(editor.get(f"{ROOT}/item", params={"kind": "digests", "key": f"{law}/{edition}/第四十条"}))
    report = ok(editor.get(f"{ROOT}/changes/{draft(editor, 'digests', other['key'], {**other['content'], 'topic': '处罚'})['id']}/report"))
    assert report["impact"]["groups"]["核定答复"] == []


def test_what_may_be_edited_is_listed_with_what_is_the_office_s_own(editor, reviewer):
    laws = ok(editor.get(f"{ROOT}/laws"))["laws"]
    society = next(law for law in laws if law["title"] == "社会团体登记管理条例")
    found = ok(editor.get(f"{ROOT}/articles", params={"law": society["slug"], "edition": society["editions"][0]["date"]}))
    tenth = next(article for article in found["articles"] if article["label"] == "第十条")
    assert tenth["points"] > 3
    whole = ok(editor.get(f"{ROOT}/item", params={"kind": "digests", "key": tenth["key"]}))
    assert (whole["ships"], whole["own"], whole["content"]["article"]) == (True, False, "第十条")
    content = {**whole["content"], "topic": "改过的主题"}
    made = draft(editor, "digests", tenth["key"], content)
    assert [each["id"] for each in ok(reviewer.get(f"{ROOT}/item", params={"kind": "digests", "key": tenth["key"]}))["pending"]] == [made["id"]]
    carried(editor, reviewer, made)
    after = ok(editor.get(f"{ROOT}/item", params={"kind": "digests", "key": tenth["key"]}))
    assert (after["own"], after["pending"], [(each["id"], each["author"], each["reviewer"]) for each in after["past"]]) == (
        True,
        [],
        [(made["id"], "编小明", "复小红")],
    )
    carried(editor, reviewer, draft(editor, "digests", tenth["key"], None))
    back = ok(editor.get(f"{ROOT}/item", params={"kind": "digests", "key": tenth["key"]}))
    assert (back["own"], back["content"]) == (False, whole["content"])
    assert "changjian-wuqu" in [guide["slug"] for guide in ok(editor.get(f"{ROOT}/guides"))["guides"]]
    carried(editor, reviewer, draft(editor, "guides", "changjian-wuqu", {"slug": "changjian-wuqu", "withdrawn": True, "reason": "有误"}))
    assert [guide["withdrawn"] for guide in ok(editor.get(f"{ROOT}/guides"))["guides"] if guide["slug"] == "changjian-wuqu"] == [True]
    assert "社会团体" in ok(editor.get(f"{ROOT}/options"))["types"]
