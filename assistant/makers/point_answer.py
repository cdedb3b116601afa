"""The usual answer: the statements that fit the question, conclusion first, then the rest of the article, then other articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from assistant.draft import Draft
from assistant.makers.computed import by_bracket, workings
from assistant.makers.points import Scored, figures_asked, gives, score_points
from assistant.turn import Block, Sentence, Turn
from index.search import Search

HITS = 24
SECOND_CONCLUSION = 0.02
DETAIL = 0.08
MOST_DETAILS = 6
RELATED = 0.025
MOST_RELATED = 2


def maker(search: Search) -> Callable[[Turn, Draft], bool]:
    """The point maker over a release."""

    def make(turn: Turn, draft: Draft) -> bool:
        """Fill the draft with a point answer; False where no found article has anything to say."""
        hits = [hit for hit in turn.hits if hit.kind == "article"][:HITS]
        scored = by_bracket(turn.asked, score_points(turn.asked, hits, search))
        if not scored:
            return False
        write(draft, scored, figures_asked(turn.asked))
        _worked(turn, draft, scored)
        return True

    return make


def write(draft: Draft, scored: Sequence[Scored], figures: Sequence[frozenset[str]] = ()) -> None:
    """Conclusion, the lead article's other fitting points, and at most two points of other articles.

    Each kind of figure that is asked for (its units in `figures`) stands in the conclusion where the lead article gives it."""
    lead = scored[0]
    conclusion = [lead, *(s for s in scored[1:2] if s.score >= lead.score - SECOND_CONCLUSION)]
    for asked in figures:
        given = (s for s in scored if s.unit == lead.unit and s.score >= lead.score - DETAIL and gives(s, asked))
        conclusion += [] if any(gives(s, asked) for s in conclusion) else [*islice(given, 1)]
    draft.add("paragraph", [[_sentence(draft, s)] for s in conclusion], tone="lead")
    _details(draft, scored, conclusion)
    _related(draft, scored, conclusion)


def _worked(turn: Turn, draft: Draft, scored: Sequence[Scored]) -> None:
    """Sums come right after the conclusion; their figures are worked out, so verification takes them by the statement they rest on."""
    sums = [[draft.sentence(text, statement.addresses, statement.place)] for text, statement in workings(turn.asked, turn.slots.types, scored, turn.today)]
    if sums:
        draft.blocks.insert(1, Block("paragraph", tuple(tuple(row) for row in sums), "计算", "computed"))


def _sentence(draft: Draft, scored: Scored) -> Sentence:
    return draft.sentence(scored.say, scored.addresses, scored.place)


def _details(draft: Draft, scored: Sequence[Scored], used: Sequence[Scored]) -> None:
    lead = used[0]
    same = [s for s in scored if s.unit == lead.unit and s not in used and not s.silent and s.score >= lead.score - DETAIL][:MOST_DETAILS]
    draft.add("list", [[_sentence(draft, s)] for s in sorted(same, key=lambda s: s.number)], title=lead.topic)


def _related(draft: Draft, scored: Sequence[Scored], used: Sequence[Scored]) -> None:
    lead = used[0]
    seen = {s.unit for s in used}
    rows: list[Scored] = []
    for candidate in scored:
        if candidate.score < lead.score - RELATED or len(rows) >= MOST_RELATED:
            break
        if candidate.unit not in seen and not candidate.silent:
            seen.add(candidate.unit)
            rows.append(candidate)
    draft.add("list", [[_sentence(draft, s)] for s in rows], title="相关规定")
