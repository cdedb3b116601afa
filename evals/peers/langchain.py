"""LangChain's tutorial pipeline: RecursiveCharacterTextSplitter of 500 characters over whole laws, Chroma, similarity search."""

from __future__ import annotations

from pathlib import Path

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from evals.peers import embedding, runner
from evals.peers.pieces import Item, Law

SIZE, OVERLAP = 500, 50
AT_ONCE = 1000


class _E5(Embeddings):
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, row)) for row in embedding.passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        return list(map(float, embedding.question(text)))


class LangChain:
    """The tutorial's RAG retriever."""

    name = "LangChain（教程：500 字切块＋Chroma）"

    def prepare(self, folder: Path) -> None:
        """Nothing comes with it."""

    def build(self, laws: list[Law], folder: Path) -> int:
        """Split whole laws and store the chunks."""
        self._laws = {law.title: law for law in laws}
        splitter = RecursiveCharacterTextSplitter(chunk_size=SIZE, chunk_overlap=OVERLAP, add_start_index=True)
        chunks = splitter.split_documents([Document(law.text, metadata={"title": law.title}) for law in laws])
        self._store = Chroma(embedding_function=_E5(), persist_directory=str(folder))
        for first in range(0, len(chunks), AT_ONCE):
            self._store.add_documents(chunks[first : first + AT_ONCE])
        return len(chunks)

    def search(self, question: str, top: int) -> list[Item]:
        """Similarity search."""
        found = []
        for document in self._store.similarity_search(question, k=top):
            law, start = self._laws[document.metadata["title"]], int(document.metadata["start_index"])
            found.append(Item(law.inside(start, start + len(document.page_content)), len(document.page_content)))
        return found


if __name__ == "__main__":
    raise SystemExit(runner.main(LangChain()))
