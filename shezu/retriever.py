"""The search as a LangChain retriever: articles and guides in force on a day, as documents that can be cited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from api.passages import passages
from index.embed import DEFAULT, Choice
from index.search import Search

CHINA = ZoneInfo("Asia/Shanghai")


class ShezuRetriever(BaseRetriever):
    """Retrieves what was in force on `on` (today in China where it is None) in `region`.

    A document's text is official where `metadata["source"]` is text, our digest or guide otherwise; `metadata` also holds title, article,
    edition, status, score in 0…1 and the path of the article's page.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Search
    k: int = Field(default=8, ge=1, le=100)
    on: date | None = None
    region: str = ""
    kinds: Sequence[str] = ("article", "guide")

    @classmethod
    def open(cls, home: Path, embedder: Choice = DEFAULT, **options: Any) -> ShezuRetriever:
        """A retriever over the current release of a home. Raises NoRelease, BadRelease or OtherEmbedder."""
        return cls(search=Search.open(home, embedder), **options)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        on = self.on or datetime.now(CHINA).date()
        hits = self.search.search(query, on, region=self.region, top=self.k if len(self.kinds) > 1 else self.k * 4)
        wanted = [hit for hit in hits if hit.kind in self.kinds][: self.k]
        return [
            Document(page_content=found.text, metadata={**found.facts, "name": found.title, "score": found.score, "path": found.path})
            for found in passages(self.search.library, wanted, on)
        ]
