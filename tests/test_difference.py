from __future__ import annotations

from datetime import date

import lantern
import pytest

from corpus.article import Article
from corpus.catalog import load_catalog
from corpus.difference import changes, compare, marked, pairs, ratio
from corpus.errors import CorpusError
from corpus.intake import Texts, import_files
from corpus.library import Library

THEN, NOW = date(2015, 1, 1), date(2024, 1, 1)


def told(library: Library, before: date = THEN, after: date = NOW) -> list[str]:
    return list(compare(library, library.law(lantern.LAW), before, after))


def test_every_article_that_differs_is_told_with_what_changed(lantern_library):
    lines = told(lantern_library)
    assert lines[0] == "《花灯会登记办法》2010-03-01 文本 → 2019-11-05 文本"
    assert "改动 第一条：为了让花灯会办得热闹〔＋又安全〕，花灯局定下本办法。" in lines
    assert any(line.startswith("改动 第三条：") and "〔－三〕〔＋四〕十盏" in line and "〔－一〕〔＋三〕万元" in line for line in lines)
    assert "改动 第四条：花灯局收到申请后，应当在〔－三〕〔＋二〕十日内给出答复。" in lines
    assert "新增 第三条之一：灯棚设在河边的，应当备下两条小船。" in lines
    assert "新增 第五条：落灯以后十日内清扫街巷。" in lines
    assert "删去 原第五条" in lines
    assert not any("第二条" in line for line in lines)
    assert lines[-1] == "相同 1 条，改动 4 条，新增 2 条，删去 1 条"


def test_same_edition_on_both_days_has_nothing_to_compare(lantern_library):
    with pytest.raises(CorpusError, match=r"施行的是同一文本（2019-11-05）"):
        told(lantern_library, date(2021, 1, 1), NOW)


def test_day_without_an_edition_is_named(lantern_library):
    with pytest.raises(CorpusError, match="在 1990-01-01 没有施行中的版本"):
        told(lantern_library, date(1990, 1, 1), NOW)


def test_text_not_held_is_named_with_the_way_out():
    with pytest.raises(CorpusError, match=r"2010-03-01 文本还没有导入.*shezu corpus import"):
        told(Library(lantern.knowledge()))


def articles(*texts: str) -> tuple[Article, ...]:
    return tuple(Article(f"第{'一二三四五'[number]}条", text) for number, text in enumerate(texts))


def test_changes_tell_what_became_of_every_article_with_its_stretches():
    old = articles("灯会要有四十盏灯和灯油钱。", "灯会每年推举会长一人。", "灯油不退。")
    new = articles("灯会应当热闹而且安全。", "灯会要有四十盏灯和灯油钱。", "灯会每年推举会长两人。")
    found = list(changes(old, new))
    assert [(c.kind, c.before and c.before.label, c.after and c.after.label) for c in found] == [
        ("新增", None, "第一条"),
        ("条号变动", "第一条", "第二条"),
        ("改动", "第二条", "第三条"),
        ("删去", "第三条", None),
    ]
    assert found[2].stretches() == (("kept", "灯会每年推举会长"), ("gone", "一"), ("come", "两"), ("kept", "人。"))
    assert found[3].stretches() == (("gone", "灯油不退。"),)


def test_a_mark_in_another_width_is_no_change():
    old, new = articles("灯会要有下列条件:（一）灯;（二）油。"), articles("灯会要有下列条件：(一)灯；(二)油。")
    assert [change.kind for change in changes(old, new)] == ["相同"]
    moved = articles("灯会要有下列条件：(一)灯；(二)油和棚。")
    assert next(changes(old, moved)).stretches() == (("kept", "灯会要有下列条件:（一）灯;（二）油"), ("come", "和棚"), ("kept", "。"))


def test_moved_articles_are_followed():
    old = articles("灯会要有四十盏灯和灯油钱。", "灯会每年推举会长一人。")
    new = articles("灯会应当热闹而且安全。", "灯会要有四十盏灯和灯油钱。", "灯会每年推举会长两人。")
    assert {label: article.label for label, article in pairs(old, new).items()} == {"第二条": "第一条", "第三条": "第二条"}


def test_an_old_article_is_continued_by_one_new_article_only():
    old, new = articles("灯会要有四十盏灯。"), articles("灯会要有四十盏灯。", "灯会要有四十盏灯。")
    assert list(pairs(old, new)) == ["第一条"]


def test_likeness_is_one_for_equal_and_nothing_for_strangers():
    assert ratio("灯会 要有灯。", "灯会要有灯。") == 1
    assert ratio("灯会要有灯。", "渡船天黑停航，") == 0


def test_marks_show_what_went_and_what_came_and_shorten_the_rest():
    assert marked("收三十元。", "收四十元。") == "收〔－三〕〔＋四〕十元。"
    same = "灯" * 40
    assert marked(same + "甲", same + "乙") == f"{'灯' * 12}…{'灯' * 12}〔－甲〕〔＋乙〕"


def test_two_editions_of_a_great_law_are_compared(official_texts, tmp_path):
    files = sorted((official_texts / "法律").glob("慈善法*.md"))
    import_files(files, Texts(tmp_path), load_catalog())
    library = Library(texts=tmp_path)
    lines = list(compare(library, library.law("慈善法"), date(2020, 1, 1), date(2026, 1, 1)))
    assert "相同 " in lines[-1]
    assert sum(line.startswith("新增") for line in lines) >= 10
