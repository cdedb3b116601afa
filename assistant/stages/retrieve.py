"""retrieve: articles and guides in force on the question date; ends the run where nothing in the domain answers."""

from __future__ import annotations

from collections.abc import Callable

from assistant.stop import Stop, stop
from assistant.turn import Status, Turn
from assistant.wording import words
from corpus.timeline import in_force
from index.search import Search

DEPTH = 24
LEAST_COSINE_INSIDE = 0.845
LEAST_COSINE_OUTSIDE = 0.885


def stage(search: Search) -> Callable[[Turn], Turn | Stop]:
    """Search and judge whether what was found can answer."""
    catalog = search.library.catalog

    def retrieve(turn: Turn) -> Turn | Stop:
        named = [catalog.get(slug) for slug in turn.slots.laws]
        if named and not any(in_force(law, turn.day) for law in named) and turn.on:
            law = named[0]
            known = "、".join(f"{e.date[:4]} 年文本 {e.in_force_from} 起施行" for e in law.editions)
            return stop(Status.REFUSED_NOT_IN_FORCE, "该日无施行版本", topic=law.title, date=turn.day.isoformat(), known=known)
        hits = tuple(search.search(turn.asked, turn.day, region=turn.region, types=turn.slots.types, top=DEPTH))
        best = max((hit.cosine for hit in hits[:5]), default=0.0)
        inside = bool(turn.notes.get("inside"))
        floor = LEAST_COSINE_INSIDE if inside else LEAST_COSINE_OUTSIDE
        decided = f"{len(hits)} 条，最高相似 {best:.3f}"
        if not hits or (search.has_vectors and best < floor and not turn.slots.addresses):
            if inside:
                return stop(Status.REFUSED_NOT_FOUND, decided)
            return stop(Status.REFUSED_SCOPE, decided, counter=words("scope")["default_counter"])
        return turn.having(hits=hits, notes={**turn.notes, "retrieve": decided})

    return retrieve
