"""The shapes of what the API answers, for its OpenAPI description; tests hold the real answers to them. Fields may be added, not taken away."""

from __future__ import annotations

from datetime import date as day
from typing import Literal

from pydantic import BaseModel


class Sentence(BaseModel):
    """A piece of an answer and the numbers of the citations it rests on."""

    text: str
    cites: list[int]


class Block(BaseModel):
    """Items are rows of sentences; a table's first item is its head."""

    kind: Literal["paragraph", "list", "steps", "table", "notice"]
    title: str
    tone: str
    items: list[list[Sentence]]


class Citation(BaseModel):
    """One numbered source; `source` tells whether the quote is official text or our digest of it."""

    n: int
    law: str
    title: str
    article: str
    place: str
    edition: str
    status: str
    in_force_from: str
    quote: str
    source: str
    verified: bool
    topic: str


class Option(BaseModel):
    """A button of a question back: what it shows, and the question that it stands for."""

    label: str
    ask: str


class Clarify(BaseModel):
    """A question back."""

    slot: str
    question: str
    options: list[Option]


class Stage(BaseModel):
    """What a stage decided and how long it took."""

    stage: str
    decided: str
    ms: float


class Message(BaseModel):
    """One answered, clarified or refused question."""

    message_id: str
    conversation_id: str
    outcome: Literal["answered", "clarify", "refused"]
    status: str
    maker: str
    ai_generated: bool
    blocks: list[Block]
    citations: list[Citation]
    clarify: Clarify | None
    followups: list[str]
    withheld: int
    release: str
    date: day
    ms: float
    stages: list[Stage]


class Rated(BaseModel):
    """A rating as kept."""

    id: str


class Law(BaseModel):
    """One instrument of any rank."""

    slug: str
    title: str
    rank: str
    number: str
    issuer: str
    region: str
    url: str


class Edition(BaseModel):
    """One dated text; `held` tells whether the official text was imported."""

    date: str
    in_force_from: day
    in_force_to: day | None
    status: str
    note: str
    held: bool


class LawEditions(Law):
    """A law with its editions."""

    editions: list[Edition]


class Laws(BaseModel):
    """Every law."""

    laws: list[LawEditions]


class ArticleLine(BaseModel):
    """An article in the list of its edition."""

    label: str
    headings: list[str]
    topic: str


class EditionArticles(BaseModel):
    """An edition with its articles."""

    law: Law
    edition: Edition
    articles: list[ArticleLine]


class Point(BaseModel):
    """One statement of a digest and where in the article it stands."""

    say: str
    at: str


class Digest(BaseModel):
    """An article in our own words."""

    topic: str
    points: list[Point]
    verified: bool
    confidence: str


class Article(BaseModel):
    """One article: official text where imported, digest, neighbours and warnings."""

    law: Law
    edition: Edition
    label: str
    headings: list[str]
    text: str | None
    digest: Digest | None
    previous: str | None
    next: str | None
    warnings: list[str]


class GuideLine(BaseModel):
    """One line of a guide."""

    say: str
    details: dict[str, str]
    citations: list[Citation]


class GuideSection(BaseModel):
    """A section of a guide."""

    key: str
    title: str
    lines: list[GuideLine]


class GuideName(BaseModel):
    """A guide in the list."""

    slug: str
    title: str
    matter: str
    types: list[str]


class Guides(BaseModel):
    """Every guide."""

    guides: list[GuideName]


class Promise(BaseModel):
    """A time limit that the office promises beside the statutory one."""

    days: int
    working_days: bool
    note: str


class GuidePromise(Promise):
    """A promise and the guide it is about."""

    guide: str


class OfficeCard(BaseModel):
    """The registration office as readers meet it."""

    name: str
    region: str
    address: str
    hours: str
    phones: list[str]
    portal: str
    supervision: str
    note: str
    promises: list[GuidePromise]
    details: dict[str, str]


class Guide(GuideName):
    """A guide with its lines, warnings, the office and what it promises."""

    sections: list[GuideSection]
    warnings: list[str]
    office: OfficeCard
    promised: Promise | None


class Hit(BaseModel):
    """One found article or guide."""

    kind: Literal["article", "guide"]
    law: str
    title: str
    article: str
    edition: str
    topic: str
    score: float


class Hits(BaseModel):
    """What a search found, best first."""

    hits: list[Hit]


class Health(BaseModel):
    """That the service answers, and over which release."""

    status: Literal["ok"]
    release: str
    vectors: bool
    texts: int
    digests: int
    guides: int
    units: int
    made: str
