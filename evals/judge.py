"""A language model as a second opinion on answers: reported beside the deterministic measures with its agreement with them, never a gate.

Each answer is judged twice (temperature 0); "unknown" counts against the answer, and what cannot be read is counted, not hidden.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from assistant.errors import ModelProblem
from assistant.makers.model import Endpoint, Model
from evals import measures
from evals.case import Case
from evals.record import Record
from evals.run import EvalProblem, Run

ROUNDS = 2
YES, NO, UNKNOWN = "yes", "no", "unknown"
SYSTEM = (
    "你核对一份回答是否含有给定的事实。只看回答的文字，不用你自己的知识。对每条事实回答 yes（回答里有，数字也对）、no（没有或不对）"
    "或 unknown。再判断回答里有没有与这些事实相反的说法。只输出 JSON，不要别的文字，形如 "
    '{"facts": ["yes", "no"], "contradiction": "no"}'
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """One reading of one answer: a verdict per fact, and on contradiction."""

    facts: tuple[str, ...]
    contradiction: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge found over a run: shares, how far its two readings and the deterministic measure agree with it, and what failed."""

    answers: int
    facts: int
    fact_recall: float
    contradiction: float
    self_agreement: float
    agreement: float
    kappa: float
    errors: tuple[str, ...]


class Judge:
    """Reads answers through a function from (system, user) text to the model's words."""

    def __init__(self, say: Callable[[str, str], str]) -> None:
        self._say = say

    @classmethod
    @contextmanager
    def of(cls, settings: Any) -> Iterator[Judge]:
        """The judge at the office's model endpoint, whose connections end with the block. Raises EvalProblem where none is set."""
        if not settings.model_url:
            raise EvalProblem("--judge 需要先设置 SHEZU_MODEL_URL 和 SHEZU_MODEL_NAME")
        model = Model(Endpoint(settings.model_url, settings.model_name, settings.model_key, settings.model_timeout))
        try:
            yield cls(lambda system, user: "".join(model.pieces(system, user)))
        finally:
            model.close()

    def read(self, case: Case, record: Record) -> Opinion:
        """One reading. Raises ModelProblem where the model fails, ValueError where its words cannot be read."""
        wanted = [nugget.fact for nugget in case.nuggets if nugget.vital]
        listed = "\n".join(f"{number}. {fact}" for number, fact in enumerate(wanted, 1))
        return opinion(self._say(SYSTEM, f"<问题>{case.turns[-1]}</问题>\n<事实>\n{listed}\n</事实>\n<回答>\n{record.answer}\n</回答>"), len(wanted))


def opinion(said: str, facts: int) -> Opinion:
    """The model's words as an opinion on so many facts. Raises ValueError."""
    found = re.search(r"\{.*\}", said, re.S)
    if not found:
        raise ValueError(f"没有 JSON：{said[:60]}")
    row = json.loads(found[0])
    verdicts = tuple(str(verdict).lower() for verdict in row.get("facts") or ())
    contradiction = str(row.get("contradiction", UNKNOWN)).lower()
    if len(verdicts) != facts or not {*verdicts, contradiction} <= {YES, NO, UNKNOWN}:
        raise ValueError(f"应有 {facts} 条 yes/no/unknown，得到 {said[:60]}")
    return Opinion(verdicts, contradiction)


def judge_run(found: Run, judge: Judge, bar: Callable[[Iterable[Any], str], Iterable[Any]]) -> Judged:
    """Every answered case of a run with vital facts, read twice. Contradictions count where either reading says yes or unknown."""
    asked = [(case, found.records[case.id]) for case in found.cases() if case.id in found.records and _readable(case, found.records)]
    readings: list[tuple[Case, Record, list[Opinion]]] = []
    errors: list[str] = []
    for case, record in bar(asked, "请模型评"):
        opinions = []
        for _ in range(ROUNDS):
            try:
                opinions.append(judge.read(case, record))
            except (ModelProblem, ValueError) as problem:
                errors.append(f"{case.id}：{problem}")
        if opinions:
            readings.append((case, record, opinions))
    return _sum(readings, errors)


def _readable(case: Case, records: Mapping[str, Record]) -> bool:
    return bool(records[case.id].answer) and case.expect == "answered" and any(nugget.vital for nugget in case.nuggets)


def _sum(readings: Sequence[tuple[Case, Record, list[Opinion]]], errors: Sequence[str]) -> Judged:
    verdicts: list[tuple[bool, bool]] = []
    same: list[bool] = []
    contradicted: list[float] = []
    for case, record, opinions in readings:
        text = measures.normalise(record.answer)
        ours = [measures.present(nugget, text) for nugget in case.nuggets if nugget.vital]
        for one in opinions:
            verdicts += list(zip(ours, (verdict == YES for verdict in one.facts), strict=True))
        same += [a == b for first, second in pairwise(opinions) for a, b in zip(first.facts, second.facts, strict=True)]
        contradicted.append(float(any(one.contradiction != NO for one in opinions)))
    return Judged(
        answers=len(readings),
        facts=len(verdicts),
        fact_recall=measures.mean([float(theirs) for _, theirs in verdicts]),
        contradiction=measures.mean(contradicted),
        self_agreement=measures.mean([float(value) for value in same]),
        agreement=measures.mean([float(ours == theirs) for ours, theirs in verdicts]),
        kappa=kappa(verdicts),
        errors=tuple(errors),
    )


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Cohen's κ = (p_o − p_e) / (1 − p_e) of two readers (Cohen 1960); 1 where both always say the same one thing, NaN without pairs."""
    if not pairs:
        return float("nan")
    observed = sum(a == b for a, b in pairs) / len(pairs)
    first, second = (sum(pair[reader] for pair in pairs) / len(pairs) for reader in (0, 1))
    expected = first * second + (1 - first) * (1 - second)
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)
