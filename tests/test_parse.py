from __future__ import annotations

import contextlib
import re

import lantern
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.article import Text
from corpus.clean import repair, strip_markdown
from corpus.errors import CorpusError, InexactText, NotAText
from corpus.numerals import to_chinese
from corpus.parse import parse

HABITS = {
    "history above a mark": """# 灯会办法

2019年11月5日 花灯局第三次会议通过

<!-- INFO END -->

灯会办法

## 第一章 总 则

第一条 灯会不卖票。

第二条 灯会要有下列两样：

（一）花灯；

（二）灯油。

## 第二章 附 则

第三条 本办法自2020年1月1日起施行。""",
    "bold labels": """---
sidebar: auto
---

# 灯会办法

2019年11月5日花灯局第三次会议通过

## 第一章　总　则

**第一条**　灯会不卖票。

**第二条**　灯会要有下列两样：

（一）花灯；

（二）灯油。

## 第二章　附　则

**第三条**　本办法自2020年1月1日起施行。
""",
    "yaml head with status": """---
title: "灯会办法"
publish_date: "1999-01-01"
status: "废止或失效"
tags:
  - 部门规章
---
# 灯会办法

2019年11月5日花灯局令第9号公布

<!-- INFO END -->

## 第一章 总则

第一条　灯会不卖票。

第二条　灯会要有下列两样：
（一）花灯；
（二）灯油。

附　则

第三条　本办法自2020年1月1日起施行。
""",
    "page source with boxes, links and no blanks": """---
category:
 - 灯会
---

# 灯会办法

<div class="box"> <strong class="loud"> 修订时间 </strong> <p class="small">2019年11月5日</p> </div>

::: tip
:::

第一章 总则

第一条灯会不卖票。

第二条灯会要有[下列](https://example.org/1.html)两样：

（一）花灯；

（二）灯油。

第三条本办法自2020年1月1日起施行。
""",
}


def read(markdown: str) -> Text:
    return parse(repair(strip_markdown(markdown)).text, "灯会.md")


def labels(text: Text) -> list[str]:
    return [article.label for article in text.articles]


@pytest.mark.parametrize("habit", HABITS)
def test_every_habit_of_writing_gives_the_same_articles(habit):
    text = read(HABITS[habit])
    assert text.title == "灯会办法"
    assert [(a.label, re.sub(r"\s", "", a.text)) for a in text.articles] == [
        ("第一条", "灯会不卖票。"),
        ("第二条", "灯会要有下列两样：（一）花灯；（二）灯油。"),
        ("第三条", "本办法自2020年1月1日起施行。"),
    ]
    assert "2019年11月5日" in text.preamble
    assert re.sub(r"\s", "", text.articles[0].headings[0]) == "第一章总则"


def test_headings_above_an_article_are_those_still_open():
    text = read(
        "# 灯典\n\n第一编 总则\n第一章 灯\n第一节 花灯\n第一条 甲。\n第二节 河灯\n第二条 乙。\n第二章 会\n第三条 丙。\n"
        "第二编 分则\n第一分编 油\n第一章 油料\n第四条 丁。"
    )
    assert [a.headings for a in text.articles] == [
        ("第一编 总则", "第一章 灯", "第一节 花灯"),
        ("第一编 总则", "第一章 灯", "第二节 河灯"),
        ("第一编 总则", "第二章 会"),
        ("第二编 分则", "第一分编 油", "第一章 油料"),
    ]


def test_headings_stand_in_no_article():
    text = read(lantern.NEW_TEXT)
    assert not any("章" in article.text for article in text.articles)


def test_inserted_articles_follow_the_one_they_belong_to():
    text = read("# 灯会办法\n\n第一条 甲。\n\n第二条 乙。\n\n第二条之一 丙。\n\n第二条之二 丁。\n\n第三条 戊。")
    assert labels(text) == ["第一条", "第二条", "第二条之一", "第二条之二", "第三条"]


@pytest.mark.parametrize(("before", "missing"), [("第二条之二 丁。", "第二条之一"), ("第二条之一 丙。\n\n第二条之三 丁。", "第二条之二")])
def test_gap_among_inserted_articles_is_refused(before, missing):
    with pytest.raises(InexactText, match="中间有缺"):
        read(f"# 灯会办法\n\n第一条 甲。\n\n第二条 乙。\n\n{before}\n\n第三条 戊。")
    assert missing not in before


def test_numbers_run_past_a_hundred():
    text = read("# 灯典\n\n" + "\n\n".join(f"第{to_chinese(n)}条 第{to_chinese(n)}盏灯。" for n in range(1, 131)))
    assert labels(text)[-31:-28] == ["第一百条", "第一百零一条", "第一百零二条"]
    article = text.article("第一百二十条")
    assert article is not None
    assert article.text == "第一百二十盏灯。"


