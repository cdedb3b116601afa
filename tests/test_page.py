from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from official_site import CAPTCHA, GONE, gov_page, ministry_page

from corpus.errors import NotFetched
from corpus.extract import extract_bytes
from corpus.page import kind_of, read_page, refusal

TEXT = """渡船规则
（2001年1月1日渡船局公布）
第一条 渡船天黑以后停航，花灯会期间另行安排，船上要备两盏灯，船夫不得饮酒，乘客坐稳以后才可以离岸。
第二条 每年春天上一遍桐油，费用由渡口承担。
第三条 花灯会的船队由渡口统一编号，编号写在船头，灯笼挂在船尾。"""
URL = "https://www.gov.cn/zhengce/a.htm"


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ('<meta name="ArticleTitle" content=" 渡船规则 "><title>别的</title>', "渡船规则"),
        ("<title>渡船规则_国务院部门文件_中国政府网</title>", "渡船规则"),
        ("<title>渡船规则 - 中华人民共和国民政部</title>", "渡船规则"),
        ("<title></title><h1>渡船\n规则</h1>", "渡船规则"),
        ("<title>2021-2023年渡船方案</title>", "2021-2023年渡船方案"),
        ("", ""),
    ],
)
def test_the_title_without_the_site_s_own_name(markup, title):
    assert read_page(markup, URL).title == title


def test_word_and_pdf_files_are_found_with_their_words():
    markup = """<a href="./b.docx">附件：<b>渡船规则</b>.docx</a><a href="/c.PDF?x=1">目录</a><a href="d.html">别处</a>
    <a href="./b.docx">附件：<b>渡船规则</b>.docx</a><a href="http://[bad/x.docx">坏</a>"""
    assert read_page(markup, URL).attachments == (
        ("https://www.gov.cn/zhengce/b.docx", "附件：渡船规则.docx"),
        ("https://www.gov.cn/c.PDF?x=1", "目录"),
    )


@pytest.mark.parametrize("page", [gov_page("渡船规则", TEXT), ministry_page("渡船规则", TEXT)])
def test_the_text_of_a_government_page_comes_without_what_stands_around_it(page):
    assert extract_bytes(page.encode(), "a.html").text == TEXT
    assert refusal(page) == ""


def test_two_frames_are_never_taken_for_one():
    page = '<body><div class="TRS_Editor">' + "甲" * 200 + '</div><div class="TRS_Editor">' + "乙" * 200 + "</div></body>"
    text = extract_bytes(page.encode(), "a.html").text
    assert "甲" in text
    assert "乙" in text


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (CAPTCHA, "验证码"),
        (GONE, "网页不存在"),
        ("<html><body>您的访问过于频繁，请稍后再试</body></html>", "太频繁"),
        ("<html><body><noscript>请开启JavaScript</noscript><div id=app></div></body></html>", "脚本"),
        ("<html><body><h1>404 Not Found</h1></body></html>", "网页不存在"),
    ],
)
def test_a_wall_is_told_from_a_text(page, said):
    assert said in refusal(page)


def test_a_text_that_speaks_of_codes_is_no_wall():
    assert refusal("<p>第一条 网站可以使用验证码。</p><p>第二条 滑块也可以。</p>") == ""


@pytest.mark.parametrize(
    ("data", "declared", "kind"),
    [(b"PK\x03\x04..", "", "docx"), (b"%PDF-1.7", "text/html", "pdf"), (b"<p>x", "text/html; charset=gbk", "html"), (b"\n<!DOCTYPE html>", "", "html")],
)
def test_kinds_by_bytes_then_by_declaration(data, declared, kind):
    assert kind_of(data, declared, URL) == kind


def test_another_kind_is_refused():
    with pytest.raises(NotFetched, match="application/zip"):
        kind_of(b"BZh9", "application/zip", URL)


@given(st.text(max_size=400))
def test_any_markup_is_read(markup):
    read_page(markup, URL)
    refusal(markup)


@pytest.mark.parametrize("piece", ["<", "</", "<script", "<!--", "<a href='", "<noscript>", "&#", "<title>-_|"])
def test_a_page_of_nothing_but_openings_is_read_to_its_end(piece):
    markup = piece * 20_000
    assert refusal(markup) == ""
    assert read_page(markup, URL).attachments == ()
