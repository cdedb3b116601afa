from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.clean import is_one_line, is_traditional, reflow, repair, strip_markdown, tidy, to_simplified

GLOSSED = (
    "燈會(huì )由鄉鄰(lín )自願發(fā)起,每會(huì )設會(huì )長(zhǎng )一人。 一、燈會(huì )的發(fā)起 增強“四個(gè)會(huì )意”,堅定“兩個(gè)會(huì )心”,"
    "共有燈會(huì )7.11萬(wàn)家、燈油15.8億元,見(jiàn)燈發(fā)〔2021〕78號。 "
    "(一)發(fā)起的條件。燈會(huì )要有四十盞燈。 (二)發(fā)起的步驟。先見(jiàn)會(huì )長(zhǎng )。 "
    "二、燈會(huì )的經(jīng)費 經(jīng)費由會(huì )員湊齊,會(huì )員按戶(hù)出錢(qián)。"
)
PAGE = GLOSSED + " " + "會(huì )" * 600  # one line, as long as real scraped pages
PLAIN = re.sub(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔù]+ ?\)", "", GLOSSED)


def test_glosses_go_and_the_page_is_cut_into_paragraphs():
    repaired = repair(PAGE)
    lines = repaired.text.split("\n")
    assert "灯会由乡邻自愿发起,每会设会长一人。" in lines
    assert "一、灯会的发起" in lines[1]
    assert [line[:2] for line in lines if line.startswith(("一、", "二、"))] == ["一、", "二、"]
    assert any(line.startswith("(一)发起的条件") for line in lines)
    assert "ì" not in repaired.text


def test_every_repair_is_told():
    notes = repair(PAGE).notes
    assert len(notes) == 3
    assert re.fullmatch(r"去掉 6\d\d 处夹在字间的拼音注音", notes[0])
    assert notes[1:] == ("繁体转为简体", "按标题和段落重新分行")


def test_repair_drops_no_glyph_of_the_text():
    assert re.sub(r"\s", "", repair(GLOSSED).text) == re.sub(r"\s", "", to_simplified(PLAIN))


def test_quoted_terms_figures_and_document_numbers_stay_whole():
    text = repair(PAGE).text
    assert "增强“四个会意”,坚定“两个会心”,共有灯会7.11万家、灯油15.8亿元,见灯发〔2021〕78号。" in text


@pytest.mark.parametrize("mark", ["?", "\ufffd"])
def test_lost_glyph_comes_back_from_the_glosses_of_the_same_page(mark):
    page = GLOSSED.replace("先見(jiàn)會(huì )長(zhǎng )。", f"先見(jiàn){mark}huì){mark}huì)長(zhǎng )。")
    assert page != GLOSSED
    repaired = repair(page)
    assert "先见会长。" in repaired.text
    assert "按同页注音补回 1 个丢失的字" in repaired.notes


def test_lost_glyph_with_two_readings_on_the_page_is_the_one_written_before_its_neighbour():
    page = GLOSSED + "發(fā)燈、發(fā)燈。罰(fā)錢(qián)、罰(fā)錢(qián)。要?fā)錢(qián)。要?fā)燈。"
    text = repair(page).text
    assert "要罚钱。要发灯。" in text


def test_lost_glyph_that_the_page_never_glosses_is_left_visible():
    assert "?zzz)" in repair(GLOSSED + "?zzz)燈").text


@pytest.mark.parametrize(
    "text",
    ["会员(含a)四十人，见附表(b)。", "第一条 收费（元）应当公示。", "灯发〔2021〕78号、灯发[2021]78号、灯发（2021）78号"],
)
def test_ordinary_brackets_are_no_glosses(text):
    assert repair(text).text == text
    assert repair(text).notes == ()


def test_simplified_text_is_left_alone():
    text = "第一条 著名的灯会，乾坤朗朗。\n第二条 不卖票。"
    assert not is_traditional(text)
    assert repair(text).text == text


def test_traditional_text_becomes_simplified_glyph_by_glyph():
    assert repair("燈會應當備齊經費。").text == "灯会应当备齐经费。"


def test_page_with_lines_is_not_reflowed():
    text = "第一条 灯会，见“ 四个 ”字样。 一、不是标题。\n" * 3
    assert not is_one_line(text)
    assert repair(text.strip()).text == text.strip()


def test_reflow_breaks_before_headings_and_after_sentences_only():
    line = "灯会办法 第一条 灯会 要有 四十盏灯。 第二条 增强 “四个会意” 和乡情。 （一）甲； （二）乙。 “三个灯”另算。"
    assert reflow(line).split("\n") == [
        "灯会办法",
        "第一条 灯会 要有 四十盏灯。",
        "第二条 增强 “四个会意” 和乡情。",
        "（一）甲；",
        "（二）乙。",
        "“三个灯”另算。",
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029", "\x0b", "\x0c", "\x85"])
def test_every_kind_of_line_end_ends_a_line(end):
    assert tidy(f"第一条 灯。{end}第二条 会。") == "第一条 灯。\n第二条 会。"


@pytest.mark.parametrize("space", ["\u00a0", "\u2002", "\u2003", "\u2009", "\u202f"])
def test_every_kind_of_space_is_a_plain_space(space):
    assert tidy(f"甲{space}第一条") == "甲 第一条"


def test_invisible_characters_go():
    assert tidy("\ufeff灯\u200b会\u00ad\x00 \u3000\n\n") == "灯会"


@given(st.text(alphabet="灯会 \u3000\t\n\r\u2028\u200b\u00a0第一条。", max_size=40))
def test_tidying_twice_changes_nothing_more(text):
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(max_size=80))
def test_repair_of_any_text_ends(text):
    repair(text)


def test_yaml_head_goes():
    assert strip_markdown("---\ntitle: 灯会\ntags:\n - 灯\n---\n# 灯会办法\n") == "灯会办法"


def test_text_between_two_rules_is_no_yaml_head():
    assert "灯会办法" in strip_markdown("---\n灯会办法\n---\n第一条 甲。")


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("## 第一章　总则", "第一章　总则"),
        ("**第一条**　灯会。", "第一条　灯会。"),
        ("**第一条　**灯会。", "第一条　灯会。"),
        ("> 第一条 灯会。", "第一条 灯会。"),
        ("第一条 依[灯令](https://example.org/a)办理。", "第一条 依灯令办理。"),
        ("第一条 见灯发[2021]78号（试行）。", "第一条 见灯发[2021]78号（试行）。"),
        ("第一条 甲。<!-- INFO END -->", "第一条 甲。"),
        ("::: tip 提示", "提示"),
        (":::", ""),
        (":::第一条 灯会。", "第一条 灯会。"),
        ("<div class='x'><p>第一条 灯会。</p></div>", "第一条 灯会。"),
        ("应当在<strong>三十日内</strong>答复。", "应当在三十日内答复。"),
        ("&emsp;&emsp;第一条&nbsp;灯会&#12290;", "  第一条 灯会。"),
        ("灯多&于会; A&B", "灯多&于会; A&B"),
        ("<script>alert('第九条')</script>第一条 甲。", "第一条 甲。"),
        ("2 < 3，5 > 4", "2 < 3，5 > 4"),
    ],
)
def test_markup_goes_and_words_stay(markdown, text):
    assert strip_markdown(markdown) == text


def test_cells_of_an_html_table_stay_apart():
    text = strip_markdown("<table><tr><td>灯数</td><td>四十</td></tr></table>")
    assert re.sub(r"\s", "", text) == "灯数|四十|"
