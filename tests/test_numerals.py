from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.numerals import NUMERAL, Quantity, chinese_number, quantities, to_chinese

ALPHABET = "零〇一二两三四五六七八九十百千万亿第条款项之（）()年月日天元个名家%％分多余过半数以上至—1234567890.,/ 号届次件一般统"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零一", 101),
        ("一百一十", 110),
        ("一百二十", 120),
        ("两百", 200),
        ("一千零一十", 1010),
        ("二〇二一", 2021),
        ("三万", 30_000),
        ("万", 10_000),
        ("十万", 100_000),
        ("二百万", 2_000_000),
        ("一亿二千万", 120_000_000),
        ("十亿零五万", 1_000_050_000),
        ("三万亿", 3 * 10**12),
        ("一千二百三十四万五千六百七十八", 12_345_678),
    ],
)
def test_chinese_numeral_has_its_value(text, value):
    assert chinese_number(text) == value


@pytest.mark.parametrize("text", ["", "12", "十a", "第十", "十 二", "½"])
def test_what_is_no_chinese_numeral_is_refused(text):
    with pytest.raises(ValueError, match="不是中文数字"):
        chinese_number(text)


def test_written_numerals_read_back_for_every_article_number():
    assert [chinese_number(to_chinese(n)) for n in range(10_000)] == list(range(10_000))


def test_article_numbers_are_written_as_laws_write_them():
    numbers = (1, 10, 11, 20, 100, 101, 110, 112, 1001, 1010)
    assert [to_chinese(n) for n in numbers] == ["一", "十", "十一", "二十", "一百", "一百零一", "一百一十", "一百一十二", "一千零一", "一千零一十"]


@pytest.mark.parametrize("number", [-1, 10_000])
def test_numbers_out_of_range_are_refused(number):
    with pytest.raises(ValueError, match="超出"):
        to_chinese(number)


def read(text: str) -> list[tuple[Fraction, str]]:
    return [(q.value, q.unit) for q in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("在三十日内办结", [(30, "日")]),
        ("20个工作日", [(20, "工作日")]),
        ("3万元以上", [(30_000, "元")]),
        ("三万元以上", [(30_000, "元")]),
        ("1,200,000元", [(1_200_000, "元")]),
        ("吸纳7.11万家单位", [(71_100, "个")]),
        ("支出15.8亿元", [(1_580_000_000, "元")]),
        ("五十个以上个人会员", [(50, "个")]),
        ("三分之二以上", [(Fraction(2, 3), "比例")]),
        ("三分之一", [(Fraction(1, 3), "比例")]),
        ("1/3", [(Fraction(1, 3), "比例")]),
        ("不低于8%", [(Fraction(8, 100), "比例")]),
        ("百分之十五", [(Fraction(15, 100), "比例")]),
        ("过半数通过", [(Fraction(1, 2), "比例")]),
        ("每年3月31日前", [(331, "日期")]),
        ("三至五年", [(3, "年"), (5, "年")]),
        ("年满十八周岁", [(18, "岁")]),
        ("两个月", [(2, "月")]),
    ],
)
def test_quantity_has_value_and_unit(text, expected):
    assert read(text) == expected


def test_a_full_date_gives_its_day_and_its_year():
    assert read("自2021年9月30日起") == [(930, "日期"), (2021, "年份")]


@pytest.mark.parametrize(
    "text",
    [
        "第十条",
        "第三条第二款第（一）项",
        "（二）",
        "民发〔2021〕78号",
        "第一百二十条之一",
        "一般情况",
        "统一管理",
        "有下列情形之一",
        "四类组织",
        "一个组织",
        "一、总则",
        "69号令",
    ],
)
def test_references_and_idioms_are_no_quantities(text):
    assert read(text) == []


def test_quantities_agree_whatever_script_and_counting_word():
    (written,), (plain,) = quantities("三十名"), quantities("30 人")
    assert written.agrees(plain)
    assert not written.agrees(quantities("30日")[0])
    assert not written.agrees(quantities("31人")[0])
    assert written.agrees(Quantity(Fraction(30), "", 0, 2))


@given(st.text(alphabet=ALPHABET, max_size=60))
def test_quantities_stand_where_they_say(text):
    found = quantities(text)
    assert [q.start for q in found] == sorted(q.start for q in found)
    assert all(0 <= q.start < q.end <= len(text) and q.value >= 0 for q in found)


@given(st.text(alphabet=NUMERAL.strip("[]"), min_size=1, max_size=12))
def test_every_run_of_numerals_has_a_value(text):
    assert chinese_number(text) >= 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01 起", [(101, "日期"), (2026, "年份")]),
        ("三分之一以上", [(Fraction(1, 3), "比例")]),
        ("百分之一百一十", [(Fraction(11, 10), "比例")]),
        ("拘留 5 至 10 日", [(5, "日"), (10, "日")]),
        ("2-20万元", [(20_000, "元"), (200_000, "元")]),
        ("5—10 个工作日", [(5, "工作日"), (10, "工作日")]),
        ("其中之一", []),
    ],
)
def test_dashed_dates_small_fractions_and_ranges_are_read_whole(text, expected):
    assert [(q.value, q.unit) for q in quantities(text)] == expected
