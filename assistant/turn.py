"""The values that pass through the pipeline: question, turn, answer, block, sentence, citation, status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from corpus.article import Address
from index.search import Hit


class Outcome(StrEnum):
    """What a caller can rely on: an answer, a question back, or a refusal."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    REFUSED = "refused"


class Status(StrEnum):
    """How a run ended, in families; the Chinese wording of each is in words/statuses.yaml."""

    ANSWERED = "answered"
    ANSWERED_TOOL = "answered_tool"
    PARTIAL = "partial"
    CLARIFY_TYPE = "clarify_type"
    CLARIFY_MATTER = "clarify_matter"
    REFUSED_SCOPE = "refused_scope"
    REFUSED_HARM = "refused_harm"
    REFUSED_OPINION = "refused_opinion"
    REFUSED_UNKNOWABLE = "refused_unknowable"
    REFUSED_NOT_FOUND = "refused_not_found"
    REFUSED_NOT_IN_FORCE = "refused_not_in_force"
    REFUSED_TOO_LONG = "refused_too_long"
    REFUSED_EMPTY = "refused_empty"
    CHAT_GREETING = "chat_greeting"
    CHAT_THANKS = "chat_thanks"
    CHAT_ABOUT = "chat_about"
    HANDOFF_COMPLAINT = "handoff_complaint"
    HANDOFF_DISTRESS = "handoff_distress"
    ERROR = "error"

    @property
    def outcome(self) -> Outcome:
        """The family as callers see it."""
        if self in (Status.ANSWERED, Status.ANSWERED_TOOL, Status.PARTIAL):
            return Outcome.ANSWERED
        if self in (Status.CLARIFY_TYPE, Status.CLARIFY_MATTER):
            return Outcome.CLARIFY
        return Outcome.REFUSED


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of an answer and the numbers of the citations it rests on."""

    text: str
    cites: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """paragraph, list, steps, table or notice. Items are rows of sentences; a table's first item is its head."""

    kind: str
    items: tuple[tuple[Sentence, ...], ...]
    title: str = ""
    tone: str = ""

    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in order."""
        return tuple(sentence for item in self.items for sentence in item)


@dataclass(frozen=True, slots=True)
class Citation:
    """One numbered source: the address, how its edition stands on the question date, and the exact quote."""

    n: int
    address: Address
    title: str
    status: str
    quote: str
    source: str
    verified: bool
    topic: str = ""
    in_force_from: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A button of a clarifying question: what it shows and the question it stands for."""

    label: str
    ask: str


@dataclass(frozen=True, slots=True)
class Clarify:
    """A question back, with buttons."""

    slot: str
    question: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader gets: structured blocks, citations, follow-ups; other renderings are made from it."""

    status: Status
    blocks: tuple[Block, ...] = ()
    citations: tuple[Citation, ...] = ()
    clarify: Clarify | None = None
    followups: tuple[str, ...] = ()
    withheld: int = 0
    maker: str = "template"

    @property
    def outcome(self) -> Outcome:
        """answered, clarify or refused."""
        return self.status.outcome


@dataclass(frozen=True, slots=True)
class Slots:
    """What the question says about its case; empty where it does not say."""

    types: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    level: str = ""
    region: str = ""
    laws: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What a stage decided and how long it took (milliseconds)."""

    stage: str
    decided: str
    ms: float


# Told of a model answer as it grows: (index of the block, the block so far, all citations so far). Each sentence has passed its
# checks, but the whole is provisional: the template's answer may still replace it. May be called from any thread; must not block.
OnBlock = Callable[[int, Block, tuple[Citation, ...]], None]


@dataclass(frozen=True, slots=True)
class Turn:
    """One run: the question as asked and as understood, what was found, and the answer so far."""

    question: str
    today: date
    history: tuple[str, ...] = ()
    audience: str = "applicant"
    region: str = ""
    maker: str = "template"
    asked: str = ""
    on: date | None = None
    slots: Slots = Slots()
    hits: tuple[Hit, ...] = ()
    answer: Answer | None = None
    steps: tuple[Step, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict)
    on_block: OnBlock | None = field(default=None, compare=False, repr=False)

    @property
    def day(self) -> date:
        """The question date: the day whose law applies."""
        return self.on or self.today

    def having(self, **changes: Any) -> Turn:
        """A copy with the given fields changed."""
        return replace(self, **changes)


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as plain JSON values, stable for clients."""
    return {
        "outcome": answer.outcome.value,
        "status": answer.status.value,
        "maker": answer.maker,
        "blocks": [block_json(block) for block in answer.blocks],
        "citations": [citation_json(c) for c in answer.citations],
        "clarify": asdict(answer.clarify) if answer.clarify else None,
        "followups": list(answer.followups),
        "withheld": answer.withheld,
    }


def block_json(block: Block) -> dict[str, Any]:
    """One block as plain JSON values."""
    items = [[{"text": sentence.text, "cites": list(sentence.cites)} for sentence in item] for item in block.items]
    return {"kind": block.kind, "title": block.title, "tone": block.tone, "items": items}


def citation_json(citation: Citation) -> dict[str, Any]:
    """One citation as plain JSON values."""
    return {
        "n": citation.n,
        "law": citation.address.law,
        "title": citation.title,
        "article": citation.address.article,
        "place": citation.address.place,
        "edition": citation.address.edition,
        "status": citation.status,
        "in_force_from": citation.in_force_from,
        "quote": citation.quote,
        "source": citation.source,
        "verified": citation.verified,
        "topic": citation.topic,
    }
