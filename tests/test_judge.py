"""The model judge over real HTTP: agreement with the deterministic measure, "unknown" against the answer, and failures counted."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace
from typing import Any

import pytest
import scripted_model
from patience import PATIENCE

from evals import judge, run
from evals.case import Case, Nugget
from evals.judge import Judge, Opinion
from evals.record import Record
from evals.run import EvalProblem, Run

CASES = [
    Case("a", "answer", "dev", ("要多少会员？",), "answered", nuggets=(Nugget("五十个以上", (("50个",),)), Nugget("三十个单位", (("30个",),), vital=False))),
    Case("b", "answer", "dev", ("几天？",), "answered", nuggets=(Nugget("六十日", (("60日",),)),)),
    Case("c", "refuse", "dev", ("天气？",), "refused"),
    Case("d", "answer", "dev", ("没有回答的题？",), "answered", nuggets=(Nugget("六十日", (("60日",),)),)),
]
RECORDS = {
    "a": Record("a", "answered", answer="要五十个。"),
    "b": Record("b", "answered", answer="要三十日。"),
    "c": Record("c", "refused", answer="不归这里管"),
}


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(run, "load", lambda: CASES)
    return Run({"split": "dev", "tasks": None}, RECORDS, {})


def judged(kept: Run, script: scripted_model.Script) -> tuple[judge.Judged, scripted_model.ScriptedModel]:
    with scripted_model.serving(script) as model:
        settings = SimpleNamespace(model_url=model.url, model_name="m", model_key="", model_timeout=PATIENCE)
        with Judge.of(settings) as reading:
            return judge.judge_run(kept, reading, lambda rows, what: rows), model


def saying(*verdicts: str, contradiction: str = "no") -> str:
    return json.dumps({"facts": verdicts, "contradiction": contradiction})


def test_an_honest_judge_agrees(kept: Run) -> None:
    def script(asked: Any, reply: Any) -> None:
        reply.whole("好的：" + saying("yes" if "五十" in asked.body["messages"][-1]["content"].split("<回答>")[1] else "no"))

    found, model = judged(kept, script)
    assert (found.answers, found.facts, found.errors) == (2, 4, ())
    assert (found.agreement, found.kappa, found.self_agreement, found.fact_recall, found.contradiction) == (1, 1, 1, 0.5, 0)
    assert all(one.body["temperature"] == 0 for one in model.asked)
    assert {one.question for one in model.asked} == {"要多少会员？", "几天？"}
    assert not any("三十个单位" in json.dumps(one.body, ensure_ascii=False) for one in model.asked)


def test_unknown_counts_against_the_answer_and_against_agreement(kept: Run) -> None:
    found, _ = judged(kept, lambda asked, reply: reply.whole(saying("unknown", contradiction="unknown")))
    assert (found.fact_recall, found.agreement, found.contradiction) == (0, 0.5, 1)


def test_a_judge_that_changes_its_mind_shows(kept: Run) -> None:
    turns = iter(("yes", "no", "yes", "yes"))
    found, _ = judged(kept, lambda asked, reply: reply.whole(saying(next(turns))))
    assert found.self_agreement == 0.5


def test_what_cannot_be_read_is_counted_not_hidden(kept: Run) -> None:
    replies = iter((lambda r: r.whole("我觉得不错"), lambda r: r.whole(saying("yes", "yes")), lambda r: r.status(500), lambda r: r.whole(saying("no"))))
    found, _ = judged(kept, lambda asked, reply: next(replies)(reply))
    assert found.answers == 1
    assert [error.split("：")[0] for error in found.errors] == ["a", "a", "b"]


@pytest.mark.parametrize("said", ["", "没有", '{"facts": ["yes"]', '{"facts": ["maybe"], "contradiction": "no"}', '{"facts": [], "contradiction": "no"}'])
def test_words_that_are_no_opinion_are_refused(said: str) -> None:
    with pytest.raises(ValueError):
        judge.opinion(said, 1)


def test_an_opinion_may_stand_in_other_words() -> None:
    assert judge.opinion('想了想：{"facts": ["YES"], "contradiction": "no"}。', 1) == Opinion(("yes",), "no")


def test_kappa_by_hand() -> None:
    pairs = [(True, True)] * 4 + [(False, False)] * 3 + [(True, False)] * 2 + [(False, True)]
    assert judge.kappa(pairs) == pytest.approx((0.7 - 0.5) / 0.5)
    assert judge.kappa([(True, True)]) == 1
    assert math.isnan(judge.kappa([]))


def test_without_a_model_the_way_out_is_said() -> None:
    with pytest.raises(EvalProblem, match="SHEZU_MODEL_URL"), Judge.of(SimpleNamespace(model_url="")):
        pass
