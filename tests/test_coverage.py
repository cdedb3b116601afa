from __future__ import annotations

from datetime import date

import kites
import pytest

from corpus.coverage import coverage, report
from corpus.errors import BadKnowledge
from corpus.library import Library

TODAY = date(2026, 11, 23)
WANTED = {
    "full": ["纸鸢会登记规则"],
    "parts": {"纸鸢会登记规则": [1, [3, 5]]},
    "facts": ["风铃规则"],
    "guides": {"设立": ["zhiyuanhui-sheli"], "日常": ["zhiyuanhui-riji"]},
}


@pytest.fixture
def texts(tmp_path):
    return kites.import_texts(tmp_path / "home")


def test_everything_asked_for_is_there(texts):
    found = coverage(kites.library(kites.knowledge(), texts), WANTED)
    assert found.complete and found.guides == found.topics == 2 and found.lines == 8
    assert [(law.asked, law.digested, law.total, law.held) for law in found.laws] == [("全文", 8, 8, True), ("部分", 4, 4, True), ("要点", 1, 1, False)]


def test_missing_articles_guides_and_facts_are_named(texts):
    known = kites.knowledge()
    rows = known["digests"]["纸鸢会登记规则.yaml"]["articles"]
    rows[:] = [row for row in rows if row["article"] not in ("第四条", "第六条")]
    wanted = {**WANTED, "facts": ["绳索规则"], "guides": {"收线": ["shou-xian"]}}
    found = coverage(kites.library(known, texts), wanted)
    assert not found.complete
    assert [law.missing for law in found.laws] == [("第四条", "第六条"), ("第四条",), ("（一条也没有）",)]
    assert found.unguided == ("收线（shou-xian）",)
    lines = list(report(found))
    assert lines[0] == "全文｜《纸鸢会登记规则》2018-11-05｜6/8 条有要点｜缺 第四条、第六条"
    assert "要点：3 件文件，应有 13 条，已有 9 条" in lines and "办事指南：1 个主题，2 份指南，缺 收线（shou-xian）" in lines


def test_without_the_text_the_digests_there_are_count():
    found = coverage(kites.library(kites.knowledge(), None), WANTED)
    assert found.laws[0].total == 8 and not found.laws[0].held
    assert next(report(found)).startswith("全文｜《纸鸢会登记规则》2018-11-05（原文未导入）")


def test_an_unknown_law_is_named(texts):
    with pytest.raises(BadKnowledge, match="灯谜规则"):
        coverage(kites.library(kites.knowledge(), texts), {**WANTED, "full": ["灯谜规则"]})


def test_the_shipped_knowledge_has_every_guide_and_every_article_asked_for(official):
    found = coverage(official)
    assert found.unguided == () and found.uncited == ()
    assert [(law.law, law.missing) for law in found.laws if law.missing] == []


def test_every_article_that_a_guide_cites_has_a_digest():
    """Where no text is imported, the digest is all that can be shown behind the line."""
    library = Library()
    cited = {library.resolve(cite, TODAY) for guide in library.guides for _, line in guide.lines() for cite in line.cites}
    bare = {address for address in cited if address and not ((entry := library.entry(address)) and entry.digest)}
    assert None not in cited and bare == set()


def test_core_laws_are_asked_for_in_full():
    library = Library()
    assert {law.title for law in library.catalog if law.core} == {law.law for law in coverage(library).laws if law.asked == "全文"}
