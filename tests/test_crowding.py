from __future__ import annotations

from corpus.article import Address
from evals import crowding
from evals.case import Case
from index.search import Hit


def hit(law: str, number: int) -> Hit:
    return Hit("article", Address(law, "2020-01-01", f"第{number}条"), law, "", 1 / number, 0.0)


HITS = [hit(law, number) for number, law in enumerate("aaaabacaddddddb", 1)]


def test_what_a_cap_wins_and_loses_is_counted():
    rows = [
        (Case("x", "retrieval", "dev", ("问",), "answered", ((("b", "第15条"),), (("a", "第1条"),))), HITS, set()),
        (Case("y", "retrieval", "dev", ("问",), "answered", ((("a", "第8条"),),)), HITS, set()),
    ]
    table = crowding.table(rows)
    assert (table["cases"], table["of several instruments"]) == (2, 1)
    assert (table["2"]["won"], table["2"]["lost"]) == (1, 1)
    assert (table["6"]["won"], table["6"]["lost"]) == (0, 0)
    assert table["2"]["recall@10 of several"] == 1


def test_the_product_s_own_reading_is_searched(lantern_search):
    cases = [Case("a", "retrieval", "dev", ("渡船天黑停航吗",), "answered", ((("渡船规则", "第八条"),),))]
    ((case, hits, named),) = crowding.found(lantern_search, cases)
    assert (case, named) == (cases[0], set())
    assert hits[0].title == "渡船规则"
