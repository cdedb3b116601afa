from __future__ import annotations

from datetime import date

import lantern
import pytest

from assistant.pipeline import Assistant
from corpus.article import Address
from index.search import Hit
from index.spread import FIRST, spread

TODAY = date(2024, 1, 1)


def hit(law: str, number: int) -> Hit:
    return Hit("article", Address(law, "2020-01-01", f"第{number}条"), law, "", 1 / number, 0.0)


def said(hits: list[Hit]) -> str:
    return "".join(one.address.law for one in hits)


HITS = [hit(law, number) for number, law in enumerate("aaaabacaddddddb", 1)]


def test_no_more_of_one_instrument_come_first_unless_it_is_named():
    assert said(spread(HITS, (), 2)) == "aabcddb" + "aaaadddd"
    assert said(spread(HITS, {"a"}, 2)) == "aaaabacadd" + "ddddb"
    assert said(spread(HITS, ())) == "aaaabacddd" + "adddb"


def test_with_five_the_first_five_never_change():
    for laws in ("aaaaaaaaaaaabcd", "abababababababab", "aaaaaabbbbbbcccccc"):
        hits = [hit(law, number) for number, law in enumerate(laws, 1)]
        assert spread(hits, ())[:5] == hits[:5]


@pytest.mark.parametrize("most", [1, 2, 5, 10, 20])
def test_nothing_is_lost_and_places_keep_their_scores(most):
    after = spread(HITS, (), most)
    assert [one.score for one in after] == [one.score for one in HITS]
    assert {one.address for one in after} == {one.address for one in HITS}
    rest = [int(one.address.article[1:-1]) for one in after[FIRST:]]
    assert rest == sorted(rest)
    assert spread([], (), most) == []


def test_the_list_that_readers_see_is_spread(lantern_search, monkeypatch):
    crowd = [hit(lantern.FERRY, number) for number in range(1, 9)] + [hit(lantern.LAW, 9)]
    monkeypatch.setattr(type(lantern_search), "search", lambda self, *args, **kwargs: crowd)
    assistant = Assistant.__new__(Assistant)
    assistant.search = lantern_search
    assert assistant.retrieve("天黑停航吗", today=TODAY)[5].address.law == lantern.LAW
    assert assistant.retrieve("渡船规则怎么说停航", today=TODAY)[5].address.law == lantern.FERRY
