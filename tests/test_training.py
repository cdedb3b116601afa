"""What is learned from — the digests' and guides' everyday questions and the written exemplars — holds no question of the evaluation."""

from __future__ import annotations

import re

from corpus.library import Library
from evals.case import load
from index.intent import exemplars
from index.tokens import fold

SHORTEST = 4


def wording(text: str) -> str:
    """A question without signs and blanks, in one script and case."""
    return re.sub(r"[\W_]+", "", fold(text))


def test_no_question_that_is_learned_from_is_asked_by_a_case():
    library = Library()
    learned = {ask for digest in library.digests for ask in digest.asks} | {ask for guide in library.guides for ask in guide.asks}
    learned |= {text for _, text in exemplars()}
    assert len(learned) > 10_000
    wordings = {wording(text) for text in learned}
    asked = {case.id: wording(case.turns[-1]) for case in load()}
    assert [name for name, said in asked.items() if len(said) >= SHORTEST and said in wordings] == []
