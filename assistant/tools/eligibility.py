"""eligibility: which type of organisation fits a few answers, and what is missing; every threshold is read from a digest's figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any

from assistant.tools.basis import Basis
from assistant.tools.findings import Row, ToolProblem, Verdict, overall
from assistant.turn import Citation
from assistant.wording import words
from corpus.digest import Figure
from corpus.library import Library

ORDER = {Verdict.OK: 0, Verdict.DOUBT: 1, Verdict.PROBLEM: 2}


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of a plan; None or "" where it is not said. Money in yuan, `state_percent` 0–100."""

    purpose: str = ""
    scope: str = ""
    people: int | None = None
    units: int | None = None
    money: int | None = None
    cash: bool | None = None
    state_percent: int | None = None
    fundraising: bool | None = None
    directors: int | None = None
    profit: bool | None = None
    premises: bool | None = None
    staff: bool | None = None
    supervisor: bool | None = None
    direct: bool | None = None
    barred: bool | None = None
    similar: bool | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """How one type fits: its rows and what they come to."""

    kind: str
    verdict: Verdict
    rows: tuple[Row, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """What stands in the way."""
        return tuple(row.text for row in self.rows if row.verdict is Verdict.PROBLEM)


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Every type with its rows, best first; `best` is "" where the answers rule out all of them."""

    on: date
    answers: Answers
    best: str
    fits: tuple[Fit, ...]
    advice: tuple[Row, ...]
    citations: tuple[Citation, ...]
    notices: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict of the best type."""
        return self.fits[0].verdict


def answers_from(values: Mapping[str, Any]) -> Answers:
    """Answers from plain values. Raises ToolProblem for an unknown question, a choice that is none, or a number below zero."""
    questions = words("eligibility")["questions"]
    known = {field.name for field in fields(Answers)}
    for name, value in values.items():
        if name not in known:
            raise ToolProblem(f"没有“{name}”这个问题，可填的是 {'、'.join(questions)}", name, value)
        choices = questions[name].get("choices")
        if choices and value and value not in choices:
            raise ToolProblem(f"{questions[name]['ask']}：不认识“{value}”，可选 {'、'.join(choices)}", name, value)
        if isinstance(value, int) and not isinstance(value, bool) and value < 0:
            raise ToolProblem(f"{questions[name]['ask']}：{value} 不能是负数", name, value)
    if (values.get("state_percent") or 0) > 100:
        raise ToolProblem(f"{questions['state_percent']['ask']}：{values['state_percent']} 超过 100", "state_percent", values["state_percent"])
    return Answers(**values)


def assess(library: Library, answers: Answers, *, on: date) -> Eligibility:
    """How each type fits the answers. Raises ToolProblem where the day's rules are not known here."""
    basis = Basis(library, on)
    found = [_fit(basis, kind, conditions, answers) for kind, conditions in words("eligibility")["types"].items()]
    fits = tuple(sorted(found, key=lambda fit: (_purpose_fails(fit), ORDER[fit.verdict], len(fit.missing))))
    best = fits[0].kind if not _purpose_fails(fits[0]) else ""
    advice = tuple(_advice(basis, fits[0]))
    return Eligibility(on, answers, best, fits, advice, tuple(basis.citations), basis.notices())


def _purpose_fails(fit: Fit) -> bool:
    return any(row.rule == "purpose" and row.verdict is Verdict.PROBLEM for row in fit.rows)


def _advice(basis: Basis, best: Fit) -> list[Row]:
    short = {row.rule for row in best.rows if row.verdict is Verdict.PROBLEM} & {"members", "money", "premises", "staff"}
    if not short or best.kind == "基金会":
        return []
    community = words("eligibility")["community"]
    return [Row("community", "够不上登记条件时", Verdict.UNCHECKED, community["text"], basis.cite(community["text"], *community["cite"]))]


def _fit(basis: Basis, kind: str, conditions: list[Mapping[str, Any]], answers: Answers) -> Fit:
    rows = tuple(_row(basis, condition, answers) for condition in conditions)
    return Fit(kind, overall(rows), rows)


def _row(basis: Basis, condition: Mapping[str, Any], answers: Answers) -> Row:
    verdict, text = TESTS[condition["test"]](basis, condition, answers)
    return Row(condition["rule"], condition["title"], verdict, text, basis.cite(text, *condition["cite"]))


def _unsaid(condition: Mapping[str, Any], *names: str) -> tuple[Verdict, str]:
    questions = words("eligibility")["questions"]
    asked = "；".join(questions[name]["ask"] for name in (names or (condition["answer"],)))
    return (Verdict.DOUBT if condition.get("vital") else Verdict.UNCHECKED), f"还没有说明：{asked}。"


def _is(basis: Basis, condition: Mapping[str, Any], answers: Answers) -> tuple[Verdict, str]:
    value = getattr(answers, condition["answer"])
    if not value:
        return _unsaid(condition)
    return (Verdict.OK, condition["good"]) if value == condition["want"] else (Verdict.PROBLEM, condition["bad"])


def _yes(basis: Basis, condition: Mapping[str, Any], answers: Answers) -> tuple[Verdict, str]:
    value = getattr(answers, condition["answer"])
    if value is None:
        return _unsaid(condition)
    good = value if condition["test"] == "yes" else not value
    bad = Verdict.DOUBT if condition.get("soft") else Verdict.PROBLEM
    return (Verdict.OK, condition["good"]) if good else (bad, condition["bad"])


def _asked(basis: Basis, condition: Mapping[str, Any], answers: Answers) -> tuple[Verdict, str]:
    return Verdict.UNCHECKED, condition["good"]


def _at_least(basis: Basis, condition: Mapping[str, Any], answers: Answers) -> tuple[Verdict, str]:
    money = answers.money
    case = _money_case(condition["figure"], answers)
    if case is None:
        return _unsaid(condition, "scope")
    figure = basis.figure(condition["cite"][0], condition["figure"][case])
    if money is None:
        return (Verdict.DOUBT, f"{figure.of}最少 {yuan(figure.value)}；还没有说明能到账多少。")
    enough = money >= figure.value
    short = "" if enough else f"，还差 {yuan(figure.value - money)}"
    return (Verdict.OK if enough else Verdict.PROBLEM), f"{figure.of}最少 {yuan(figure.value)}，现有 {yuan(Fraction(money))}{short}。"


def _money_case(figures: Mapping[str, str], answers: Answers) -> str | None:
    if "private" in figures and not answers.fundraising:
        return "private"
    return answers.scope or None


def _between(basis: Basis, condition: Mapping[str, Any], answers: Answers) -> tuple[Verdict, str]:
    value = getattr(answers, condition["answer"])
    least, most = (basis.figure(condition["cite"][0], condition[key]) for key in ("figure", "figure_most"))
    rule = f"{condition['of']}要有 {_plain(least)} 到 {_plain(most)} {most.unit}"
    if value is None:
        return _unsaid(condition)
    good = least.value <= value <= most.value
    return (Verdict.OK if good else Verdict.PROBLEM), f"{rule}，现有 {value} {most.unit}。"


def _share(basis: Basis, condition: Mapping[str, Any], answers: Answers) -> tuple[Verdict, str]:
    figure = basis.figure(condition["cite"][0], condition["figure"])
    least = figure.value.limit_denominator(100)
    if answers.state_percent is None:
        return _unsaid(condition)
    private = 1 - Fraction(answers.state_percent, 100)
    verdict = Verdict.OK if private >= least else Verdict.PROBLEM
    return verdict, f"非国有资产不能低于总财产的 {least.numerator}/{least.denominator}，现在非国有资产占 {100 - answers.state_percent}%。"


def _members(basis: Basis, condition: Mapping[str, Any], answers: Answers) -> tuple[Verdict, str]:
    cite = condition["cite"][0]
    people, units, mixed = (basis.figure(cite, condition[key]).value for key in ("figure", "figure_units", "figure_mixed"))
    rule = f"要有 {people} 个以上个人会员，或者 {units} 个以上单位会员，混合的总数不少于 {mixed} 个"
    if answers.people is None and answers.units is None:
        return _unsaid(condition, "people", "units")
    have_people, have_units = answers.people or 0, answers.units or 0
    enough = have_people >= people or have_units >= units or (bool(have_people and have_units) and have_people + have_units >= mixed)
    return (Verdict.OK if enough else Verdict.PROBLEM), f"{rule}；现有个人会员 {have_people} 个、单位会员 {have_units} 个。"


def _backed(basis: Basis, condition: Mapping[str, Any], answers: Answers) -> tuple[Verdict, str]:
    if answers.supervisor:
        return Verdict.OK, "业务主管单位已经同意。"
    if answers.direct:
        return Verdict.OK, "属于可以直接登记的四类，不用先找业务主管单位；当地是否还要征求意见，问登记窗口。"
    if answers.supervisor is None and answers.direct is None:
        return _unsaid(condition, "supervisor", "direct")
    if answers.direct is None:
        return Verdict.DOUBT, "业务主管单位还没有同意；属于可以直接登记的四类的，不用先找业务主管单位，请先确认。"
    return (Verdict.PROBLEM if answers.supervisor is False else Verdict.DOUBT), "不在可以直接登记的四类之内，要先经业务主管单位审查同意。"


def yuan(value: Fraction) -> str:
    """30000 → 3 万元; 35000 → 3.5 万元; 800 → 800 元."""
    if value < 10_000:
        return f"{float(value):g} 元"
    return f"{float(value / 10_000):.6g} 万元"


def _plain(figure: Figure) -> str:
    return f"{float(figure.value):g}"


Test = Callable[[Basis, Mapping[str, Any], Answers], tuple[Verdict, str]]
TESTS: Mapping[str, Test] = {
    "is": _is,
    "yes": _yes,
    "no": _yes,
    "asked": _asked,
    "at_least": _at_least,
    "between": _between,
    "share": _share,
    "members": _members,
    "backed": _backed,
}
