"""The figures of a dashboard, worked out from the facts of answers: questions a day, matters, satisfaction, latency, withheld, articles."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.staff.facts import AnswerFact
from assistant.turn import Outcome, Status

ANSWERED, CLARIFY = Outcome.ANSWERED.value, Outcome.CLARIFY.value
# What ended without an answer to a question of ours; a refusal of what is none of our business is no failure.
UNANSWERED = frozenset({Status.REFUSED_NOT_FOUND, Status.REFUSED_UNKNOWABLE, Status.REFUSED_NOT_IN_FORCE, Status.ERROR})
STARS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
TOP = 15


@dataclass(frozen=True, slots=True)
class Day:
    """One day: questions, answered, asked back, unanswered, others refused, sentences withheld, milliseconds that half and 95 % stay under."""

    day: str
    questions: int
    answered: int
    asked_back: int
    unanswered: int
    refused: int
    withheld: int
    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All of them over some days; shares are 0 to 1, None where nothing was asked or rated."""

    days: tuple[Day, ...]
    questions: int
    unanswered: float | None
    rated: int
    satisfied: float | None
    withheld: int
    p50: float | None
    p95: float | None
    matters: tuple[tuple[str, int], ...]
    ratings: tuple[tuple[str, int], ...]
    articles: tuple[tuple[str, int], ...]


def figures(facts: Sequence[AnswerFact], first: date, last: date) -> Figures:
    """The figures of the answers of these days, both ends taken; a day without questions is there too."""
    by_day: dict[str, list[AnswerFact]] = {(first + timedelta(days=n)).isoformat(): [] for n in range((last - first).days + 1)}
    for fact in facts:
        by_day[fact.day].append(fact)
    stars = Counter(fact.rating for fact in facts if fact.rating)
    rated = sum(stars.values())
    return Figures(
        days=tuple(_day(day, of_day) for day, of_day in by_day.items()),
        questions=len(facts),
        unanswered=_share(sum(_unanswered(fact) for fact in facts), len(facts)),
        rated=rated,
        satisfied=_share(sum(count for star, count in stars.items() if star >= 3), rated),
        withheld=sum(fact.withheld for fact in facts),
        p50=quantile([fact.ms for fact in facts], 0.5),
        p95=quantile([fact.ms for fact in facts], 0.95),
        matters=_top(Counter(fact.matter for fact in facts)),
        ratings=tuple((words, stars[star]) for star, words in STARS.items()),
        articles=_top(Counter(f"《{title}》{article}" for fact in facts for title, article in fact.cited)),
    )


def quantile(values: Iterable[float], share: float) -> float | None:
    """The least value that at least this share of the values does not exceed; None of nothing."""
    ordered = sorted(values)
    return round(ordered[max(0, math.ceil(len(ordered) * share) - 1)], 1) if ordered else None


def _day(day: str, facts: Sequence[AnswerFact]) -> Day:
    answered = sum(fact.outcome == ANSWERED for fact in facts)
    asked_back = sum(fact.outcome == CLARIFY for fact in facts)
    unanswered = sum(_unanswered(fact) for fact in facts)
    refused = len(facts) - answered - asked_back - unanswered
    times = [fact.ms for fact in facts]
    return Day(day, len(facts), answered, asked_back, unanswered, refused, sum(f.withheld for f in facts), quantile(times, 0.5), quantile(times, 0.95))


def _unanswered(fact: AnswerFact) -> bool:
    return fact.status in UNANSWERED


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _top(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP])
