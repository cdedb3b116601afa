"""The two composers: template (no model) and model (a chat model over retrieved articles only)."""
