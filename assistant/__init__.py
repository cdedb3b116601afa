"""From question to answer: the pipeline and its stages, the composers, verification, and the deterministic tools."""