@pytest.mark.parametrize("label", ["第102条", "第 一百零二 条", "第一百〇二条", "第一〇二条"])
def test_unusual_numbers_get_the_label_that_citations_use(label):
    lines = [f"第{to_chinese(n)}条 灯。" for n in range(1, 104)]
    text = read("# 灯典\n\n" + "\n".join(lines).replace("第一百零二条", label))
    assert text.article("第一百零二条") is not None


@pytest.mark.parametrize(
    "line",
    [
        "第三条规定的灯会也算。",
        "第一条第二款所说的灯。",
        "第二条、第三条另算。",
        "第三条和第四条不适用。",
        "第三条所列的两样。",
        "第三条之规定照旧。",
        "第三条情形消失的。",
        "第四条中的灯。",
        "第三条的灯。",
        "第一章规定的灯会也算。",
        "第二章、第三章的罚则另算。",
    ],
)
@pytest.mark.parametrize("gap", [" ", ""])
def test_cross_reference_at_the_head_of_a_line_is_text(line, gap):
    text = read(f"# 灯会办法\n\n第一章 灯\n\n第一条{gap}灯会甲：\n\n{line}\n\n第二条{gap}灯会乙。\n\n第三条{gap}灯会丙。")
    assert labels(text) == ["第一条", "第二条", "第三条"]
    assert line in text.articles[0].text


@pytest.mark.parametrize("opening", ["中国公民都能办灯会。", "及时换灯。", "至少有四十盏灯。", "和平年月才办灯会。"])
def test_words_that_only_look_like_a_reference_open_an_article(opening):
    text = read(f"# 灯会办法\n\n第一条灯会甲。\n\n第二条{opening}\n\n第三条灯会丙。")
    assert labels(text) == ["第一条", "第二条", "第三条"]


def test_tables_stay_in_their_article():
    table = "| 灯数 | 灯油 |\n| --- | --- |\n| 四十 | 三万 |"
    text = read(f"# 灯会办法\n\n第一条 依下表：\n\n{table}\n\n第二条 完。")
    assert text.articles[0].text == f"依下表：\n{table}"


def test_page_that_is_mostly_a_table_is_no_law():
    rows = "\n".join(f"| {n} | 灯会 | 甲水 | 2019 |" for n in range(20))
    with pytest.raises(NotAText, match=r"灯会\.md：内容主要是表格清单"):
        read(f"# 灯会名册\n\n{rows}\n\n第一条 甲。\n\n第二条 乙。")


@pytest.mark.parametrize("gap", [" ", "　", ""])
@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([1, 2, 2, 3], "灯会.md：第二条重复出现"),
        ([1, 2, 4], "灯会.md：第二条之后应为第三条，却是第四条"),
        ([2, 3, 4], "灯会.md：正文开头之后应为第一条，却是第二条"),
        ([1, 2, 3, 2, 4], "灯会.md：第二条出现在第三条之后，条号倒退"),
        ([1, 2, 3, 1, 2, 3], "灯会.md：第一条出现在第三条之后"),
        ([1, 2, 12], "灯会.md：第二条之后应为第三条，却是第十二条"),
    ],
)
def test_broken_numbering_is_refused_with_the_place(gap, numbers, message):
    lines = [f"第{to_chinese(n)}条{gap}灯会第{i}样。" for i, n in enumerate(numbers)]
    with pytest.raises(InexactText, match=re.escape(message)):
        read("# 灯会办法\n\n" + "\n\n".join(lines))


@pytest.mark.parametrize("end", ["灯会应当在", "灯会，", "下列情形："])
def test_truncated_last_article_is_refused_with_its_end(end):
    with pytest.raises(InexactText, match=f"第三条没有写完（以“.*{end[-3:]}”结尾）"):
        read(f"# 灯会办法\n\n第一条 甲。\n\n第二条 乙。\n\n第三条 {end}")


def test_article_without_a_word_is_refused():
    with pytest.raises(InexactText, match="第二条只有条号没有内容"):
        read("# 灯会办法\n\n第一条 甲。\n\n第二条\n\n第三条 丙。")


def test_label_on_a_line_of_its_own_opens_an_article():
    text = read("# 灯会办法\n\n第一条\n\n甲。\n\n第二条\n\n乙。")
    assert [(a.label, a.text) for a in text.articles] == [("第一条", "甲。"), ("第二条", "乙。")]


@pytest.mark.parametrize("page_numbers", ["", "……1", "　3"])
def test_contents_list_is_not_the_body(page_numbers):
    contents = "\n\n".join(f"{heading}{page_numbers}" for heading in ("第一章 总则", "第二章 登记", "第三章 附则"))
    text = read(f"# 灯会办法\n\n目　录\n\n{contents}\n\n第一章 总则\n\n第一条 甲。\n\n第二章 登记\n\n第二条 乙。\n\n第三章 附则\n\n第三条 丙。")
    assert [a.headings for a in text.articles] == [("第一章 总则",), ("第二章 登记",), ("第三章 附则",)]
    assert "目　录" in text.preamble


