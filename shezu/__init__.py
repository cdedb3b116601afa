"""Shezu for other programs: its search in LangChain's terms (`shezu.retriever`)."""
