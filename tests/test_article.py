from __future__ import annotations

from datetime import date

import lantern
import pytest

from corpus.article import Article, Edition, Law, Text
from corpus.clean import repair, strip_markdown
from corpus.parse import parse

CONDITIONS = Article("第三条", "要具备下列条件：\n（一）四十盏灯；\n（二）三万元。\n灯棚可以租借。\n租借的，备下列两样：\n（一）租约；\n（二）钥匙。")


def test_edition_binds_on_both_ends_of_its_interval():
    edition = Edition("2010-03-01", date(2010, 5, 1), date(2019, 12, 31))
    days = [date(2010, 4, 30), date(2010, 5, 1), date(2019, 12, 31), date(2020, 1, 1)]
    assert [edition.in_force(day) for day in days] == [False, True, True, False]


def test_edition_without_an_end_goes_on():
    assert Edition("2020-01-01", date(2020, 1, 1)).in_force(date(2999, 1, 1))


def test_names_of_a_law_stand_longest_first_and_once():
    law = Law("a", "花灯会登记办法", "部门规章", (), aliases=("灯令", "花灯会登记办法", "花灯办法", "九号灯令"))
    assert law.names == ("花灯会登记办法", "九号灯令", "花灯办法", "灯令")


def test_paragraphs_take_the_items_that_follow_them():
    first, second, third = CONDITIONS.paragraphs()
    assert first.items == ("（一）四十盏灯；", "（二）三万元。")
    assert second.items == ()
    assert third.text == "租借的，备下列两样："
    assert third.items == ("（一）租约；", "（二）钥匙。")


def test_spans_of_paragraphs_cut_the_text_exactly():
    assert "\n".join(CONDITIONS.text[p.start : p.end] for p in CONDITIONS.paragraphs()) == CONDITIONS.text


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("第一项", "（一）四十盏灯；"),
        ("第二项", "（二）三万元。"),
        ("第（二）项", "（二）三万元。"),
        ("（二）项", "（二）三万元。"),
        ("第2项", "（二）三万元。"),
        ("第一款第二项", "（二）三万元。"),
        ("第三款第二项", "（二）钥匙。"),
        ("第3款第2项", "（二）钥匙。"),
        ("第二款", "灯棚可以租借。"),
        ("第一款", "要具备下列条件：\n（一）四十盏灯；\n（二）三万元。"),
    ],
)
def test_part_is_the_paragraph_or_item_named(place, expected):
    assert CONDITIONS.part(place) == expected


@pytest.mark.parametrize("place", ["", "第九款", "第零款", "第九项", "第二款第一项", "无此处"])
def test_part_that_is_not_there_is_the_whole_article(place):
    assert CONDITIONS.part(place) == CONDITIONS.text


def test_item_ten_is_not_item_one():
    article = Article("第一条", "列举：\n" + "\n".join(f"（{n}）第{n}样；" for n in "一二三四五六七八九") + "\n（十）末样。\n（十一）再一样。")
    assert article.part("第十项") == "（十）末样。"
    assert article.part("第十一项") == "（十一）再一样。"


def test_text_finds_articles_by_label():
    text = parse(repair(strip_markdown(lantern.NEW_TEXT)).text)
    article = text.article("第三条之一")
    assert article is not None
    assert article.text == "灯棚设在河边的，应当备下两条小船。"
    assert text.article("第九条") is None


def test_equal_texts_are_equal_whatever_their_lookup_tables():
    assert Text("甲", "", (CONDITIONS,)) == Text("甲", "", (Article("第三条", CONDITIONS.text),))
