"""Tokens, BM25, embeddings, vector store, fusion, releases and search over the corpus."""
