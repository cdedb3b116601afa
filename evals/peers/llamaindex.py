"""LlamaIndex as it comes: SentenceSplitter with its defaults (1024 tokens, overlap 200) over whole laws, VectorStoreIndex."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llama_index.core import Document, Settings, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter

from evals.peers import embedding, runner
from evals.peers.pieces import Item, Law


class _E5(BaseEmbedding):
    def _get_query_embedding(self, query: str) -> list[float]:
        return list(map(float, embedding.question(query)))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return list(map(float, embedding.passages([text])[0]))

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, row)) for row in embedding.passages(texts)]


class LlamaIndex:
    """The five-line starter."""

    name = "LlamaIndex（缺省设置）"

    def prepare(self, folder: Path) -> None:
        """Nothing comes with it."""

    def build(self, laws: list[Law], folder: Path) -> int:
        """Split whole laws and index the nodes."""
        self._laws = {law.title: law for law in laws}
        Settings.embed_model = _E5()
        Settings.llm = None
        nodes = SentenceSplitter().get_nodes_from_documents([Document(text=law.text, metadata={"title": law.title}) for law in laws])
        self._index = VectorStoreIndex(nodes)
        return len(nodes)

    def search(self, question: str, top: int) -> list[Item]:
        """The retriever's nodes."""
        found = []
        for hit in self._index.as_retriever(similarity_top_k=top).retrieve(question):
            node: Any = hit.node
            law, start = self._laws[node.metadata["title"]], int(node.start_char_idx or 0)
            found.append(Item(law.inside(start, start + len(node.text)), len(node.text)))
        return found


if __name__ == "__main__":
    raise SystemExit(runner.main(LlamaIndex()))
