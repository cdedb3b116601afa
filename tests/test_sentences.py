from __future__ import annotations

import pytest

from corpus.sentences import is_heading, plain, sentences_of, types_in


def test_sentences_keep_line_heading_and_types():
    text = "社会团体成立登记指南\n\n一、条件\n会员 50 个以上；资金 3 万元以上。\n二、基金会另看\n理事不少于 5 人。"
    found = [(s.text, s.line, sorted(s.types)) for s in sentences_of(text)]
    assert found[2:4] == [("会员50个以上；", 4, ["社会团体"]), ("资金3万元以上。", 4, ["社会团体"])]
    assert found[-1] == ("理事不少于5人。", 6, ["基金会"])
    assert [s.context for s in sentences_of(text)][2] == "社会团体成立登记指南\n一、条件"


def test_a_table_row_is_one_sentence():
    (row,) = sentences_of("活动资金 | 不低于 3 万元 | ")
    assert row.text == "活动资金，不低于3万元"


def test_full_width_digits_are_narrowed():
    assert plain("６ 月３０日，８％（民）") == "6月30日，8%（民）"


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("外国商会登记", {"外国商会"}),
        ("异地商会登记", {"行业协会商会", "社会团体"}),
        ("境外非政府组织代表机构", {"境外非政府组织代表机构"}),
        ("民非和基金会", {"民办非企业单位", "基金会"}),
        ("申请公开募捐", {"慈善组织"}),
        ("窗口时间", set()),
    ],
)
def test_types_are_read_from_words(text, types):
    assert types_in(text) == types


@pytest.mark.parametrize(
    ("line", "heading"),
    [("一、申请条件", True), ("申请材料", True), ("（三）办理流程", True), ("会员应当在50个以上", False), ("登记不收费。", False), ("先开会，再登记", False)],
)
def test_headings_are_short_and_no_sentences(line, heading):
    assert is_heading(line) is heading
