"""Releases through the console: built while the old one serves, one at a time, and gone back on with everything that changes had brought."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import live
import pytest
from corpus_office import GUIDE, OLD, ROOT, carried, draft, home_of, moved_in, ok, released, upload
from fastapi.testclient import TestClient
from office_staff import at_work

from api.app import create_app
from api.staff.builds import BuildRow
from api.staff.roles import Role
from corpus.layer import Layer
from index.release import build


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


def test_a_release_holds_what_was_approved_and_going_back_takes_it_out(app, editor, reviewer):
    reader = TestClient(app)

    def found() -> tuple[int, list[str]]:
        hits = reader.get("/api/v1/search", params={"q": "示范市风筝会登记先到窗口问清归谁管"}).json()["hits"]
        return reader.get(f"/api/v1/guides/{GUIDE['slug']}").status_code, [hit["law"] for hit in hits if hit["law"] == GUIDE["slug"]]

    assert found() == (404, [])
    first = ok(reviewer.get(f"{ROOT}/releases"))["releases"][0]["id"]
    made = carried(editor, reviewer, draft(editor, "guides", GUIDE["slug"], GUIDE))
    assert found() == (404, [])
    assert [each["id"] for each in ok(reviewer.get(f"{ROOT}/releases"))["waiting"]] == [made["id"]]
    told = released(reviewer, app)
    second = told["releases"][0]["id"]
    assert (told["waiting"], told["releases"][0]["current"], told["build"]["release"]) == ([], True, second)
    now = ok(editor.get(f"{ROOT}/changes/{made['id']}"))
    assert (now["state"], now["release"]) == ("released", second)
    assert found() == (200, [GUIDE["slug"]])

    told = ok(reviewer.post(f"{ROOT}/releases/{first}/select"))
    assert [release["id"] for release in told["releases"] if release["current"]] == [first]
    assert ok(editor.get(f"{ROOT}/changes/{made['id']}"))["state"] == "reverted"
    assert Layer.read(home_of(app) / "knowledge") == Layer({})
    assert found() == (404, [])

    ok(reviewer.post(f"{ROOT}/releases/{second}/select"))
    assert ok(editor.get(f"{ROOT}/changes/{made['id']}"))["state"] == "released"
    assert Layer.read(home_of(app) / "knowledge").item("guides", GUIDE["slug"]) == GUIDE
    assert found() == (200, [GUIDE["slug"]])


def test_a_build_by_command_counts_too(app, editor, reviewer):
    made = carried(editor, reviewer, draft(editor, "guides", GUIDE["slug"], GUIDE))
    assert [each["id"] for each in ok(reviewer.get(f"{ROOT}/releases"))["waiting"]] == [made["id"]]
    release, _ = build(home_of(app), None)
    assert ok(reviewer.get(f"{ROOT}/releases"))["waiting"] == []
    assert (ok(editor.get(f"{ROOT}/changes/{made['id']}"))["state"], ok(editor.get(f"{ROOT}/changes/{made['id']}"))["release"]) == ("released", release.id)


def test_a_build_whose_server_went_away_counts_as_broken_off(app, reviewer):
    builds, store = app.state.service.builds, app.state.service.store
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with store.begin() as session, session.begin():
        session.add(BuildRow(staff="", name="甲", begun=long_ago, updated=long_ago, state="running", part="关键词索引", done=1, total=9, release="", said=""))
    assert (builds.last().state, "中断" in builds.last().said) == ("failed", True)
    released(reviewer, app)


def test_going_back_takes_a_text_out_and_leaves_what_waits(app, editor, reviewer):
    first = ok(reviewer.get(f"{ROOT}/releases"))["releases"][0]["id"]
    text = carried(editor, reviewer, upload(editor, "示范市风筝会登记办法(2010-03-01).md", OLD))
    released(reviewer, app)
    waiting = carried(editor, reviewer, draft(editor, "guides", GUIDE["slug"], GUIDE))
    held = home_of(app) / "texts" / f"{text['key']}.json"
    assert held.exists()
    ok(reviewer.post(f"{ROOT}/releases/{first}/select"))
    assert not held.exists()
    assert Layer.read(home_of(app) / "knowledge").item("guides", GUIDE["slug"]) == GUIDE
    assert ok(editor.get(f"{ROOT}/changes/{waiting['id']}"))["state"] == "approved"
    reverted = ok(editor.get(f"{ROOT}/changes/{text['id']}"))
    assert (reverted["state"], reverted["may"]["again"]) == ("reverted", True)
    again = ok(editor.post(f"{ROOT}/changes/{text['id']}/again"))
    assert again["content"]["articles"] == text["content"]["articles"]
    carried(editor, reviewer, again)
    assert held.exists()


def test_the_office_s_card_goes_with_the_release(app, editor, reviewer):
    card = {"name": "示范市民政局窗口", "region": "示范市", "phones": ["0123-4567"], "promises": [{"guide": "changjian-wuqu", "days": 3}]}
    mark = app.state.service.mark
    blank = ok(editor.get(f"{ROOT}/item", params={"kind": "office", "key": "office"}))
    assert (blank["content"], blank["otherwise"]["name"]) == (None, "社会组织登记窗口（示例）")
    first = ok(reviewer.get(f"{ROOT}/releases"))["releases"][0]["id"]
    carried(editor, reviewer, draft(editor, "office", "office", card))
    assert TestClient(app).get("/api/v1/office").json()["name"] != card["name"]
    released(reviewer, app)
    assert TestClient(app).get("/api/v1/office").json()["name"] == card["name"]
    assert app.state.service.mark != mark
    assert TestClient(app).get("/api/v1/guides/changjian-wuqu").json()["promised"]["days"] == 3
    ok(reviewer.post(f"{ROOT}/releases/{first}/select"))
    assert TestClient(app).get("/api/v1/office").json()["name"] != card["name"]


def test_builds_run_one_at_a_time_and_a_release_that_is_not_there_is_named(app, reviewer):
    released(reviewer, app)
    ok(reviewer.post(f"{ROOT}/releases"))
    refused = reviewer.post(f"{ROOT}/releases")
    assert (refused.status_code, "正在建发布" in refused.json()["detail"]) == (409, True)
    app.state.service.builds.close()
    told = ok(reviewer.get(f"{ROOT}/releases"))
    assert (told["build"]["state"], told["build"]["said"]) == ("done", "内容没有变化，沿用原来的发布")
    assert reviewer.post(f"{ROOT}/releases/20200101T000000000-00000000/select").status_code == 404


def test_a_build_that_fails_leaves_the_old_release_and_says_why(app, reviewer):
    home = home_of(app)
    (home / "knowledge" / "guides").mkdir(parents=True)
    (home / "knowledge" / "guides" / "broken.yaml").write_text("slug: [", encoding="utf-8")
    before = ok(TestClient(app).get("/readyz"))["release"]
    ok(reviewer.post(f"{ROOT}/releases"))
    app.state.service.builds.close()
    told = app.state.service.builds.last()
    assert (told.state, "broken.yaml" in told.said) == ("failed", True)
    assert ok(TestClient(app).get("/readyz"))["release"] == before
    assert app.state.service.ledger.entries()[0].action == "建发布"
