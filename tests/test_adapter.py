from __future__ import annotations

import lantern
import numpy as np
import pytest

from evals import adapter
from evals.case import Case
from index.adapter import Adapter, ridge
from index.release import current
from index.units import units


def test_a_known_turn_is_learned_from_pairs():
    chance = np.random.default_rng(2)
    questions = chance.standard_normal((400, 12)).astype(np.float32)
    turn = chance.standard_normal((12, 12)).astype(np.float32)
    assert ridge(questions, questions @ turn, 1e-3) == pytest.approx(turn, abs=1e-2)
    assert ridge(questions, questions @ turn, 1e9) == pytest.approx(np.eye(12), abs=1e-2)


def test_questions_of_the_held_out_fold_are_not_learned_from(lantern_library):
    found = list(units(lantern_library))
    texts = [passage.text for unit in found for passage in unit.passages]
    vectors = lantern.TokenHashes().passages(texts)
    rows = {tuple(vector.round(5)): text for vector, text in zip(vectors, texts, strict=True)}
    for fold in {adapter.fold_of(law) for law in (lantern.LAW, lantern.FERRY, lantern.LOCAL)}:
        questions, answers = adapter.asked(found, vectors, fold)
        learned = {rows[tuple(vector.round(5))] for vector in questions}
        held = {passage.text for unit in found if adapter.fold_of(unit.law) == fold for passage in unit.passages if passage.kind == "ask"}
        assert len(questions) == len(answers)
        assert learned
        assert not learned & held - {text for unit in found if adapter.fold_of(unit.law) != fold for text in [p.text for p in unit.passages]}


def test_three_ways_are_compared_on_the_same_cases(lantern_home, tmp_path):
    cases = [
        Case("a", "retrieval", "dev", ("渡船天黑停航吗",), "answered", ((("渡船规则", "第八条"),),)),
        Case("b", "retrieval", "dev", ("花灯会登记要几盏灯",), "answered", ((("花灯会登记办法", "第三条"),),)),
        Case(
            "c", "retrieval", "dev", ("两部都要",), "answered", ((("花灯会登记办法", "第三条"),), (("渡船规则", "第八条"),), (("甲水省花灯会条例", "第八条"),))
        ),
    ]
    found = adapter.compare(current(lantern_home), tmp_path / "vectors.sqlite", cases, lantern.TokenHashes())
    assert set(found) == {"words", "plain", "adapted"}
    assert len({row["cases"] for row in found.values()}) == 1
    assert found["plain"]["recall@5"] == 1
    straight = Adapter(np.eye(64, dtype=np.float32), {})
    again = adapter.compare(current(lantern_home), tmp_path / "vectors.sqlite", cases, lantern.TokenHashes(), straight)
    assert again == found | {"trained": found["plain"]}
