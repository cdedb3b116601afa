"""Haystack's hybrid retrieval: BM25 and embeddings in its in-memory store, joined by reciprocal rank fusion, one document an article."""

from __future__ import annotations

from pathlib import Path

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from evals.peers import embedding, runner
from evals.peers.pieces import Item, Law, paragraphs


class Haystack:
    """Its two in-memory retrievers and its joiner, as its tutorial on hybrid retrieval has them, without the reranking model."""

    name = "Haystack（BM25＋向量，RRF）"

    def prepare(self, folder: Path) -> None:
        """Nothing comes with it."""

    def build(self, laws: list[Law], folder: Path) -> int:
        """Embed and store every article."""
        known = list(paragraphs(laws))
        vectors = embedding.passages([text for _, text in known])
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        store.write_documents(
            [
                Document(content=text, meta={"title": title, "article": article}, embedding=list(map(float, vector)))
                for ((title, article), text), vector in zip(known, vectors, strict=True)
            ]
        )
        self._words = InMemoryBM25Retriever(store)
        self._meaning = InMemoryEmbeddingRetriever(store)
        self._joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")
        return len(known)

    def search(self, question: str, top: int) -> list[Item]:
        """Both retrievers, joined."""
        words = self._words.run(query=question, top_k=top)["documents"]
        meaning = self._meaning.run(query_embedding=list(map(float, embedding.question(question))), top_k=top)["documents"]
        joined = self._joiner.run(documents=[words, meaning], top_k=top)["documents"]
        return [Item(((one.meta["title"], one.meta["article"]),), len(one.content or "")) for one in joined]


if __name__ == "__main__":
    raise SystemExit(runner.main(Haystack()))
