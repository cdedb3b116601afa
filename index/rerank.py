"""A second look at the best that a search found, by a model that reads question and text together; none unless an office names one.

On our questions no learned reranker gained what carried over (docs/decisions/0016), so an office measures its own: `shezu eval run`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Protocol

from corpus.article import Address
from index.adapter import Adapter
from index.embed import DEFAULT, Choice, Embedder
from index.errors import NoReranker
from index.release import Release
from index.search import DIRECT, Hit, Search
from index.units import article_unit

DEPTH = 20
LONGEST = 600
LOG = logging.getLogger("shezu.log.rerank")


class Reranker(Protocol):
    """Reads a question together with each of some texts."""

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """One score a text, higher where it answers better."""
        ...


def opened(place: str, threads: int | None = 1) -> Reranker | None:
    """The cross-encoder of a folder or hub name, None where none is named; where it cannot be opened the log says why, and search goes on."""
    if not place:
        return None
    from index.transformer import Crossing

    try:
        return Crossing(place, threads)
    except NoReranker as problem:
        LOG.warning("%s；检索按原来的次序进行", problem)
        return None


class Reranking(Search):
    """A search whose first twenty places a reranker puts into its own order, where there is one.

    The places keep their scores, which thresholds are set for. What was asked for by its address stays in front. Where the reranker fails,
    the order stays as it was, and the log says why.
    """

    def __init__(
        self,
        release: Release,
        embedder: Embedder | Choice = DEFAULT,
        server: str = "",
        adapter: Adapter | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        super().__init__(release, embedder, server, adapter)
        self._reranker = reranker

    @classmethod
    def open(cls, home: Path, embedder: Embedder | Choice = DEFAULT, server: str = "", reranker: Reranker | None = None) -> Reranking:
        """See Search.open."""
        found = super().open(home, embedder, server)
        assert isinstance(found, cls)
        found._reranker = reranker
        return found

    def search(self, question: str, on: date, *, region: str = "", types: Sequence[str] = (), top: int = 20) -> list[Hit]:
        """The best units in force on the day in the region, best first."""
        if self._reranker is None:
            return super().search(question, on, region=region, types=types, top=top)
        found = super().search(question, on, region=region, types=types, top=max(top, DEPTH))
        first = sum(hit.score >= DIRECT for hit in found)
        part = found[first:DEPTH]
        return [*found[:first], *self._reordered(self._reranker, question, part), *found[DEPTH:]][:top]

    def addresses(self, question: str, on: date, *, region: str = "", types: Sequence[str] = (), top: int = 20) -> list[tuple[Address, float]]:
        """See Search.addresses; in the reranker's order too."""
        if self._reranker is None:
            return super().addresses(question, on, region=region, types=types, top=top)
        return [(hit.address, hit.score) for hit in self.search(question, on, region=region, types=types, top=top)]

    def _reordered(self, reranker: Reranker, question: str, part: Sequence[Hit]) -> Sequence[Hit]:
        if len(part) < 2:
            return part
        try:
            judged = reranker.scores(question, [self._text(hit) for hit in part])
            order = sorted(range(len(part)), key=lambda place: -judged[place])
        except Exception as error:  # a model of any make: what goes wrong must not take the search with it
            LOG.warning("重排没有成功（%s：%s），这一问按原来的次序", type(error).__name__, str(error)[:120])
            return part
        return [replace(part[place], score=hit.score) for place, hit in zip(order, part, strict=True)]

    def _text(self, hit: Hit) -> str:
        """What a unit says, as its first passage has it; of a guide its lines."""
        entry = self.library.entry(hit.address)
        if entry is not None:
            return article_unit(entry).passages[0].text
        guide = self.library.guide(hit.address.law)
        return "\n".join([hit.title, *(line.say for _, line in guide.lines())])[:LONGEST] if guide else hit.title
