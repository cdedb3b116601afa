"""Other retrieval systems on our cases: one module each, run in an environment of their own."""
