from __future__ import annotations

from fractions import Fraction

import lantern
import pytest

from corpus.catalog import load_catalog
from corpus.digest import CONFIDENCE, MATTERS, TYPES, all_digests, digests_from, load_digests
from corpus.errors import BadKnowledge
from corpus.numerals import quantities
from corpus.support import figures_in, supported

ROW = {
    "article": "第三条",
    "topic": "登记条件",
    "types": ["社会团体"],
    "matters": ["成立"],
    "points": [
        {
            "say": " 登记要有 40 盏灯。 ",
            "at": "第一项",
            "ask": ["要几盏灯", "灯少了行不行"],
            "figures": [
                {"of": "花灯", "op": "≥", "value": 40, "unit": "盏"},
                {"of": "赞成", "value": "2/3", "unit": "分之"},
                {"of": "费", "value": 0.15, "unit": "元", "per": "盏"},
            ],
        },
        {"say": "还要灯油。", "ask": ["要灯油吗"], "confidence": "低"},
    ],
}


def file(*articles: object, **fields: object) -> dict[str, object]:
    return {"law": "花灯办法", "edition": lantern.NEW, "confidence": "中", "articles": list(articles), **fields}


def test_a_digest_is_read_with_its_points_and_figures(catalog):
    (digest,) = digests_from(file(ROW), catalog, "a.yaml")
    assert (digest.law, digest.edition, digest.article) == (lantern.LAW, lantern.NEW, "第三条")
    assert digest.points[0].say == "登记要有 40 盏灯。"
    assert digest.asks == ("要几盏灯", "灯少了行不行", "要灯油吗")
    assert [(f.op, f.value, f.per) for f in digest.points[0].figures] == [("≥", Fraction(40), ""), ("=", Fraction(2, 3), ""), ("=", Fraction(15, 100), "盏")]


def test_confidence_comes_from_the_point_the_article_or_the_file(catalog):
    (digest,) = digests_from(file(ROW), catalog, "a.yaml")
    assert [digest.confidence, *(point.confidence for point in digest.points)] == ["中", "中", "低"]
    (other,) = digests_from(file({**ROW, "confidence": "高"}), catalog, "a.yaml")
    assert other.confidence == "高"


def test_verified_unless_the_file_or_the_article_says_no(catalog):
    first, second = digests_from(file(ROW, {**ROW, "article": "第四条", "verified": False}), catalog, "a.yaml")
    assert (first.verified, second.verified) == (True, False)
    (third,) = digests_from(file(ROW, verified=False), catalog, "a.yaml")
    assert not third.verified


def test_types_and_matters_default_to_the_widest(catalog):
    (digest,) = digests_from(file({"article": "第五条", "topic": "t", "points": [{"say": "s"}]}), catalog, "a.yaml")
    assert (digest.types, digest.matters) == (("全部",), ("其他",))


def changed(**fields: object) -> dict[str, object]:
    return {**ROW, **fields}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (changed(types=["灯社"]), "第三条 有误（types 不认识“灯社”"),
        (changed(types="社会团体"), "第三条 有误（types“社会团体”应写成列表"),
        (changed(matters=["放灯"]), "第三条 有误（matters 不认识“放灯”"),
        (changed(confidence="十足"), "第三条 有误（confidence 不认识“十足”"),
        (changed(points=[]), "第三条 有误（没有 points"),
        (changed(points=[{"ask": ["a"]}]), "第三条 有误（'say'"),
        (changed(points=[{"say": "s", "ask": "要几盏灯"}]), "第三条 有误（ask“要几盏灯”应写成列表"),
        (changed(points=["s"]), "第三条 有误"),
        (changed(points=[{"say": "s", "figures": [{"of": "灯", "value": "许多", "unit": "盏"}]}]), "第三条 有误（.*许多"),
        (changed(points=[{"say": "s", "figures": [{"of": "灯", "value": "1/0", "unit": "盏"}]}]), "第三条 有误"),
        (changed(points=[{"say": "s", "figures": [{"of": "灯", "unit": "盏"}]}]), "第三条 有误（'value'"),
        ({"topic": "t", "points": [{"say": "s"}]}, "（缺条号） 有误（'article'"),
        ("第三条", "“第三条”不是一条要点"),
    ],
)
def test_article_against_the_schema_is_refused_with_its_place(catalog, row, complaint):
    with pytest.raises(BadKnowledge, match=f"^a.yaml：.*{complaint}"):
        list(digests_from(file(row), catalog, "a.yaml"))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (file(ROW, law="灯笼法"), "目录里没有“灯笼法”"),
        (file(ROW, edition="1999-01-01"), "没有 1999-01-01 这个版本，目录里是 2010-03-01、2019-11-05"),
        (file(ROW, ROW), "第三条 写了两次"),
        (None, "应有 law、edition、articles 三项"),
        (["x"], "应有 law、edition、articles 三项"),
    ],
)
def test_file_against_the_schema_is_refused(catalog, content, complaint):
    with pytest.raises(BadKnowledge, match=f"^a.yaml：.*{complaint}"):
        all_digests({"a.yaml": content}, catalog)


def test_two_files_for_one_edition_are_refused(catalog):
    with pytest.raises(BadKnowledge, match=r"b\.yaml：花灯办法 2019-11-05 已在 a\.yaml 里写了要点"):
        all_digests({"a.yaml": file(ROW), "b.yaml": file({**ROW, "article": "第四条"})}, catalog)


def test_shipped_digests_are_whole():
    catalog = load_catalog()
    digests = load_digests(catalog)
    assert len(digests) > 1000
    for digest in digests:
        where = f"{digest.law} {digest.article}"
        assert digest.topic, where
        assert set(digest.types) <= set(TYPES), where
        assert set(digest.matters) <= set(MATTERS), where
        assert all(point.say and point.confidence in CONFIDENCE for point in digest.points), where
        assert digest.asks, where
        assert all(len(ask) >= 2 for ask in digest.asks), where  # a bare string would have come out letter by letter


def test_no_figure_of_a_core_article_is_left_out_of_its_digest(official):
    """Numbers of articles and parts aside; the plan speaks in figures of speech (四个意识) and is left out."""
    lost = []
    for digest in official.digests:
        law, held = official.law(digest.law), official.held.get((digest.law, digest.edition))
        article = held.text.article(digest.article) if held and law.core and law.rank != "规划" else None
        said = quantities("\n".join(point.say for point in digest.points)) if article else []
        for figure in figures_in(article.text) if article else ():
            if figure.unit not in ("条", "款", "项", "次") and not supported(figure, said):
                lost.append(f"{law.title} {digest.edition} {digest.article}：{article.text[max(0, figure.start - 10) : figure.end + 4]}")
    assert lost == []
