from __future__ import annotations

import lantern
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalog import Catalog, catalog_from, load_catalog
from corpus.references import article_label, laws_named, parse_cite, references

CATALOG = catalog_from(lantern.knowledge()["catalog"])


def found(text: str, catalog: Catalog = CATALOG) -> list[tuple[str, str, str]]:
    return [(r.law, r.article, r.place) for r in references(text, catalog)]


@pytest.mark.parametrize(
    ("number", "suffix", "label"),
    [
        ("10", None, "第十条"),
        ("十", None, "第十条"),
        ("120", None, "第一百二十条"),
        ("一百二十", None, "第一百二十条"),
        ("十", "一", "第十条之一"),
        ("3", "1", "第三条之一"),
    ],
)
def test_labels_are_written_one_way(number, suffix, label):
    assert article_label(number, suffix) == label


@pytest.mark.parametrize(
    "text", ["花灯会登记办法第三条", "《花灯会登记办法》第三条", "花灯办法3条", "九号灯令第三条", "花灯办法的第三条", "《花灯会 登记办法》 第3条"]
)
def test_a_reference_belongs_to_the_law_before_it(text):
    assert found(text) == [(lantern.LAW, "第三条", "")]


@pytest.mark.parametrize(
    ("text", "place"),
    [("第三条第二款", "第二款"), ("第三条第一款第（二）项", "第一款第（二）项"), ("第三条第二项", "第二项"), ("第3条第2款第1项", "第2款第1项")],
)
def test_paragraph_and_item_go_with_the_reference(text, place):
    assert found("花灯办法" + text) == [(lantern.LAW, "第三条", place)]


def test_several_references_share_the_law_named_last():
    text = "依花灯办法第三条、第三条之一和渡船规则第八条，参照第九条。"
    assert found(text) == [(lantern.LAW, "第三条", ""), (lantern.LAW, "第三条之一", ""), (lantern.FERRY, "第八条", ""), (lantern.FERRY, "第九条", "")]


@pytest.mark.parametrize("text", ["花灯办法讲登记。第三条讲什么？", "花灯办法；第三条", "本办法第三条", "依花灯办法，本条例第三条", "第三条"])
def test_reference_without_a_law_of_its_own_has_none(text):
    assert found(text) == [("", "第三条", "")]


@pytest.mark.parametrize("text", ["一共3条灯带", "有三条规矩", "花灯办法讲了三条", "30条"])
def test_a_count_is_no_reference(text):
    assert found(text) == []


def test_spans_cut_the_reference_out():
    text = "请看《花灯会登记办法》第三条第一项。"
    (reference,) = references(text, CATALOG)
    assert text[reference.start : reference.end] == "第三条第一项"


def test_names_found_have_their_span_and_the_longest_wins():
    text = "比较《甲水省花灯会条例》与“花灯会登记办法”"
    assert [(law.slug, text[start:end]) for law, start, end in laws_named(text, CATALOG)] == [
        (lantern.LOCAL, "甲水省花灯会条例"),
        (lantern.LAW, "花灯会登记办法"),
    ]


def test_an_empty_catalog_names_no_law():
    assert laws_named("花灯办法第三条", Catalog([])) == []
    assert found("花灯办法第三条", Catalog([])) == [("", "第三条", "")]


@pytest.mark.parametrize(
    ("cite", "address"),
    [
        ("花灯会登记办法 第三条", (lantern.LAW, "第三条", "")),
        ("花灯办法 第三条第一款第二项", (lantern.LAW, "第三条", "第一款第二项")),
        ("花灯办法 第三条之一", (lantern.LAW, "第三条之一", "")),
        ("花灯办法 第3条", (lantern.LAW, "第三条", "")),
        ("渡船规则 要点3", (lantern.FERRY, "要点3", "")),
        ("渡船规则 前言", (lantern.FERRY, "前言", "")),
        ("渡船规则 三、怎么做（二）上油", (lantern.FERRY, "三、怎么做（二）上油", "")),
        ("渡船规则", (lantern.FERRY, "", "")),
    ],
)
def test_citations_of_guides_are_addresses(cite, address):
    parsed = parse_cite(cite, CATALOG)
    assert parsed is not None
    assert (parsed.law, parsed.article, parsed.place) == address


@pytest.mark.parametrize("cite", ["没有的法 第三条", "没有的法", "", "第三条", "花灯办法 第九千九百九十百百百条"])
def test_citation_of_nothing_known_is_none(cite):
    assert parse_cite(cite, CATALOG) is None


@pytest.mark.parametrize(
    ("question", "title", "label"),
    [
        ("基金会条例第八条", "基金会管理条例", "第八条"),
        ("69号令第八条", "社会组织名称管理办法", "第八条"),
        ("慈善法22条", "慈善法", "第二十二条"),
        ("《慈善法》第22条", "慈善法", "第二十二条"),
    ],
)
def test_how_people_name_the_shipped_laws(question, title, label):
    catalog = load_catalog()
    assert found(question, catalog) == [(catalog.get(title).slug, label, "")]


@given(st.text(alphabet="花灯办法渡船规则登记会第一二三十百千〇0123456789条款项之（）《》“”。 本", max_size=50))
def test_any_text_gives_references_that_stand_in_it(text):
    for reference in references(text, CATALOG):
        assert "条" in text[reference.start : reference.end]
        assert reference.article.startswith("第")
    parse_cite(text, CATALOG)
