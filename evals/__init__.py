"""Cases, measures, runs and reports: how right the assistant is."""
