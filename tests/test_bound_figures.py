import pytest

from assistant.makers.bound_figures import misplaced

LAMPS = "灯会要有四十盏灯或者三十名乡邻。个人会员不少于五十个，单位会员不少于三十个。花灯局应当在二十日内答复，灯会应当在落灯以后十日内清扫街巷。"
FUND = "全国的灯会本金不低于800万元，地方的灯会本金不低于400万元，没有牌照的灯会本金不低于200万元。"
FINE = "偷灯的，处五日以上十日以下拘留，可以并处一千元以上三千元以下罚款。"


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("个人会员要有 50 个以上。", LAMPS),
        ("单位会员至少 30 个。", LAMPS),
        ("花灯局 20 日内答复。", LAMPS),
        ("落灯以后 10 日内要清扫街巷。", LAMPS),
        ("地方的灯会，本金最少 400 万元。", FUND),
        ("没有牌照的灯会本金至少二百万元。", FUND),
        ("偷灯拘留 5 至 10 日，可并罚 1000 元以上 3000 元以下。", FINE),
        ("灯会要有灯。", LAMPS),
    ],
)
def test_a_figure_by_its_own_words_stands(sentence: str, source: str) -> None:
    assert misplaced(sentence, [source]) == []


@pytest.mark.parametrize(
    ("sentence", "source", "wrong"),
    [
        ("个人会员要有 60 个以上。", LAMPS, ["60 个"]),
        ("个人会员要有 30 个以上。", LAMPS, ["30 个"]),
        ("单位会员至少 50 个。", LAMPS, ["50 个"]),
        ("花灯局 10 日内答复。", LAMPS, ["10 日"]),
        ("落灯以后 20 日内要清扫街巷。", LAMPS, ["20 日"]),
        ("地方的灯会，本金最少 800 万元。", FUND, ["800 万元"]),
        ("没有牌照的灯会本金至少四百万元。", FUND, ["四百万元"]),
        ("地方的灯会本金最多 400 万元。", FUND, ["400 万元"]),
        ("花灯局至少 20 日才答复。", LAMPS, ["20 日"]),
        ("偷灯可罚 1000 元以上 5000 元以下。", FINE, ["1000 元", "5000 元"]),
        ("偷灯拘留 5 日以上 15 日以下。", FINE, ["5 日", "15 日"]),
    ],
)
def test_a_figure_by_other_words_or_the_other_way_round_does_not(sentence: str, source: str, wrong: list[str]) -> None:
    assert misplaced(sentence, [source])[:1] == wrong[:1]


def test_a_figure_may_come_from_any_cited_source() -> None:
    assert misplaced("地方的灯会本金 400 万元，花灯局 20 日内答复。", [LAMPS, FUND]) == []
    assert misplaced("地方的灯会本金 400 万元。", [LAMPS]) == ["400 万元"]
