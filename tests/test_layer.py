"""The office's own layer over what ships: what it adds, replaces and takes away, on disk and in a release."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import lantern
import pytest

from corpus.article import Address
from corpus.errors import BadKnowledge
from corpus.layer import Layer, digest_key, put
from corpus.library import Library, knowledge_at
from index.release import build, read
from index.search import Search

NOW = date(2024, 1, 1)


def digest(article: str, say: str, ask: str = "灯节怎么办") -> dict[str, Any]:
    return {"article": article, "topic": say[:6], "types": ["社会团体"], "matters": ["成立"], "points": [{"say": say, "ask": [ask]}]}


THIRD = digest_key(lantern.LAW, lantern.NEW, "第三条")
FIFTH = digest_key(lantern.LAW, lantern.NEW, "第五条")
GUIDE = {"slug": "saodeng", "title": "落灯清扫", "matter": "其他", "types": ["社会团体"], "ask": ["落灯以后谁扫街"]}
GUIDE |= {"summary": [{"say": "落灯以后 10 日内扫完。", "cite": ["花灯会登记办法 第五条"]}]}


def over(*items: tuple[str, str, Any]) -> Library:
    layer = Layer({})
    for kind, key, content in items:
        layer = layer.replaced(kind, key, content)
    return Library(layer.over(lantern.knowledge()))


def says(library: Library, law: str, edition: str, article: str) -> list[str] | None:
    entry = library.entry(Address(law, edition, article))
    return [point.say for point in entry.digest.points] if entry and entry.digest else None


def test_a_digest_replaces_the_one_of_its_article_and_leaves_the_others():
    library = over(("digests", THIRD, digest("第三条", "灯要 40 盏。")))
    assert says(library, lantern.LAW, lantern.NEW, "第三条") == ["灯要 40 盏。"]
    assert says(library, lantern.LAW, lantern.OLD, "第三条") == ["登记要有 30 盏灯和 1 万元灯油钱。"]
    assert [d.article for d in library.digests if (d.law, d.edition) == (lantern.LAW, lantern.NEW)] == ["第三条", "第四条"]


def test_a_digest_of_an_article_without_one_is_added():
    library = over(("digests", FIFTH, digest("第五条", "落灯后 10 日内扫街。")))
    assert says(library, lantern.LAW, lantern.NEW, "第五条") == ["落灯后 10 日内扫街。"]
    assert len(library.digests) == len(Library(lantern.knowledge()).digests) + 1


def test_what_ships_can_be_taken_back_by_key():
    library = over(
        ("digests", THIRD, {"article": "第三条", "withdrawn": True}), ("guides", "huadenghui-dengji", {"slug": "huadenghui-dengji", "withdrawn": True})
    )
    assert says(library, lantern.LAW, lantern.NEW, "第三条") is None
    assert says(library, lantern.LAW, lantern.NEW, "第四条")
    assert library.guides == []


def test_guides_and_catalog_entries_are_added_and_replaced():
    row = {"slug": "longzhou-banfa", "title": "龙舟办法", "rank": "部门规章", "editions": [{"date": "2020-01-01", "in_force_from": "2020-02-01"}]}
    ferry = {"slug": lantern.FERRY, "title": "渡船规则", "rank": "行政法规", "editions": [{"date": "2001-01-01", "in_force_from": "2001-03-01"}]}
    library = over(("guides", "saodeng", GUIDE), ("catalog", "longzhou-banfa", row), ("catalog", lantern.FERRY, ferry))
    assert {guide.slug for guide in library.guides} == {"huadenghui-dengji", "saodeng"}
    assert library.law("龙舟办法").rank == "部门规章"
    assert library.law("渡船规则").editions[0].in_force_from == date(2001, 3, 1)
    assert library.catalog.find("渡船令") is None


def test_an_empty_layer_changes_nothing():
    shipped = lantern.knowledge()
    assert Layer({}).over(shipped) == shipped


def test_the_shipped_values_are_left_alone():
    shipped = lantern.knowledge()
    before = json.dumps(shipped, ensure_ascii=False)
    over(("digests", THIRD, digest("第三条", "灯要 40 盏。")))
    Layer(
        {
            ("digests", THIRD): digest("第三条", "灯要 40 盏。"),
            (
                "guides",
                "saodeng",
            ): GUIDE,
        }
    ).over(shipped)
    assert json.dumps(shipped, ensure_ascii=False) == before


def test_a_folder_holds_what_was_written_and_loses_what_was_taken_out(tmp_path):
    folder = tmp_path / "knowledge"
    layer = Layer({("digests", THIRD): digest("第三条", "灯要 40 盏。"), ("digests", FIFTH): digest("第五条", "扫街。"), ("guides", "saodeng"): GUIDE})
    layer = layer.replaced("office", "office", {"name": "甲水省花灯局"})
    layer.write(folder)
    assert Layer.read(folder) == layer
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")} == {
        f"digests/{lantern.LAW}/{lantern.NEW}.yaml",
        "guides/saodeng.yaml",
        "office.yaml",
    }
    for kind, key in (("digests", THIRD), ("guides", "saodeng"), ("office", "office")):
        put(folder, kind, key, None)
    assert list(Layer.read(folder).items) == [("digests", FIFTH)]
    assert [path.name for path in folder.rglob("*.yaml")] == [f"{lantern.NEW}.yaml"]


@pytest.mark.parametrize("key", ["../../etc/2019-11-05/第一条", "a/b/c", "", "huadenghui/2019-11-05/"])
def test_a_digest_key_that_names_no_place_is_refused(tmp_path, key):
    with pytest.raises(BadKnowledge, match="应是 文件/版本日期/条号"):
        put(tmp_path, "digests", key, digest("第一条", "甲。"))


@pytest.mark.parametrize("slug", ["../passwd", "Wu", "", "办事"])
def test_a_slug_that_names_no_file_is_refused(tmp_path, slug):
    with pytest.raises(BadKnowledge, match="只能用小写字母"):
        put(tmp_path / "knowledge", "guides", slug, GUIDE)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [".lock"]


@pytest.mark.parametrize(
    ("name", "text"), [("guides/a.yaml", "- a"), ("catalog/a.yaml", "a: 1"), ("digests/x/2020-01-01.yaml", "articles: 3"), ("office.yaml", "3")]
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, text: str):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadKnowledge, match=(tmp_path / name).name):
        Layer.read(tmp_path)


def test_a_digest_of_the_layer_is_found_by_search_and_goes_with_the_release(tmp_path):
    lantern.import_and_build(tmp_path, lantern.write_files(tmp_path / "files"))
    before = Search(read((tmp_path / "current").resolve()), lantern.TokenHashes())
    assert before.search("落灯后谁来扫街巷垃圾", NOW)[0].points == ()
    put(tmp_path / "knowledge", "digests", FIFTH, digest("第五条", "落灯后 10 日内扫完街巷。", "落灯后谁来扫街巷垃圾"))
    release, made = build(tmp_path, lantern.TokenHashes(), knowledge=lantern.knowledge())
    assert made
    hit = Search(release, lantern.TokenHashes()).search("落灯后谁来扫街巷垃圾", NOW)[0]
    assert (hit.address.article, len(hit.points)) == ("第五条", 1)
    assert Layer.read(release.folder / "layer") == Layer.read(tmp_path / "knowledge")
    assert Layer.read(before.release.folder / "layer") == Layer({})


def test_a_home_s_library_is_what_ships_under_its_layer(tmp_path):
    guide = {**GUIDE, "summary": [{"say": "先问窗口。", "cite": ["社会团体登记管理条例 第九条"]}]}
    put(tmp_path / "knowledge", "guides", "saodeng", guide)
    put(tmp_path / "knowledge", "office", "office", {"name": "甲水省花灯局"})
    library = Library.at(tmp_path)
    assert library.guide("saodeng")
    assert library.guide("changjian-wuqu")
    assert knowledge_at(tmp_path)["office"] == {"office.yaml": {"name": "甲水省花灯局"}}
