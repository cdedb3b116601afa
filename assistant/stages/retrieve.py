"""retrieve: articles and guides in force on the question date; ends the run where nothing in the domain answers."""

from __future__ import annotations

from collections.abc import Callable

from assistant.named_article import asked_beside, unheld
from assistant.stages.route import counter_of
from assistant.stop import Stop, stop
from assistant.turn import Status, Turn
from corpus.article import Address
from corpus.references import references
from corpus.timeline import in_force
from index.search import Hit, Search

DEPTH = 24
FOLLOWED = 3
MOST_NEIGHBOURS = 4
NEIGHBOUR = 0.6
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
        missing = unheld(turn, search.library)
        if missing and not asked_beside(turn.asked, catalog):
            return stop(Status.REFUSED_NOT_FOUND, "没有这一条", told=missing)
        hits = tuple(search.search(turn.asked, turn.day, region=turn.region, types=turn.slots.types, top=DEPTH))
        best = max((hit.cosine for hit in hits[:5]), default=0.0)
        inside = bool(turn.notes.get("inside"))
        floor = LEAST_COSINE_INSIDE if inside else LEAST_COSINE_OUTSIDE
        decided = f"{len(hits)} 条，最高相似 {best:.3f}"
        if not hits or (search.has_known_cosines and best < floor and not turn.slots.addresses):
            if inside:
                return stop(Status.REFUSED_NOT_FOUND, decided)
            return stop(Status.REFUSED_SCOPE, decided, counter=counter_of(turn.asked))
        hits = (*hits, *neighbours(turn, hits, search))
        return turn.having(hits=hits, notes={**turn.notes, "retrieve": decided})

    return retrieve


def neighbours(turn: Turn, hits: tuple[Hit, ...], search: Search) -> list[Hit]:
    """Articles that the best hits refer to (依第十八条…, 条件看实施条例第八十四条), one step, in the edition of the day."""
    library = search.library
    found: list[Hit] = []
    seen = {hit.address for hit in hits}
    for hit in [hit for hit in hits if hit.kind == "article"][:FOLLOWED]:
        entry = library.entry(hit.address)
        said = " ".join(point.say for point in entry.digest.points) if entry and entry.digest else ""
        text = entry.article.text if entry and entry.article else ""
        addresses = []
        for reference in references(f"{said}\n{text}", library.catalog):
            law = library.catalog.find(reference.law or hit.address.law)
            edition = in_force(law, turn.day) if law else None
            if law and edition:
                addresses.append(Address(law.slug, edition.date, reference.article))
        fresh = [address for address in dict.fromkeys(addresses) if address not in seen][:MOST_NEIGHBOURS]
        seen.update(fresh)
        found += search.at(turn.asked, fresh, hit.score * NEIGHBOUR)
    return found
