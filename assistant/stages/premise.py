"""premise: a false or outdated premise in the question is corrected first (先说明：…), with the article that shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.draft import Draft
from assistant.makers.absent import unsaid
from assistant.named_article import unheld
from assistant.turn import Outcome, Sentence, Turn
from corpus.stale import load_stale
from index.search import Search

MOST = 2


def stage(search: Search) -> Callable[[Turn], Turn]:
    """Put the correction before the answer."""

    def premise(turn: Turn) -> Turn:
        answer = turn.answer
        if answer is None or answer.outcome is not Outcome.ANSWERED:
            return turn
        draft = Draft(search.library, turn.day, citations=list(answer.citations))
        sentences = []
        for now, cites in list(corrections(turn))[:MOST]:
            addresses = [a for cite in cites if (a := search.library.resolve(cite, turn.day))]
            sentences.append([draft.sentence(f"先说明：{now}。", addresses)])
        missing = unsaid(turn, search.library) or unheld(turn, search.library)
        if not sentences and not missing:
            return turn
        draft.add("paragraph", sentences, tone="premise")
        draft.add("paragraph", [[Sentence(missing)]] if missing else [], tone="info")
        corrected = replace(answer, blocks=(*draft.blocks, *answer.blocks), citations=tuple(draft.citations))
        return turn.having(answer=corrected, notes={**turn.notes, "premise": f"更正 {len(sentences)} 处{'，说明没有写' if missing else ''}"})

    return premise


def corrections(turn: Turn) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(what holds now, where it stands) for each stale statement or repealed instrument that the question takes for granted."""
    stale = load_stale()
    squeezed = re.sub(r"\s", "", turn.asked)
    for saying in stale.sayings:
        if saying.made_by(squeezed, squeezed, turn.day):
            yield saying.now, saying.cites
    for instrument in stale.named(squeezed):
        if instrument.gone(turn.day) and not instrument.doubtful:
            yield instrument.now, instrument.cites
