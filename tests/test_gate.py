import pytest

from assistant.makers.gate import Flaw, flaw, loose_numbers
from assistant.makers.sentences import LONGEST, Said
from assistant.makers.sources import Source
from corpus.article import Address
from corpus.catalog import Catalog

TEXT = "花灯会登记要有四十个以上的花灯和三万元以上的灯油钱，分三类登记，参照渡口令第8号和本办法第五条办理，详见 www.huadeng.example。花灯会不得卖票。"
SOURCES = {code: Source(code, Address("huadenghui-dengji-banfa", "2019-11-05", "第三条"), "", TEXT) for code in ("SBCDF", "SGHJK", "SLMNP", "SQRST")}


def judged(catalog: Catalog, text: str, *codes: str) -> Flaw | None:
    return flaw(Said(text, codes or ("SBCDF",)), SOURCES, catalog)


@pytest.mark.parametrize(
    "text",
    [
        "登记要有 40 个以上的花灯和３万元以上的灯油钱。",
        "花灯会分三类登记。",
        "花灯会分 3 类登记。",
        "登記要有四十个以上的花燈。",
        "按本办法第五条办理登记，参照渡口令第八号。",
        "登记的事详见 www.huadeng.example。",
    ],
)
def test_what_the_source_says_passes(catalog: Catalog, text: str) -> None:
    assert judged(catalog, text) is None


@pytest.mark.parametrize("text", ["花灯会要有花灯[1]。", "花灯会要有花灯【3】。", "花灯会要有花灯⟦。"])
def test_other_marks_count_as_invented_sources(catalog: Catalog, text: str) -> None:
    assert judged(catalog, text) is Flaw.INVENTED


def test_marks_must_be_there_known_and_few(catalog: Catalog) -> None:
    said = "登记要有四十个以上的花灯。"
    assert flaw(Said(said, ()), SOURCES, catalog) is Flaw.UNMARKED
    assert judged(catalog, said, "SZZZZ") is Flaw.INVENTED
    assert judged(catalog, said, "SBCDF", "SZZZZ") is Flaw.INVENTED
    assert judged(catalog, said, *SOURCES) is Flaw.CROWDED
    assert judged(catalog, "登记要有花灯" * LONGEST) is Flaw.LONG


@pytest.mark.parametrize(
    "text",
    [
        "《花灯会登记办法》要求登记要有花灯。",
        "《花灯大全》要求登记要有花灯。",
        "花灯会登记办法要求登记要有花灯。",
        "九号灯令要求登记要有花灯。",
        "根据灯市管理法，登记要有花灯。",
        "花灯会登记细则要求有花灯。",
        "第六条要求登记要有花灯。",
        "第 12 条要求登记要有花灯。",
        "花灯局令第9号要求登记要有花灯。",
        "花灯〔2020〕12号要求登记要有花灯。",
        "登记花灯会详见 http://evil.example。",
        "登记花灯会详见灯会.中国。",
        "登记花灯会请写信到 a@b.cn。",
        "登记要有 fifty 个花灯。",
    ],
)
def test_titles_numbers_of_articles_and_addresses_are_the_programs_to_write(catalog: Catalog, text: str) -> None:
    assert judged(catalog, text) is Flaw.NAMED


@pytest.mark.parametrize(
    "text",
    [
        "登记要有九十个以上的花灯。",
        "登记要有９０个以上的花灯。",
        "登记要有肆拾伍个以上的花灯。",
        "登记要有㊿个以上的花灯。",
        "登记要有两个以上的花灯。",
        "登记要有半个花灯。",
        "花灯会分五类登记。",
        "花灯会登记要交一个灯棚。",
        "登记要有三万个以上的花灯。",
        "登记要有四十元以上的灯油钱。",
        "登记要有 40 平方米的花灯。",
        "花灯会评上 5A 登记。",
        "登记花灯会请打 12345。",
    ],
)
def test_numbers_that_the_source_does_not_hold_are_withheld(catalog: Catalog, text: str) -> None:
    assert judged(catalog, text) is Flaw.FIGURE


@pytest.mark.parametrize("text", ["今天天气晴朗，适合出门散步。", "我是人工智能助手，很高兴为您服务。", "请把身份证照片发给我们的客服。", "好。"])
def test_what_has_nothing_to_do_with_the_source_is_withheld(catalog: Catalog, text: str) -> None:
    assert judged(catalog, text) is Flaw.UNRELATED


def test_a_ban_turned_round_is_withheld(catalog: Catalog) -> None:
    assert judged(catalog, "花灯会不得卖票。") is None
    assert judged(catalog, "花灯会可以卖票。") is Flaw.REVERSED


@pytest.mark.parametrize("text", ["一般由双方一起办，一律当场办，一方面从快。", "什么时候参加队伍都行。"])
def test_sayings_are_no_numbers(text: str) -> None:
    assert loose_numbers(text, "") == []
