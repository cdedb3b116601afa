"""The tools: names, deadlines, checklists, eligibility and charters, each deterministic and with an article for every row."""
