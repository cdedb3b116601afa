from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from assistant.quotes import LONGEST, citation, widened
from corpus.article import Article, Edition, Law
from corpus.library import Entry

ON = date(2026, 1, 1)
LAW = Law("invented", "试验规定", rank="部门规章", editions=(Edition("2020-01-01", date(2020, 1, 1)),))
WORDS = st.text("理事会员章程登记公告材料日月年一二三", min_size=2, max_size=120)


def entry(text: str) -> Entry:
    return Entry(LAW, LAW.editions[0], "第一条", Article("第一条", text), None)


def test_a_quote_is_drawn_out_over_two_paragraphs_that_are_both_used() -> None:
    paragraphs = ["理事会由五人组成。" + "理" * 150, "会员大会每年开一次。" + "会" * 140]
    held = entry("\n".join([*paragraphs, "其他" * 40]))
    first = citation(held, 1, "理事会由五人组成", "第一款", ON)
    assert first.quote == paragraphs[0]
    wider = widened(first, held, "会员大会每年开一次", "第二款")
    assert wider
    assert wider.quote == "\n".join(paragraphs)
    assert wider.address.place == ""


def test_what_would_be_too_long_needs_a_number_of_its_own() -> None:
    held = entry("\n".join(["理事会由五人组成。" + "理" * 200, "会员大会每年开一次。" + "会" * 200]))
    first = citation(held, 1, "理事会由五人组成", "第一款", ON)
    assert widened(first, held, "会员大会每年开一次", "第二款") is None


@given(st.lists(WORDS, min_size=1, max_size=6), st.data())
def test_a_quote_is_always_one_slice(lines: list[str], data: st.DataObject) -> None:
    held = entry("\n".join(lines))
    known = citation(held, 1, data.draw(st.sampled_from(lines)), "", ON)
    wider = widened(known, held, data.draw(st.sampled_from(lines)), "")
    for one in filter(None, (known, wider)):
        assert one.quote in "\n".join(lines)
        assert len(one.quote) <= LONGEST
