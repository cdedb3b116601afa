import pytest

from assistant.figures import unsupported


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("个人会员 50 个以上", "五十个以上的个人会员"),
        ("最多 15 日", "十五日以内"),
        ("不低于 800 万元", "不低于800万元人民币"),
        ("三分之二以上同意", "2/3以上"),
        ("比例 70%", "百分之七十"),
        ("3 月 31 日前", "每年3月31日前"),
        ("罚 2 万元到 20 万元", "二万元以上二十万元以下"),
    ],
)
def test_the_same_figure_in_another_script_is_supported(sentence: str, source: str) -> None:
    assert unsupported(sentence, [source]) == []


@pytest.mark.parametrize(
    ("sentence", "source", "missing"),
    [("个人会员 60 个以上", "五十个以上", "60 个"), ("20 日内决定", "30日内", "20 日"), ("2 年", "2个月", "2 年"), ("罚款 3 倍", "罚款3元", "3 倍")],
)
def test_another_value_or_unit_is_not(sentence: str, source: str, missing: str) -> None:
    assert unsupported(sentence, [source]) == [missing]


def test_article_numbers_are_not_figures() -> None:
    assert unsupported("依第十条第一款第（三）项", ["没有数字"]) == []
