from __future__ import annotations

from copy import deepcopy
from datetime import date

import lantern
import pytest

from corpus.article import RANKS, Law
from corpus.catalog import Catalog, catalog_from, law_from, load_catalog, read_yaml, squeeze_title
from corpus.errors import BadKnowledge, UnknownLaw

ROW = lantern.knowledge()["catalog"]["lantern.yaml"][0]


def changed(**fields: object) -> dict[str, object]:
    return {**deepcopy(ROW), **fields}


@pytest.mark.parametrize(
    "name", [lantern.LAW, "花灯会登记办法", "《花灯会登记办法》", "花灯会 登记办法", "花灯办法", "九号灯令", "中华人民共和国花灯会登记办法"]
)
def test_a_law_is_found_by_slug_title_and_alias(catalog, name):
    assert catalog.get(name).slug == lantern.LAW


def test_unknown_law_is_named_with_the_way_out(catalog):
    assert catalog.find("灯笼法") is None
    with pytest.raises(UnknownLaw, match=r"目录里没有“灯笼法”.*shezu corpus list"):
        catalog.get("灯笼法")


@pytest.mark.parametrize(
    ("title", "squeezed"),
    [("《中华人民共和国灯法》", "灯法"), ("灯会办法(试行)", "灯会办法（试行）"), ("“灯五”规划", "灯五规划"), ("灯　会\n办法", "灯会办法")],
)
def test_titles_are_compared_without_their_trimmings(title, squeezed):
    assert squeeze_title(title) == squeezed


def test_editions_stand_in_order_of_date():
    law = law_from(changed(editions=list(reversed(ROW["editions"]))), "a.yaml")
    assert [e.date for e in law.editions] == [lantern.OLD, lantern.NEW]
    assert law.editions[0].in_force_to == date(2019, 12, 31)


def test_one_name_for_two_laws_is_refused():
    other = changed(slug="other", title="别的办法", aliases=["花灯办法"])
    with pytest.raises(BadKnowledge, match="名称“花灯办法”同时属于"):
        catalog_from({"a.yaml": [deepcopy(ROW), other]})


def test_a_law_may_be_added_again_with_more_editions(catalog):
    law = catalog.get(lantern.LAW)
    catalog.add(Law(law.slug, law.title, law.rank, law.editions[:1], law.aliases))
    assert len(catalog.get("花灯办法").editions) == 1
    assert len(catalog) == len({known.slug for known in catalog}) == 3


def test_a_law_added_later_is_found_in_a_text_that_was_looked_through_before(catalog):
    text = "《河灯会 办法》和花灯办法"
    assert [law.slug for law, _, _ in catalog.named(text)] == [lantern.LAW]
    law = catalog.get(lantern.LAW)
    catalog.add(Law("river", "河灯会办法", law.rank, law.editions))
    assert [(found.slug, text[start:end]) for found, start, end in catalog.named(text)] == [("river", "河灯会 办法"), (lantern.LAW, "花灯办法")]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"rank": "圣旨"}, "rank“圣旨”不是"),
        ({"editions": []}, "没有 editions"),
        ({"editions": [{"date": "2020-13-01", "in_force_from": "2020-01-01"}]}, "2020-13-01|month"),
        ({"editions": [{"date": "2020-01-01"}]}, "in_force_from"),
        ({"editions": [{"date": "2020-01-01", "in_force_from": "2020-01-01", "text": "lost"}]}, "text“lost”不是"),
        ({"aliases": "花灯办法"}, "aliases“花灯办法”应写成列表"),
        ({"newer": {"date": "2026", "confidence": "中", "note": "x"}}, "2026"),
        ({"newer": {"date": "2026-03-01"}}, "confidence"),
    ],
)
def test_entry_against_the_schema_is_refused_with_file_law_and_field(fields, complaint):
    with pytest.raises(BadKnowledge, match=f"a.yaml：“花灯会登记办法”的条目有误（.*(?:{complaint})"):
        catalog_from({"a.yaml": [changed(**fields)]})


@pytest.mark.parametrize("field", ["slug", "title", "rank", "editions"])
def test_entry_without_a_needed_field_is_refused(field):
    row = changed()
    del row[field]
    with pytest.raises(BadKnowledge, match=field):
        catalog_from({"a.yaml": [row]})


@pytest.mark.parametrize("content", [{"slug": "x"}, "text", 3])
def test_file_that_is_no_list_is_refused(content):
    with pytest.raises(BadKnowledge, match=r"a\.yaml：应是一列文件条目"):
        catalog_from({"a.yaml": content})


@pytest.mark.parametrize("row", ["text", None, 3, ["x"]])
def test_row_that_is_no_entry_is_refused(row):
    with pytest.raises(BadKnowledge, match=r"a\.yaml"):
        catalog_from({"a.yaml": [row]})


@pytest.mark.parametrize("data", [b"a: [", b"\xff\xfe\xff", b"a: !!python/object/apply:os.getcwd []"])
def test_broken_yaml_is_refused_by_file(tmp_path, data):
    (tmp_path / "bad.yaml").write_bytes(data)
    with pytest.raises(BadKnowledge, match=r"bad\.yaml：读不出来"):
        read_yaml(tmp_path / "bad.yaml")


def test_empty_catalog_knows_nothing():
    assert catalog_from({"a.yaml": None}).find("灯法") is None


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load_catalog()


def test_shipped_catalog_covers_the_field(shipped):
    assert len(shipped) > 100
    for name in ("慈善法", "社团条例", "社会团体登记管理条例", "基金会管理条例", "民办非企业单位登记管理暂行条例", "69号令"):
        assert shipped.find(name), name
    assert {law.rank for law in shipped} <= set(RANKS)


def test_shipped_editions_follow_one_another_without_overlap(shipped):
    for law in shipped:
        for earlier, later in zip(law.editions, law.editions[1:], strict=False):
            assert earlier.in_force_to is not None, law.title
            assert earlier.in_force_from <= earlier.in_force_to < later.in_force_from, law.title


def test_shipped_editions_know_their_successors(shipped):
    for law in shipped:
        dates = {edition.date for edition in law.editions}
        assert {edition.replaced_by for edition in law.editions if edition.replaced_by} <= dates, law.title


def test_local_law_has_a_region_and_national_law_has_none(shipped):
    for law in shipped:
        assert law.region or law.rank != "地方性法规", law.title
        assert not law.region or law.rank not in ("法律", "行政法规", "部门规章"), law.title
