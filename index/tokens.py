"""The only place that cuts Chinese: single characters and character bigrams, plus the lay → legal synonym table."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from corpus.catalog import read_yaml
from corpus.clean import to_simplified
from corpus.errors import BadKnowledge

DATA = Path(__file__).parent / "data"
RUN = re.compile(r"[\u3400-\u9fff〇]+|[a-z]+|\d+(?:\.\d+)?")
SYNONYM_WEIGHT = 0.6


def fold(text: str) -> str:
    """One form for search: NFKC, lower case, simplified script."""
    return to_simplified(unicodedata.normalize("NFKC", text)).lower()


def tokens(text: str) -> list[str]:
    """Characters and bigrams of each Chinese run; Latin words and numbers whole."""
    cut: list[str] = []
    for run in RUN.findall(fold(text)):
        if run[0].isascii():
            cut.append(run)
        else:
            cut += run
            cut += (run[i : i + 2] for i in range(len(run) - 1))
    return cut


@lru_cache(maxsize=1024)
def token_set(text: str) -> frozenset[str]:
    """The distinct tokens of a text; remembered, since the same statements are compared again and again."""
    return frozenset(tokens(text))


@lru_cache(maxsize=1)
def synonyms() -> dict[str, tuple[str, ...]]:
    """The shipped table: what people say → what the law says. Raises BadKnowledge for an entry without a target."""
    table = read_yaml(DATA / "synonyms.yaml")
    for word, targets in table.items():
        if not targets:
            raise BadKnowledge(f"synonyms.yaml：“{word}”没有对应的法律用语")
    return {fold(str(word)): tuple(map(str, targets)) for word, targets in table.items()}


def legal_words(question: str) -> list[str]:
    """The legal terms that the question's everyday words stand for, longest words first, none already in the question."""
    folded = fold(question)
    found: list[str] = []
    for word, targets in _longest_first():
        if word in folded:
            found += [target for target in targets if target not in folded and target not in found]
    return found


@lru_cache(maxsize=1)
def _longest_first() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted(synonyms().items(), key=lambda entry: len(entry[0]), reverse=True))


def query_weights(question: str) -> dict[str, float]:
    """Each token of the question with its weight: 1 as asked, less where it comes from a synonym."""
    return dict(_query_weights(question))


@lru_cache(maxsize=64)
def _query_weights(question: str) -> dict[str, float]:
    """Remembered for a moment: several stages of one answer weigh the same question."""
    weights: dict[str, float] = {}
    for token in tokens(question):
        weights[token] = 1.0
    for word in legal_words(question):
        for token in tokens(word):
            weights.setdefault(token, SYNONYM_WEIGHT)
    return weights
