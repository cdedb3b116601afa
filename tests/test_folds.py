"""Folds within the train part of STARD."""

from __future__ import annotations

from evals import folds
from evals.case import Case


def test_folds_share_no_article_and_a_large_group_is_always_learned_from():
    def asked(name: str, *articles: int) -> Case:
        return Case(name, "stard", "dev", ("问",), "answered", tuple((("法", f"第{n}条"),) for n in articles))

    large = [asked(f"L{n}", n, n + 1) for n in range(folds.LARGE + 1)]
    small = [asked(f"S{n}", 1000 + n // 2) for n in range(120)]
    parts = list(folds.folds([*large, *small]))
    assert len(parts) == folds.FOLDS
    for learned, later in parts:
        seen = {address for case in learned for group in case.gold for address in group}
        assert later
        assert not seen & {address for case in later for group in case.gold for address in group}
        assert {case.id for case in large} <= {case.id for case in learned}
    assert sorted(case.id for _, later in parts for case in later) == sorted(case.id for case in small)
