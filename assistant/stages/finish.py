"""finish: warnings about editions, notes about the way the question was read, follow-up questions, for clerks the articles first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.clerk import article_first
from assistant.stages.clarify import of_type
from assistant.turn import Answer, Block, Citation, Outcome, Sentence, Turn
from assistant.wording import words
from corpus.article import Address
from corpus.library import Library
from corpus.timeline import edition_of, in_force, status, warnings
from index.rows import region_chain
from index.search import Search

FOLLOWUPS = 3
NEAR = 12
SHAPES = ("points", "guide")
EVERY = ("全部", "慈善组织")
CLERK = "clerk"
ENGLISH = "Answers are given in Chinese; the articles cited are the official texts."


def stage(search: Search) -> Callable[[Turn], Turn]:
    """Complete an answer; other outcomes only get follow-ups where they help."""

    def finish(turn: Turn) -> Turn:
        answer = turn.answer
        if answer is None or answer.outcome is not Outcome.ANSWERED:
            return turn
        notices = list(_notices(turn, answer, search.library))
        others = _other_types(turn, answer, search.library)
        if others:
            notices.insert(0, f"以上是{others[0]}的规定，{'、'.join(others[1:])}的规定可能不同，可以再点下面的问题。")
        place = _without_rules(turn, search.library)
        if place:
            notices.append(f"本库没有收录{place}的地方规定，以上按全国规定回答；当地另有规定的，以登记管理机关告知的为准。")
        if turn.notes.get("english"):
            notices.insert(0, ENGLISH)
        blocks = answer.blocks
        if notices:
            blocks = (*blocks, Block("notice", tuple((Sentence(text),) for text in notices), tone="warn"))
        done = replace(
            answer,
            blocks=blocks,
            citations=tuple(_as_of_today(citation, turn, search.library) for citation in answer.citations),
            followups=(*(of_type(kind, turn.asked) for kind in others[1:]), *_followups(turn, answer, search))[:FOLLOWUPS],
        )
        return turn.having(answer=article_first(done, search.library) if turn.audience == CLERK else done)

    return finish


def _other_types(turn: Turn, answer: Answer, library: Library) -> list[str]:
    """The one type that an answer to a question without any is about, and the other main types that something near was found for."""
    said = turn.slots.types or turn.slots.laws or turn.slots.addresses or turn.notes.get("other_kind")
    if said or turn.notes.get("shape") not in SHAPES or not answer.citations:
        return []
    choices = words("slots")["choices"]
    lead = _types(answer.citations[0].address, library)
    own = [kind for kind in choices if kind in lead]
    if len(own) != 1 or any(kind in lead for kind in EVERY):
        return []
    near = {kind for hit in turn.hits[:NEAR] if hit.kind == "article" for kind in _types(hit.address, library)}
    others = [kind for kind in choices if kind in near and kind not in own]
    return [*own, *others] if others else []


def _without_rules(turn: Turn, library: Library) -> str:
    """The region that the question names and no instrument of the catalog is of; "" where there is none."""
    place = turn.slots.region
    if not place or turn.notes.get("shape") not in SHAPES:
        return ""
    held = {law.region for law in library.catalog}
    return "" if held & region_chain(place) else place


def _types(address: Address, library: Library) -> tuple[str, ...]:
    entry = library.entry(replace(address, place=""))
    return entry.digest.types if entry and entry.digest else ()


def _as_of_today(citation: Citation, turn: Turn, library: Library) -> Citation:
    """The citation; one that bound on the question date and binds no more says so, where its standing on that day alone would mislead."""
    law = library.catalog.find(citation.address.law)
    edition = edition_of(law, citation.address.edition) if law else None
    if law is None or edition is None or not edition.in_force(turn.day) or edition.in_force(turn.today):
        return citation
    return replace(citation, status=f"当时有效，{status(law, edition, turn.today)}")


def _superseded(citation: Citation, turn: Turn, library: Library) -> bool:
    """Whether another edition than the one cited is in force today."""
    law = library.catalog.find(citation.address.law)
    now = in_force(law, turn.today) if law else None
    return now is None or now.date != citation.address.edition


def _notices(turn: Turn, answer: Answer, library: Library) -> list[str]:
    found: dict[str, None] = {}
    if turn.on and turn.on != turn.today:
        past = any(_superseded(citation, turn, library) for citation in answer.citations[:1])
        found[f"以上按 {turn.day.isoformat()} 施行的文本回答，" + ("不是现行规定。" if past else "所引文本现在仍在施行。")] = None
    unverified = False
    for citation in answer.citations:
        law = library.catalog.find(citation.address.law)
        edition = edition_of(law, citation.address.edition) if law else None
        if law and edition:
            for warning in warnings(law, edition, turn.today if turn.on is None else turn.day):
                found[warning] = None
        unverified = unverified or not citation.verified
    if unverified:
        found["部分依据的正式文本本库尚未收录，所述为公开资料归纳，办理前请向登记机关核对。"] = None
    return list(found)


def _followups(turn: Turn, answer: Answer, search: Search) -> tuple[str, ...]:
    """Everyday questions of neighbouring guides and articles that the corpus can answer and that were not just asked."""
    asked = set(turn.question)
    pool: list[str] = []
    cited = {(c.address.law, c.address.article) for c in answer.citations}
    for hit in turn.hits:
        if hit.kind == "guide":
            guide = search.library.guide(hit.address.law)
            pool += guide.asks[:2] if guide else ()
        elif (hit.address.law, hit.address.article) not in cited:
            entry = search.library.entry(hit.address)
            pool += entry.digest.asks[:1] if entry and entry.digest else ()
    fresh = [ask for ask in dict.fromkeys(pool) if 6 <= len(ask) <= 24 and len(asked & set(ask)) < len(set(ask)) * 0.75]
    return tuple(fresh[:FOLLOWUPS])
