"""The usual answer: the digest points that fit the question, conclusion first, then the rest of the article, then other articles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.draft import Draft
from assistant.makers.points import Scored, score_points
from assistant.quotes import quote
from assistant.turn import Sentence, Turn
from corpus.library import Entry
from index.search import Hit

HITS = 12
SECOND_CONCLUSION = 0.012
DETAIL = 0.055
MOST_DETAILS = 6
RELATED = 0.035
MOST_RELATED = 3
TEXT_ONLY_LEAD = 0.12


def make(turn: Turn, draft: Draft) -> bool:
    """Fill the draft with a point answer; False where no found article has anything to say."""
    hits = [hit for hit in turn.hits if hit.kind == "article"][:HITS]
    scored = score_points(turn.asked, hits, draft.library)
    extract = _text_only(hits, draft)
    if extract and (not scored or hits[0].score - _score_of(scored[0], hits) > TEXT_ONLY_LEAD):
        _extract(turn, draft, extract)
        return True
    if not scored:
        return False
    lead = scored[0]
    conclusion = [lead, *_seconds(scored)]
    draft.add("paragraph", [[_sentence(draft, s)] for s in conclusion], tone="lead")
    _details(draft, scored, conclusion)
    _related(draft, scored, conclusion)
    return True


def _score_of(scored: Scored, hits: Sequence[Hit]) -> float:
    return next((hit.score for hit in hits if hit.address == scored.entry.address), 0.0)


def _sentence(draft: Draft, scored: Scored) -> Sentence:
    return draft.sentence(scored.point.say, [scored.entry.address], scored.point.at)


def _seconds(scored: Sequence[Scored]) -> list[Scored]:
    """A second conclusion where another point fits almost as well."""
    return [s for s in scored[1:2] if s.score >= scored[0].score - SECOND_CONCLUSION]


def _details(draft: Draft, scored: Sequence[Scored], used: Sequence[Scored]) -> None:
    lead = used[0]
    taken = {(s.entry.address, s.number) for s in used}
    same = [s for s in scored if s.entry.address == lead.entry.address and (s.entry.address, s.number) not in taken]
    chosen = [s for s in same if s.score >= lead.score - DETAIL][:MOST_DETAILS]
    draft.add("list", [[_sentence(draft, s)] for s in sorted(chosen, key=lambda s: s.number)], title=lead.entry.digest.topic if lead.entry.digest else "")


def _related(draft: Draft, scored: Sequence[Scored], used: Sequence[Scored]) -> None:
    lead = used[0]
    seen = {s.entry.address for s in used}
    said = {s.point.say for s in used}
    rows: list[Scored] = []
    for candidate in scored:
        if candidate.score < lead.score - RELATED or len(rows) >= MOST_RELATED:
            break
        if candidate.entry.address not in seen and candidate.point.say not in said:
            seen.add(candidate.entry.address)
            rows.append(candidate)
    draft.add("list", [[_sentence(draft, s)] for s in rows], title="相关规定")


def _text_only(hits: Sequence[Hit], draft: Draft) -> Entry | None:
    entry = draft.library.entry(hits[0].address) if hits else None
    return entry if entry and entry.digest is None and entry.article else None


def _extract(turn: Turn, draft: Draft, entry: Entry) -> None:
    text, _ = quote(entry, turn.asked)
    shown = re.sub(r"\s+", "", text)
    draft.add("paragraph", [[draft.sentence(f"《{entry.law.title}》{entry.label}规定：{shown}", [entry.address])]], tone="lead")