def test_appendix_is_kept_behind_the_articles():
    text = read("# 灯会办法\n\n第一条 甲。\n\n第二条 乙。\n\n附件：灯会登记表\n\n姓名\n\n第一条 表的填法。")
    assert labels(text) == ["第一条", "第二条"]
    assert text.tail == "附件：灯会登记表\n\n姓名\n\n第一条 表的填法。"


@pytest.mark.parametrize("line", ["附具下列材料的，也可以：", "附件所列的灯不算。", "附表一并交来。", "附件", "附件1 灯会登记表"])
def test_no_article_is_lost_behind_a_line_about_an_attachment(line):
    text = read(f"# 灯会办法\n\n第一条 甲。\n\n第二条 乙。\n\n{line}\n\n第三条 丙。\n\n第四条 丁。")
    assert labels(text) == ["第一条", "第二条", "第三条", "第四条"]
    assert line in text.articles[1].text


def test_gap_behind_an_attachment_line_is_still_refused():
    with pytest.raises(InexactText, match="中间有缺"):
        read("# 灯会办法\n\n第一条 甲。\n\n第二条 乙。\n\n附件：表\n\n第四条 丁。")


def test_paragraphs_and_items_can_be_addressed():
    article = read(lantern.NEW_TEXT).article("第三条")
    assert article is not None
    assert article.part("第一款第二项") == "（二）有三万元以上的灯油钱；"
    assert article.part("第二款") == "灯棚可以向渡口租借。"


@pytest.mark.parametrize("text", ["", "灯", "灯会\n\n没有层次的一页。", "第一条 只有一条。"])
def test_what_has_no_structure_is_no_law(text):
    with pytest.raises(NotAText, match=r"灯会\.md：既没有"):
        read(text)


@pytest.mark.parametrize("number", ["九千九百九十九百", "一二三四五六", "千" * 12, "〇", "零"])
def test_absurd_numbers_are_refused_or_are_text(number):
    with pytest.raises(CorpusError):
        read(f"# 灯会\n\n第{number}条 甲。\n\n第{number}章\n\n{number}、乙。\n\n（{number}）丙。")


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


SENTENCES = st.text(alphabet="灯会油条款项第一二三附件年月，、：“”（）《》0123456789.", min_size=1, max_size=24)
SENTENCES = st.builds("{}{}。".format, st.sampled_from(["灯", "第一条规定的", "第二款所说的", "附具", "附件二所列的", "（略）"]), SENTENCES)
ITEMS = st.integers(0, 4).map(lambda count: [f"（{to_chinese(n)}）第{n}样灯；" for n in range(1, count + 1)])
ARTICLES = st.lists(st.tuples(st.lists(SENTENCES, min_size=1, max_size=3), ITEMS, st.sampled_from(["", "", "章", "节"])), min_size=2, max_size=14)


@given(ARTICLES, st.sampled_from([" ", "　", "\n", ""]), st.sampled_from(["\n", "\n\n"]))
def test_a_written_law_reads_back_exactly(drafts, gap, between):
    lines, wanted, numbers = ["灯会办法", "2019年11月5日公布"], [], {"章": 0, "节": 0}
    for number, (paragraphs, items, heading) in enumerate(drafts, 1):
        if heading:
            numbers[heading] += 1
            lines.append(f"第{to_chinese(numbers[heading])}{heading} 灯名")
        label, body = f"第{to_chinese(number)}条", ["灯会" + paragraphs[0], *items, *paragraphs[1:]]
        lines += [label + gap + body[0], *body[1:]]
        wanted.append((label, squeezed("".join(body))))
    text = parse(between.join(lines), "灯会")
    assert [(a.label, squeezed(a.text)) for a in text.articles] == wanted
    assert (text.title, text.tail) == ("灯会办法", "")
    assert text.preamble.startswith("2019年11月5日公布")


LINES = st.text(alphabet="第一二十百〇条章节款编之、（）() 　：:附件则目录灯。；规定|\n1", max_size=30)


@given(st.lists(LINES, max_size=14), st.booleans())
def test_any_lines_are_kept_whole_or_refused(lines, usual):
    page = "\n".join(["灯会办法", "第一条 甲。", *lines, "第二条 乙。"] if usual else lines)
    try:
        text = parse(page, "灯会")
    except CorpusError as refusal:
        assert "灯会" in str(refusal)
        return
    kept = squeezed(text.title + text.preamble + "".join(a.label + "".join(a.headings) + a.text for a in text.articles) + text.tail)
    assert sum(len(squeezed(a.text)) for a in text.articles) + len(squeezed(text.tail)) <= len(squeezed(page))
    assert set(squeezed(page)) <= set(kept)


@given(st.text(max_size=200))
def test_any_text_is_parsed_or_refused(text):
    assume(text.strip())
    with contextlib.suppress(CorpusError):
        assert parse(repair(text).text, "灯会").articles
