from __future__ import annotations

from datetime import date

import lantern
import pytest

from corpus.article import Address
from index.lookup import Filters, Lookup, initials
from index.search import Search

NOW, THEN = date(2024, 1, 1), date(2015, 1, 1)


@pytest.fixture(scope="module")
def lookup(lantern_search: Search) -> Lookup:
    return Lookup(lantern_search.release, lantern_search.library)


def labels(found) -> list[tuple[str, str]]:
    return [(one.address.law, one.address.article) for one in found]


def test_a_few_letters_find_articles_and_guides_of_the_day(lookup):
    found = lookup.find("灯油钱", Filters(NOW))
    assert (lantern.LAW, "第三条") in labels(found)
    assert {one.address.edition for one in found if one.address.law == lantern.LAW} == {lantern.NEW}
    assert {one.address.edition for one in lookup.find("灯油钱", Filters(THEN)) if one.address.law == lantern.LAW} == {lantern.OLD}


def test_what_does_not_occur_is_not_found(lookup):
    assert lookup.find("鲸鱼", Filters(NOW)) == []


def test_the_guide_of_the_type_and_matter_named_comes_first(lookup):
    assert lookup.find("花灯会登记", Filters(NOW), types=("社会团体",), matters=("成立",))[0].kind == "guide"


@pytest.mark.parametrize("typed", ["花灯会登记办法第四条", "花灯会登记办法4", "花灯办法 4", "hdhdjbf4"])
def test_an_article_named_outright_comes_first(lookup, typed):
    assert lookup.find(typed, Filters(NOW))[0].address == Address(lantern.LAW, lantern.NEW, "第四条")


@pytest.mark.parametrize("typed", ["hdhdj", "hdh", "dhdj"])
def test_pinyin_initials_find_the_guide_before_the_law(lookup, typed):
    found = lookup.find(typed, Filters(NOW))
    assert labels(found)[:2] == [("huadenghui-dengji", "指南"), (lantern.LAW, "第一条")]


def test_initials_of_a_title_leave_out_marks_and_figures():
    assert initials("“十四五”社会组织发展规划") == "sswshzzfzgh"


def test_filters_take_out_what_is_of_another_rank_region_type_or_matter(lookup):
    assert {one.rank for one in lookup.find("花灯会", Filters(NOW, rank="部门规章"))} == {"部门规章"}
    assert lantern.LOCAL not in {law for law, _ in labels(lookup.find("舞龙队", Filters(NOW)))}
    assert (lantern.LOCAL, "第八条") in labels(lookup.find("舞龙队", Filters(NOW, region="甲水省")))
    assert lookup.find("花灯会", Filters(NOW, matter="注销")) == []
    assert labels(lookup.find("花灯会", Filters(NOW, kind="基金会")))
    assert ("huadenghui-dengji", "指南") not in labels(lookup.find("花灯会", Filters(NOW, kind="基金会")))


def test_nothing_typed_lists_guides_first(lookup):
    found = lookup.find("", Filters(NOW, matter="成立"))
    assert found[0].kind == "guide"
    assert len(found) > 1


def test_hits_of_another_search_are_sifted_in_their_order(lookup):
    wanted = [(Address(lantern.LAW, lantern.NEW, "第四条"), 0.9), (Address(lantern.LAW, lantern.OLD, "第四条"), 0.8), (Address("nothing", "", "第一条"), 0.7)]
    assert [(one.address.article, one.score) for one in lookup.sift(wanted, Filters(NOW))] == [("第四条", 0.9)]


def test_choices_of_the_filters_are_those_of_the_release(lookup):
    assert lookup.types == ("社会团体",)
    assert "成立" in lookup.matters
    assert set(lookup.ranks) == {"部门规章", "地方性法规", "行政法规", "办事指南"}
    assert lookup.regions == ("甲水省",)
