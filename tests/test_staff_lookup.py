from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import lantern
import live
import pytest
from fastapi.testclient import TestClient
from office_staff import at_work

from api.app import create_app
from api.staff.lookup import excerpt
from api.staff.roles import Role

ROOT = "/api/v1/staff"
FOUR = f"{ROOT}/articles/{lantern.LAW}/{lantern.NEW}/{quote('第四条')}"


@pytest.fixture(scope="module")
def clerk(lantern_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(live.settings(lantern_home, tmp_path_factory.mktemp("desk")))
    with TestClient(app):
        yield at_work(app, "li", Role.CLERK)


@pytest.fixture(scope="module")
def shipped_clerk(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(live.settings(shipped_home, tmp_path_factory.mktemp("shipped-desk")))
    with TestClient(app):
        yield at_work(app, "li", Role.CLERK)


def hits(clerk: TestClient, **query) -> list[tuple[str, str]]:
    return [(hit["law"], hit["label"]) for hit in clerk.get(f"{ROOT}/lookup", params=query).json()["hits"]]


def test_words_find_articles_with_how_they_stand_and_the_place_that_fits(clerk):
    found = clerk.get(f"{ROOT}/lookup", params={"q": "灯油钱"}).json()["hits"][0]
    assert (found["label"], found["edition"], found["status"], found["held"]) == ("第三条", lantern.NEW, "现行有效", True)
    assert "灯油钱" in found["excerpt"]


def test_filters_and_the_day_decide_what_is_found(clerk):
    assert hits(clerk, q="花灯会", rank="办事指南") == [("huadenghui-dengji", "指南")]
    assert (lantern.LOCAL, "第八条") in hits(clerk, q="舞龙队", region="甲水省")
    assert hits(clerk, q="舞龙队", rank="地方性法规") == []
    assert clerk.get(f"{ROOT}/lookup", params={"q": "灯油钱", "date": "2015-01-01"}).json()["hits"][0]["edition"] == lantern.OLD


def test_what_means_the_same_passes_the_filters_too(clerk):
    deep = hits(clerk, q="灯油钱要多少", deep=True)
    assert (lantern.LAW, "第三条") in deep
    assert {law for law, _ in hits(clerk, q="灯油钱要多少", deep=True, rank="行政法规")} <= {lantern.FERRY}


def test_the_same_again_is_remembered_and_is_the_same(clerk):
    assert clerk.get(f"{ROOT}/lookup", params={"q": "渡船"}).content == clerk.get(f"{ROOT}/lookup", params={"q": "渡船"}).content


def test_an_article_comes_with_its_references_both_ways_and_its_editions(clerk):
    found = clerk.get(FOUR).json()
    assert found["text"].startswith("花灯局收到申请后")
    assert [(each["kind"], each["title"], each["label"]) for each in found["cited_by"]] == [("guide", "花灯会登记", "时限")]
    assert [(each["date"], each["held"]) for each in found["editions"]] == [(lantern.OLD, True), (lantern.NEW, True)]


def test_editions_stand_side_by_side(clerk):
    found = clerk.get(f"{ROOT}/compare/{lantern.LAW}", params={"before": lantern.OLD, "after": lantern.NEW}).json()
    rows = {(row["after"] or row["before"])["label"]: row for row in found["rows"]}
    assert rows["第四条"]["kind"] == "改动"
    assert ["gone", "三"] in rows["第四条"]["stretches"] and ["come", "二"] in rows["第四条"]["stretches"]
    assert rows["第三条之一"]["before"] is None


def test_editions_without_text_cannot_be_compared(clerk):
    answer = clerk.get(f"{ROOT}/compare/{lantern.FERRY}", params={"before": "2001-01-01", "after": "2001-01-01"})
    assert answer.status_code == 409
    assert "没有导入" in answer.json()["detail"]


@pytest.mark.parametrize("path", [f"/articles/{lantern.LAW}/{lantern.NEW}/{quote('第九十条')}", "/articles/nothing/2000-01-01/x", "/checklists/nothing"])
def test_what_is_not_there_is_a_problem(clerk, path):
    assert clerk.get(ROOT + path).status_code == 404


def test_a_guide_is_the_checklist_of_its_circumstances(shipped_clerk):
    found = shipped_clerk.get(f"{ROOT}/checklists/jijinhui-biangeng", params={"case": "法定代表人"}).json()
    materials = next(section["items"] for section in found["sections"] if section["key"] == "materials")
    assert "财务审计报告（换法定代表人）" in [item["name"] for item in materials]
    assert not [item for item in materials if "换住所" in item["name"] or "原始基金" in item["name"]]
    assert "住所" in found["cases"] and "法定代表人" in found["cases"]
    assert found["release"]


def test_what_was_typed_is_read_for_type_matter_and_circumstances(shipped_clerk):
    read = shipped_clerk.get(f"{ROOT}/lookup", params={"q": "基金会变更法定代表人"}).json()["read"]
    assert read["types"] == ["基金会"]
    assert "变更" in read["matters"]
    assert read["circumstances"] == ["法定代表人"]


def test_the_choices_are_those_of_the_release(shipped_clerk):
    found = shipped_clerk.get(f"{ROOT}/lookup/choices").json()
    assert "基金会" in found["types"] and "变更" in found["matters"] and "法律" in found["ranks"] and "法定代表人" in found["circumstances"]


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [("甲" * 30 + "灯油钱" + "乙" * 60, "灯油钱多少", "…" + "甲" * 12 + "灯油钱" + "乙" * 31 + "…"), ("短文", "别的", "短文"), ("", "灯", "")],
)
def test_an_excerpt_shows_the_place_that_was_typed(text, typed, shown):
    assert excerpt(text, typed) == shown


def test_each_has_a_shelf_of_their_own(clerk):
    mine = {"kind": "article", "law": lantern.LAW, "edition": lantern.NEW, "label": "第四条", "title": "花灯会登记办法"}
    other = at_work(clerk.app, "wang", Role.EDITOR)
    assert clerk.put(f"{ROOT}/shelf", json=mine).json()["recent"] == [mine]
    assert clerk.put(f"{ROOT}/shelf", json=mine | {"pinned": True}).json() == {"recent": [], "pinned": [mine]}
    assert clerk.put(f"{ROOT}/shelf", json=mine).json()["pinned"] == [mine]
    assert other.get(f"{ROOT}/shelf").json() == {"recent": [], "pinned": []}
    assert clerk.put(f"{ROOT}/shelf", json=mine | {"pinned": False}).json()["pinned"] == []
    assert clerk.delete(f"{ROOT}/shelf").json() == {"recent": [], "pinned": []}


@pytest.mark.parametrize("field", ["law", "edition", "label"])
def test_what_would_break_a_shelf_is_refused(clerk, field):
    thing = {"kind": "article", "law": lantern.LAW, "edition": lantern.NEW, "label": "第四条", "title": "花灯会登记办法"}
    for odd in ("\t", "\n", "\0"):
        assert clerk.put(f"{ROOT}/shelf", json=thing | {field: f"甲{odd}乙"}).status_code == 422
    assert clerk.get(f"{ROOT}/shelf").json() == {"recent": [], "pinned": []}


def test_a_shelf_keeps_the_last_thirty(clerk):
    for number in range(35):
        clerk.put(f"{ROOT}/shelf", json={"kind": "guide", "law": f"g{number}", "title": f"指南{number}"})
    recent = clerk.get(f"{ROOT}/shelf").json()["recent"]
    assert [thing["law"] for thing in recent] == [f"g{number}" for number in range(34, 4, -1)]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_the_desk_is_not_for_everyone(clerk, role):
    stranger = at_work(clerk.app, f"{role}-1", role)
    for path in ("/lookup", "/shelf", "/notices", "/approvals"):
        assert stranger.get(ROOT + path).status_code == 403
