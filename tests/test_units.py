from __future__ import annotations

import lantern
import pytest

from corpus.library import Library
from index.units import ASK, POINT, TEXT, Unit, units


@pytest.fixture(scope="module")
def made(lantern_library) -> dict[tuple[str, str, str], Unit]:
    return {(unit.law, unit.edition, unit.label): unit for unit in units(lantern_library)}


def test_there_is_a_unit_for_every_article_and_guide(made, lantern_library):
    assert len(made) == sum(1 for _ in lantern_library.entries()) + len(lantern_library.guides)


def test_units_come_in_a_stable_order(lantern_library, made):
    assert [(u.law, u.edition, u.label) for u in units(lantern_library)] == list(made)
    assert list(made)[-1] == ("huadenghui-dengji", "", "指南")


def test_an_article_unit_carries_its_filters(made):
    old = made[lantern.LAW, lantern.OLD, "第三条"]
    assert (old.start, old.end, old.region, old.rank) == ("2010-05-01", "2019-12-31", "", "部门规章")
    new = made[lantern.LAW, lantern.NEW, "第三条"]
    assert (new.start, new.end) == ("2020-01-01", "9999-12-31")
    assert made[lantern.LOCAL, "2015-06-01", "第八条"].region == "甲水省"
    assert (new.types, new.matters) == (("社会团体",), ("成立",))


def test_an_article_is_found_by_title_aliases_headings_text_digest_and_questions(made):
    fields = made[lantern.LAW, lantern.NEW, "第三条"].fields
    assert "花灯会登记办法" in fields["title"]
    assert "九号灯令" in fields["title"]
    assert fields["headings"] == "第二章 登记"
    assert "四十盏" in fields["text"]
    assert "40 盏" in fields["digest"]
    assert "怎么办" in fields["asks"]


def test_an_article_is_found_by_the_guide_lines_that_cite_it(made):
    assert "先备齐 40 盏灯。" in made[lantern.LAW, lantern.NEW, "第三条"].fields["digest"]
    assert "先备齐" not in made[lantern.LAW, lantern.OLD, "第三条"].fields["digest"]


def test_passages_are_text_points_and_questions(made):
    passages = made[lantern.LAW, lantern.NEW, "第三条"].passages
    assert [(p.kind, p.point) for p in passages] == [(TEXT, -1), (POINT, 0), (ASK, 0)]
    assert len(passages[0].text) <= 600


def test_an_article_without_text_speaks_through_its_digest(made):
    unit = made[lantern.FERRY, "2001-01-01", "第八条"]
    assert "渡船天黑以后停航" in unit.passages[0].text


def test_a_guide_is_in_force_always_and_everywhere(made):
    guide = made["huadenghui-dengji", "", "指南"]
    assert (guide.kind, guide.start, guide.end, guide.region) == ("guide", "1900-01-01", "9999-12-31", "")
    assert [p.kind for p in guide.passages] == [TEXT, ASK, POINT, POINT]


def test_saved_unit_has_no_search_fields(made):
    row = made[lantern.LAW, lantern.NEW, "第三条"].as_json()
    assert "fields" not in row
    assert row["passages"] == [[TEXT, -1], [POINT, 0], [ASK, 0]]


def test_every_unit_of_the_shipped_knowledge_has_a_passage_and_words():
    for unit in units(Library()):
        assert unit.passages, unit.label
        assert all(passage.text.strip() for passage in unit.passages), (unit.law, unit.label)
        assert any(field.strip() for field in unit.fields.values()), (unit.law, unit.label)
        assert unit.start <= unit.end, (unit.law, unit.label)
