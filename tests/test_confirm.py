from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import lantern
import pytest

from corpus.catalog import Catalog
from corpus.confirm import check_edition, check_title, check_whole, names_law
from corpus.errors import NotFetched
from corpus.parse import parse

FERRY = """渡船规则

（2001年1月1日渡船局令第3号公布　自2001年2月1日起施行）

第一条 渡船天黑以后停航。

第二条 每年春天上一遍桐油。

第三条 本规则自2001年2月1日起施行。
"""


@pytest.fixture
def law(catalog: Catalog):
    return replace(catalog.get(lantern.FERRY), number="渡船局令第3号（见于船头）")


@pytest.fixture
def lanterns(catalog: Catalog):
    return catalog.get(lantern.LAW)


def plain(markdown: str) -> str:
    return markdown.replace("#", "").strip()


@pytest.mark.parametrize("line", ["渡船规则", "《渡船规则》", "渡　船　规　则", "渡船局渡船规则", "甲水省人民政府、渡船局渡船规则"])
def test_a_line_that_is_the_title(law, line):
    assert names_law(line, law)


@pytest.mark.parametrize(
    "line",
    [
        "渡船规则解读",
        "渡船规则施行细则",
        "关于修改《渡船规则》的决定",
        "关于修改渡船规则",
        "渡船局关于印发渡船规则",
        "渡船规则（征求意见稿）",
        "废止渡船规则",
        "渡船",
        "",
    ],
)
def test_a_line_that_only_speaks_of_it(law, line):
    assert not names_law(line, law)


def test_the_title_may_stand_on_three_lines_or_be_the_page_s_own(law):
    text = parse(FERRY)
    check_title(text, law)
    check_title(parse(FERRY.replace("渡船规则\n", "中华人民共和国\n渡船\n规则\n", 1)), law)
    other = parse(FERRY.replace("渡船规则", "摆渡须知", 1))
    check_title(other, law, "渡船规则")
    with pytest.raises(NotFetched, match="标题是“摆渡须知”，不是《渡船规则》"):
        check_title(other, law)


def test_the_edition_is_known_by_day_number_record_or_coming_into_force(law):
    text, edition = parse(FERRY), law.editions[0]
    check_edition(text, law, edition)
    bare = parse(FERRY.replace("（2001年1月1日渡船局令第3号公布　自2001年2月1日起施行）", ""))
    check_edition(bare, law, edition, announced="2001-01-01")
    check_edition(bare, law, edition, heading="渡船局令 第 3 号")
    check_edition(bare, law, edition)  # its closing article names the day
    silent = parse(FERRY.replace("（2001年1月1日渡船局令第3号公布　自2001年2月1日起施行）", "").replace("自2001年2月1日起施行", "自公布之日起施行"))
    with pytest.raises(NotFetched, match="没有 2001-01-01 这个日期，也没有文号"):
        check_edition(silent, law, edition)


def test_each_of_two_editions_is_told_from_the_other(lanterns):
    old, new = lanterns.editions
    check_edition(parse(plain(lantern.OLD_TEXT)), lanterns, old)
    check_edition(parse(plain(lantern.NEW_TEXT)), lanterns, new)
    with pytest.raises(NotFetched, match="网页上是 2019-11-05 的文本，不是要取的 2010-03-01 版本"):
        check_edition(parse(plain(lantern.NEW_TEXT)), lanterns, old)
    with pytest.raises(NotFetched, match="没有 2019-11-05 这个日期"):
        check_edition(parse(plain(lantern.OLD_TEXT)), lanterns, new)


def test_a_text_amended_after_all_known_editions_is_not_taken_for_one_of_them(law):
    amended = parse(FERRY.replace("公布　", "公布　根据2024年5月6日《渡船局关于修改渡船规则的决定》修订　"))
    with pytest.raises(NotFetched, match="网页上是 2024-05-06 的文本"):
        check_edition(amended, law, law.editions[0])


def test_a_whole_text_has_its_closing_article_and_all_that_is_cited(law):
    text = parse(FERRY)
    check_whole(text, ["第二条", "第三条", "前言"], 3)
    with pytest.raises(NotFetched, match="正文到第二条为止，没有写施行日期的条款"):
        check_whole(parse(FERRY.partition("第三条")[0]))
    with pytest.raises(NotFetched, match="正文到第三条为止，而要点引到第九条"):
        check_whole(text, ["第一条", "第九条"])
    with pytest.raises(NotFetched, match="官网目录列出 5 条，取到的正文有 3 条"):
        check_whole(text, count=5)


def test_real_texts_are_recognised_and_none_passes_for_another_edition(official):
    """By the database's record every real text is the edition it is; the excerpt of the code and a scraped page bear other titles."""
    unlike, unconfirmed, mistaken = [], [], []
    for (slug, day), held in official.held.items():
        law = official.law(slug)
        edition = next(e for e in law.editions if e.date == day)
        cited = [digest.article for digest in official.digests if (digest.law, digest.edition) == (slug, day)]
        if not all((passes(check_title, held.text, law), passes(check_edition, held.text, law, edition, day), passes(check_whole, held.text, cited))):
            unlike.append(law.title)
        if not passes(check_edition, held.text, law, edition):
            unconfirmed.append(law.title)
        mistaken += [(law.title, day, other.date) for other in law.editions if other.date != day and passes(check_edition, held.text, law, other)]
    assert sorted(unlike) == sorted(["民法典总则编", "“十四五”社会组织发展规划"])
    assert len(unconfirmed) == 15
    # The text at hand does not say in its head that it was amended in 2016; the database's record does.
    assert mistaken == [("社会团体登记管理条例", "2016-02-06", "1998-10-25")]


def passes(check: Callable[..., None], *about: object) -> bool:
    try:
        check(*about)
    except NotFetched:
        return False
    return True
