"""The whole way round: a question unanswered, a colleague who writes what is missing, another who approves, a release, the answer, a case, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import live
import pytest
from corpus_office import NEW, OLD, ROOT, carried, digest, draft, moved_in, ok, released, upload
from fastapi.testclient import TestClient
from office_staff import at_work

from api.app import create_app
from api.staff.roles import Role
from corpus.intake import Texts, import_files
from corpus.layer import Layer
from corpus.library import Library
from evals.case import load
from evals.run import run
from index.release import build

STAFF = "/api/v1/staff"
LAW = "示范市风筝会登记办法"
QUESTION = f"《{LAW}》规定，风筝会登记申请几日内答复"
ASKED = {"question": QUESTION, "date": "2015-06-01", "region": "示范市"}


@pytest.fixture
def home(shipped_home, tmp_path) -> Path:
    """A home whose release knows the invented law in its newer edition alone."""
    home = moved_in(shipped_home, tmp_path)
    newer = tmp_path / f"{LAW}(2019-11-05).md"
    newer.write_text(NEW, encoding="utf-8")
    assert [report.outcome for report in import_files([newer], Texts(home / "texts"), Library.at(home).catalog)] == ["已导入"]
    build(home, None)
    return home


@pytest.fixture
def app(home, tmp_path, database):
    made = create_app(live.settings(home, tmp_path, database=database))
    with TestClient(made):
        yield made


def asked(app) -> dict[str, Any]:
    return dict(ok(TestClient(app).post("/api/v1/chat", json=ASKED)))


def cited(message: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(each["title"], each["article"], each["edition"]) for each in message["citations"]}


def test_what_went_unanswered_is_answered_asked_again_by_the_evaluation_and_gone_back_on(app, home):
    supervisor, editor, reviewer = at_work(app, "dudao", Role.SUPERVISOR), at_work(app, "bianji", Role.EDITOR), at_work(app, "fuhe", Role.REVIEWER)

    # A question that nothing here answers comes into the queue.
    first = asked(app)
    assert (first["outcome"], first["status"], first["citations"]) == ("refused", "refused_not_in_force", [])
    queue = ok(supervisor.get(f"{STAFF}/queues", params={"kind": "unanswered"}))
    assert [item["words"] for item in queue["items"]] == [QUESTION]
    item = queue["items"][0]["id"]

    # The editor brings the edition of that day and a digest of its article; the reviewer approves both.
    text = carried(editor, reviewer, upload(editor, f"{LAW}(2010-03-01).md", OLD))
    law = text["key"].partition("/")[0]
    key = f"{law}/2010-03-01/第三条"
    written = draft(editor, "digests", key, digest("第三条", "风筝局要在收到风筝会登记申请后 30 日内答复。"), "群众问起")
    carried(editor, reviewer, written)
    assert asked(app)["status"] == "refused_not_in_force"

    # The release is built, and the same question is answered with the new citation.
    before = ok(reviewer.get(f"{ROOT}/releases"))["releases"][0]["id"]
    now = released(reviewer, app)["releases"][0]["id"]
    second = asked(app)
    assert (second["outcome"], second["release"]) == ("answered", now)
    assert (LAW, "第三条", "2010-03-01") in cited(second)
    assert "30 日" in str(second["blocks"])

    # The item becomes a case, which another person confirms and the evaluation asks from then on.
    case = ok(supervisor.post(f"{STAFF}/items/{item}/case"))
    body = {"turns": [QUESTION], "expect": "answered", "date": "2015-06-01", "region": "示范市", "gold": [[{"title": LAW, "article": "第三条"}]]}
    body["nuggets"] = [{"fact": "30 日内答复", "match": [["30日", "30 日", "三十日"]]}]
    ok(supervisor.put(f"{STAFF}/cases/{case['id']}", json=body))
    assert supervisor.post(f"{STAFF}/cases/{case['id']}/confirmation").status_code == 403
    ok(reviewer.post(f"{STAFF}/cases/{case['id']}/confirmation"))
    assert [each.id for each in load(home / "cases")] == [case["id"]]
    rows, errors = run(home, "office", None, lambda cases, _: cases).scored()
    assert errors == []
    assert [row.case.id for row in rows] == [case["id"]]
    assert (rows[0].scores["citation_recall"], rows[0].scores["fact_recall"]) == (1.0, 1.0)
    done = ok(supervisor.post(f"{STAFF}/items/{item}/steps", json={"state": "done", "words": "补了旧版本和要点，已发布"}))
    assert done["state"] == "done"

    # A change of that article now names the case.
    later = draft(editor, "digests", key, digest("第三条", "风筝局 30 日内答复登记申请。"))
    report = ok(reviewer.get(f"{ROOT}/changes/{later['id']}/report"))
    assert [each["id"] for each in report["impact"]["groups"]["评测用例"]] == [case["id"]]

    # Going back restores the old state: the answer, the layer and the texts.
    ok(reviewer.post(f"{ROOT}/releases/{before}/select"))
    third = asked(app)
    assert {name: third[name] for name in ("outcome", "status", "blocks", "citations")} == {
        name: first[name] for name in ("outcome", "status", "blocks", "citations")
    }
    assert Layer.read(home / "knowledge") == Layer({})
    assert [path.stem for path in (home / "texts" / law).glob("*.json")] == ["2019-11-05"]
    assert ok(editor.get(f"{ROOT}/changes/{written['id']}"))["state"] == "reverted"
    actions = [entry.action for entry in reversed(app.state.service.ledger.entries(most=200))]
    wanted = [
        "上传文本",
        "提交变更",
        "批准变更",
        "起草变更",
        "提交变更",
        "批准变更",
        "开始建发布",
        "建发布",
        "起草用例",
        "修改用例",
        "确认用例",
        "办理待办",
        "起草变更",
        "切换发布",
    ]
    assert [action for action in actions if action in wanted] == wanted
    assert app.state.service.ledger.verify().broken is None
