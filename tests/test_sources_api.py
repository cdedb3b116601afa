from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

import lantern
import live
import pytest
from fastapi.testclient import TestClient

from api.app import create_app

FUND = "ji-jin-hui-guan-li-tiao-li"


@pytest.fixture(scope="module")
def client(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(live.settings(shipped_home, tmp_path_factory.mktemp("sources")))) as found:
        yield found


@pytest.fixture(scope="module")
def lanterns(lantern_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(live.settings(lantern_home, tmp_path_factory.mktemp("lanterns")))) as found:
        yield found


def article(edition: str, label: str, law: str = lantern.LAW) -> str:
    return f"/api/v1/laws/{law}/editions/{edition}/articles/{quote(label)}"


def test_laws_list_their_editions_and_how_they_stand(lanterns: TestClient):
    laws = {law["slug"]: law for law in lanterns.get("/api/v1/laws").json()["laws"]}
    assert [(e["date"], e["held"], e["status"]) for e in laws[lantern.LAW]["editions"]] == [
        (lantern.OLD, True, "2019-12-31 后不再施行，现行为 2019 年文本"),
        (lantern.NEW, True, "现行有效"),
    ]
    assert [e["held"] for e in laws[lantern.FERRY]["editions"]] == [False]


def test_an_edition_lists_its_articles_in_order(lanterns: TestClient):
    found = lanterns.get(f"/api/v1/laws/{lantern.LAW}/editions/{lantern.NEW}").json()
    assert [row["label"] for row in found["articles"]] == ["第一条", "第二条", "第三条", "第三条之一", "第四条", "第五条", "第六条"]
    assert found["articles"][0]["headings"] == ["第一章 总则"]


def test_an_article_has_text_digest_and_neighbours(lanterns: TestClient):
    found = lanterns.get(article(lantern.NEW, "第三条")).json()
    assert found["text"].startswith("申请登记的花灯会要具备下列条件：\n")
    assert found["digest"]["points"][0]["say"] == "登记要有 40 盏灯、3 万元灯油钱和灯棚。"
    assert (found["previous"], found["next"]) == ("第二条", "第三条之一")
    first = lanterns.get(article(lantern.NEW, "第一条")).json()
    assert (first["previous"], first["next"], first["digest"]) == (None, "第二条", None)


def test_an_article_without_imported_text_has_its_digest_only(lanterns: TestClient):
    found = lanterns.get(article("2001-01-01", "第八条", lantern.FERRY)).json()
    assert found["text"] is None
    assert found["digest"]["verified"] is False


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/laws/nothing/editions/2019-11-05", "slug"),
        (f"/api/v1/laws/{lantern.LAW}/editions/1999-01-01", "edition"),
        (article(lantern.NEW, "第九十条"), "label"),
        ("/api/v1/guides/nothing", "slug"),
    ],
)
def test_what_is_not_there_is_a_problem_that_names_it(lanterns: TestClient, path: str, field: str):
    answer = lanterns.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["field"] == field
    assert answer.json()["value"] in answer.json()["detail"]


def test_an_unchanged_source_is_not_sent_again(client: TestClient):
    first = client.get("/api/v1/guides")
    tag = first.headers["etag"]
    for header in (tag, f"W/{tag}", f'"other", {tag}'):
        again = client.get("/api/v1/guides", headers={"If-None-Match": header})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/api/v1/guides", headers={"If-None-Match": '"other"'}).status_code == 200


def test_another_office_region_or_day_has_another_tag(lantern_home: Path, tmp_path: Path):
    card = tmp_path / "office.yaml"
    card.write_text("name: 别的窗口\n", encoding="utf-8")
    tags = []
    for changes in ({}, {}, {"office": card}, {"region": "甲水省"}, {"today": date(2024, 6, 1)}):
        with TestClient(create_app(live.settings(lantern_home, tmp_path, **changes))) as other:
            tags.append(other.get("/api/v1/office").headers["etag"])
    assert tags[0] == tags[1]
    assert len(set(tags)) == 4


def test_guides_have_sections_whose_lines_cite(client: TestClient):
    guides = client.get("/api/v1/guides").json()["guides"]
    assert len(guides) >= 30
    found = client.get(f"/api/v1/guides/{guides[0]['slug']}").json()
    assert found["sections"]
    assert all(line["citations"] for section in found["sections"] if section["key"] != "portal" for line in section["lines"])


def test_search_finds_what_the_question_is_about(client: TestClient):
    hits = client.get("/api/v1/search", params={"q": "设立基金会的原始基金最低多少", "top": 5}).json()["hits"]
    assert len(hits) == 5
    assert FUND in {hit["law"] for hit in hits[:3]}
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


def test_search_on_a_day_finds_the_edition_of_that_day(lanterns: TestClient):
    for day, edition in (("2012-01-01", lantern.OLD), ("2024-01-01", lantern.NEW)):
        hits = lanterns.get("/api/v1/search", params={"q": "花灯会登记要几盏灯", "date": day}).json()["hits"]
        assert {hit["edition"] for hit in hits if hit["law"] == lantern.LAW} == {edition}


@pytest.mark.parametrize(
    "params",
    [{}, {"q": ""}, {"q": "问" * 501}, {"q": "问", "top": 0}, {"q": "问", "date": "去年"}, {"q": "问", "date": "0"}, {"q": "问", "date": "2026-02-30"}],
    ids=["no question", "empty", "too long", "top", "no date", "a number", "no such day"],
)
def test_a_bad_search_is_refused(client: TestClient, params: dict):
    assert client.get("/api/v1/search", params=params).status_code == 422


def test_every_article_of_a_release_can_be_read(lanterns: TestClient):
    shelf = lanterns.app.state.service.assistant.search.library
    entries = list(shelf.entries())
    assert len(entries) > 10
    for entry in entries:
        assert lanterns.get(article(entry.edition.date, entry.label, entry.law.slug)).status_code == 200
