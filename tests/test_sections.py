from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import CorpusError, InexactText, NotAText
from corpus.numerals import to_chinese
from corpus.parse import parse
from corpus.sections import PREFACE

PLAN = """灯会五年规划

灯会这几年越办越热闹，定下本规划。

一、灯会的底子

灯会已有7.11万家。

二、要做的事

（一）添灯。每家添四十盏。

盏盏要亮。

（二）修棚

下列几处先修：

（1）桥头；

（2）渡口。

三、怎么落实

（一）出钱。灯油钱由会员凑。
（二）出力。会员轮流守夜。"""

NOTICE = """关于灯油的公告

各灯会：

一、灯油按盏发放，四十盏以下的灯会按下列办法领取：

（一）自己来领；

（二）托人来领。

二、灯油不得转卖。

三、本公告自2020年1月1日起执行。"""


def cut(text: str) -> list[tuple[str, str]]:
    return [(a.label, a.text) for a in parse(text, "灯.txt").articles]


def test_titled_sections_are_labelled_by_their_path():
    assert [label for label, _ in cut(PLAN)] == [
        PREFACE,
        "一、灯会的底子",
        "二、要做的事（一）添灯",
        "二、要做的事（二）修棚",
        "三、怎么落实（一）出钱",
        "三、怎么落实（二）出力",
    ]


def test_a_section_holds_its_heading_and_all_its_lines():
    texts = dict(cut(PLAN))
    assert texts[PREFACE] == "灯会这几年越办越热闹，定下本规划。"
    assert texts["二、要做的事（一）添灯"] == "（一）添灯。每家添四十盏。\n盏盏要亮。"
    assert texts["二、要做的事（二）修棚"] == "（二）修棚\n下列几处先修：\n（1）桥头；\n（2）渡口。"


def test_headings_of_a_section_are_its_path():
    article = parse(PLAN).article("三、怎么落实（二）出力")
    assert article is not None
    assert article.headings == ("三、怎么落实", "（二）出力")


def test_untitled_announcement_is_numbered_as_it_refers_to_itself():
    found = cut(NOTICE)
    assert [label for label, _ in found] == [PREFACE, "第一条", "第二条", "第三条"]
    assert found[1][1].endswith("（一）自己来领；\n（二）托人来领。")


def test_text_is_marked_as_sections():
    text = parse(PLAN)
    assert (text.style, text.title) == ("sections", "灯会五年规划")


def test_parts_chapters_and_sections_make_the_path_of_a_great_plan():
    text = "灯火纲要\n第一篇 灯\n第一章 花灯\n花灯要多。\n第二章 河灯\n第一节 扎灯\n竹骨纸面。\n第二节 放灯\n顺水而下。\n第二篇 会\n第三章 会长\n会长一人。"
    assert [label for label, _ in cut(text)] == [
        "第一篇 灯 第一章 花灯",
        "第一篇 灯 第二章 河灯 第一节 扎灯",
        "第一篇 灯 第二章 河灯 第二节 放灯",
        "第二篇 会 第三章 会长",
    ]


def test_narrow_brackets_are_labelled_like_wide_ones():
    text = PLAN.replace("（一）添灯", "(一)添灯").replace("（二）修棚", "(二)修棚")
    assert [label for label, _ in cut(text)] == [label for label, _ in cut(PLAN)]


def test_sections_of_one_name_are_told_apart():
    text = "灯会规划\n第一章 灯\n第一节 做法\n甲。\n第二章 会\n第一节 做法\n乙。\n第三章 灯\n第一节 做法\n丙。"
    labels = [label for label, _ in cut(text)]
    assert len(labels) == len(set(labels)) == 3
    twice = "灯会规划\n第一章 灯\n甲。\n第一章 灯\n乙。"
    assert [label for label, _ in cut(twice)] == ["第一章 灯", "第一章 灯（2）"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (PLAN.replace("二、要做", "三、要做"), "“三、要做的事”之前应为第 2 项"),
        (PLAN.replace("二、要做", "一、要做"), "“一、要做的事”之前应为第 2 项"),
        (PLAN.replace("（二）修棚", "（三）修棚"), "“（三）修棚”之前应为第 2 项"),
        (PLAN.replace("（一）添灯", "（二）添灯"), "“（二）添灯。每家添四十盏。”之前应为第 1 项"),
    ],
)
def test_broken_order_is_refused_with_the_place(text, place):
    with pytest.raises(InexactText, match=re.escape("灯.txt：" + place)):
        cut(text)


@pytest.mark.parametrize("text", ["灯会通知\n没有层次的一段话。", "灯会通知\n一、只有一项。", ""])
def test_page_without_structure_is_refused(text):
    with pytest.raises(NotAText, match="认不出是法规或政策正文"):
        cut(text)


@pytest.mark.parametrize("end", ["会员轮流守夜，", "会员要备：", "会员分成（"])
def test_truncated_last_section_is_refused_with_its_end(end):
    with pytest.raises(InexactText, match=f"“三、怎么落实（二）出力”没有写完（以“.*{end[-3:]}”结尾）"):
        cut(PLAN.replace("会员轮流守夜。", end))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


WORDS = st.text(alphabet="灯会油棚渡口，“”0123456789.", min_size=1, max_size=16).map(lambda words: f"灯{words}")


def test_section_that_is_one_titled_line_is_kept():
    found = cut(PLAN.replace("（一）出钱。灯油钱由会员凑。", "（一）出钱"))
    assert found[-2:] == [("三、怎么落实（一）出钱", "（一）出钱"), ("三、怎么落实（二）出力", "（二）出力。会员轮流守夜。")]


@given(st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=3)), min_size=2, max_size=9))
def test_a_written_plan_reads_back_exactly(sections):
    lines, wanted = ["灯会规划"], ""
    for number, (title, paragraphs) in enumerate(sections, 1):
        lines.append(f"{to_chinese(number)}、{title}。{title}照办。")
        lines += [paragraph + "。" for paragraph in paragraphs]
    wanted = squeezed("".join(lines[1:]))
    text = parse("\n".join(lines))
    assert squeezed("".join(article.text for article in text.articles)) == wanted
    assert len(text.articles) == len(sections)


@given(st.lists(st.text(alphabet="一二三十百、（）()第章节篇灯。；： 1", max_size=20), max_size=12))
def test_any_lines_are_cut_or_refused(lines):
    try:
        assert parse("\n".join(lines), "灯.txt").articles
    except CorpusError as refusal:
        assert "灯.txt" in str(refusal)
