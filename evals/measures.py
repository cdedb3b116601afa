"""Measures: pure functions of a case and what was answered; formula and source in each docstring. A missing answer scores zero."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from corpus.numerals import chinese_number, number_value
from evals.case import Case, Nugget

Address = tuple[str, str]


def group_found(group: Sequence[Address], ranked: Sequence[Address]) -> int | None:
    """Rank (from 1) at which the first alternative of a gold group is found, or None."""
    ranks = [i for i, address in enumerate(ranked, 1) if address in group]
    return ranks[0] if ranks else None


def recall_at(case: Case, ranked: Sequence[Address], k: int) -> float:
    """|gold groups found in the top k| / |gold groups|."""
    found = [group_found(group, ranked[:k]) for group in case.gold]
    return sum(rank is not None for rank in found) / len(found) if found else math.nan


def reciprocal_rank(case: Case, ranked: Sequence[Address], k: int = 10) -> float:
    """1 / rank of the first gold article within k, else 0 (MRR@k is its mean)."""
    ranks = [rank for group in case.gold if (rank := group_found(group, ranked[:k]))]
    return 1 / min(ranks) if ranks else 0.0


def ndcg(case: Case, ranked: Sequence[Address], k: int = 10) -> float:
    """nDCG@k with gain 1 for the first article found of each gold group, discount 1 / log2(rank + 1) (Järvelin & Kekäläinen 2002).

    The ideal puts one article of each group first. Where every group has one article this is the usual binary nDCG.
    """
    ranks = [rank for group in case.gold if (rank := group_found(group, ranked[:k]))]
    ideal = sum(1 / math.log2(place + 2) for place in range(min(len(case.gold), k)))
    return sum(1 / math.log2(rank + 1) for rank in ranks) / ideal if ideal else math.nan


def rank_biased_overlap(first: Sequence[object], second: Sequence[object], p: float = 0.9) -> float:
    """Agreement of two rankings, the top counting most; 1 for the same ranking (Webber, Moffat & Zobel 2010, eq. 30 for equal depths)."""
    depth = min(len(first), len(second))
    agreement = [len(set(first[:d]) & set(second[:d])) / d for d in range(1, depth + 1)]
    return (1 - p) * sum(p ** (d - 1) * found for d, found in enumerate(agreement, 1)) + agreement[-1] * p**depth


def citation_recall(case: Case, cited: Sequence[Address]) -> float:
    """|gold groups cited| / |gold groups|."""
    return recall_at(case, cited, len(cited) or 1)


def citation_precision(case: Case, cited: Sequence[Address], supported: Sequence[Address]) -> float:
    """Share of citations that are gold or hold a vital nugget of the case (`supported`); 0 where nothing is cited."""
    gold = {address for group in case.gold for address in group}
    good = [address for address in cited if address in gold or address in supported]
    return len(good) / len(cited) if cited else 0.0


def nugget_recall(case: Case, answer: str, *, vital: bool = True) -> float:
    """Strict nugget recall (TREC RAG): |nuggets present| / |nuggets|, over the vital ones or all."""
    wanted = [nugget for nugget in case.nuggets if nugget.vital or not vital]
    text = normalise(answer)
    return sum(present(nugget, text) for nugget in wanted) / len(wanted) if wanted else math.nan


def gap(case: Case, whole: str, turned: str) -> float:
    """nugget_recall(answer to the question asked whole) − nugget_recall(answer to it as the last turn), −1 to 1; above 0 facts were lost.

    A measure of our own: over cases its mean is how many points dialogues lie behind the same questions asked whole.
    """
    return nugget_recall(case, whole) - nugget_recall(case, turned)


def present(nugget: Nugget, normalised: str) -> bool:
    """Whether every group of the nugget has an alternative in the normalised text."""
    return all(any(occurs(normalise(option), normalised) for option in group) for group in nugget.match)


def occurs(option: str, text: str) -> bool:
    """Substring match; an option that begins or ends with a digit must not be cut out of a longer number."""
    before = r"(?<![\d.])" if option[:1].isdigit() else ""
    after = r"(?![\d.]*\d)" if option[-1:].isdigit() else ""
    return re.search(before + re.escape(option) + after, text) is not None


def has_forbidden(case: Case, answer: str) -> bool:
    """Whether the answer holds a statement known to be wrong."""
    text = normalise(answer)
    return any(occurs(normalise(wrong), text) for wrong in case.forbidden)


def behaved(case: Case, outcome: str) -> bool:
    """Whether the outcome is the expected one."""
    return outcome == case.expect


def edition_right(case: Case, editions: Sequence[tuple[Address, str]]) -> bool | None:
    """Whether something is cited and every citation of the law asked about is of the edition asked about; None where the case names none.

    Version-correctness of arXiv 2605.23497, apart from whether the right article is cited (citation_recall) and from other laws (in_force).
    """
    if not case.edition:
        return None
    law = case.gold[0][0][0]
    return bool(editions) and all(edition == case.edition for (title, _), edition in editions if title == law)


NUMERAL = r"[零〇一二两三四五六七八九十百千万]+"
UNITS = "个|名|人|日|天|年|月|元|倍|次|份|届|周|家|位|级|类|种|工作|以上|以下|至|到|亿|小时|厘米|项|方面"


def normalise(text: str) -> str:
    """White space and commas out, full-width to half, 三分之二 → 2/3, 六十日 → 60日, 百分之十 → 10%; 万 stays a unit."""
    text = re.sub(r"[\s,，]+", "", text).translate({0xFF05: "%"} | {0xFF10 + i: 0x30 + i for i in range(10)})
    text = re.sub(rf"百分之({NUMERAL}|\d+(?:\.\d+)?)", lambda m: f"{_number(m[1])}%", text)
    text = re.sub(rf"({NUMERAL}|\d+)分之({NUMERAL}|\d+)", lambda m: f"{_number(m[2])}/{_number(m[1])}", text)
    text = re.sub(rf"({NUMERAL})(?={UNITS})", lambda m: _written(m[1]), text)
    text = re.sub(r"第(\d+)(?=[条款项])", r"第\1", text)
    return text.replace("天", "日").replace("个月", "月").replace("％", "%").lower()


def _number(text: str) -> str:
    return text if re.fullmatch(r"\d+(?:\.\d+)?", text) else str(number_value(text))


def _written(text: str) -> str:
    if text in ("万", "千", "百", "零", "〇"):
        return text
    if "万" in text and not text.startswith("万"):
        head, tail = text.split("万", 1)
        return f"{chinese_number(head)}万{chinese_number(tail) if tail else ''}"
    return str(chinese_number(text))


def leaks(case: Case, *texts: str) -> bool:
    """Whether a secret of the case stands in a text, also where blanks or hyphens part its characters."""
    seen = "\n".join(texts)
    bare = re.sub(r"[\s-]", "", seen)
    return any(secret in seen or secret in bare for secret in case.secrets)


def section_recall(case: Case, lines: Mapping[str, Sequence[str]], sections: Sequence[str]) -> float:
    """|nuggets of these sections of a checklist that stand in their section's lines| / |nuggets of these sections|; NaN where the case has none."""
    wanted = [nugget for nugget in case.nuggets if nugget.section in sections]
    texts = {section: normalise("\n".join(lines.get(section, ()))) for section in sections}
    return sum(present(nugget, texts[nugget.section]) for nugget in wanted) / len(wanted) if wanted else math.nan


def bootstrap(values: Sequence[float], rounds: int = 1000, seed: int = 20261123) -> tuple[float, float]:
    """95 % percentile interval of the mean by resampling cases (Efron 1979); the same seed gives the same interval."""
    known = np.array([value for value in values if not math.isnan(value)])
    if not len(known):
        return (math.nan, math.nan)
    drawn = np.random.default_rng(seed).integers(0, len(known), (rounds, len(known)))
    means = np.sort(known[drawn].mean(axis=1))
    return float(means[int(rounds * 0.025)]), float(means[int(rounds * 0.975) - 1])


def mean(values: Sequence[float]) -> float:
    """Mean of the values that are defined; NaN where none is."""
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan
