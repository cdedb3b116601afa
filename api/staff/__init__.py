"""The console of the office's own people: who they are, what they may do, and what was done."""
