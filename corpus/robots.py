"""robots.txt as RFC 9309 reads it: the group of our name or of *, the longest matching rule, Allow before Disallow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

LONGEST_DELAY = 60.0
MAX_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host asks of us: (path pattern, allowed) pairs, and the seconds it wants between requests."""

    paths: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0

    def allows(self, path: str) -> bool:
        """Whether a path (with its query) may be requested."""
        path = _canonical(path)
        matches = [(len(pattern), allowed) for pattern, allowed in self.paths if _matches(pattern, path)]
        return max(matches, default=(0, True))[1]


NOTHING = Rules((("/", False),))


def parse_robots(text: str, agent: str) -> Rules:
    """The rules of a robots.txt for the agent's product token."""
    groups: list[tuple[list[str], list[tuple[str, str]]]] = []
    for line in text.splitlines()[:MAX_LINES]:
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if not groups or groups[-1][1]:
                groups.append(([], []))
            groups[-1][0].append(value.lower())
        elif groups and key in ("allow", "disallow", "crawl-delay"):
            groups[-1][1].append((key, value))
    named = [lines for agents, lines in groups if agent.lower() in agents]
    chosen = named or [lines for agents, lines in groups if "*" in agents]
    return _rules([line for lines in chosen for line in lines])


def _rules(lines: list[tuple[str, str]]) -> Rules:
    paths = tuple((_canonical(value), key == "allow") for key, value in lines if key != "crawl-delay" and value)
    delays = [float(value) for key, value in lines if key == "crawl-delay" and re.fullmatch(r"\d{1,6}(?:\.\d+)?", value)]
    return Rules(paths, min(max(delays, default=0.0), LONGEST_DELAY))


def _canonical(path: str) -> str:
    """One spelling of percent escapes, so that a rule and a path written differently still meet."""
    return quote(unquote(path), safe="/?&=*$:@!+,;~'()[]")


def _matches(pattern: str, path: str) -> bool:
    ended = pattern.endswith("$")
    pieces = (pattern[:-1] if ended else pattern).split("*")
    if not path.startswith(pieces[0]):
        return False
    position = len(pieces[0])
    for piece in pieces[1:]:
        found = path.find(piece, position)
        if found < 0:
            return False
        position = found + len(piece)
    return not ended or position == len(path) or (len(pieces) > 1 and path.endswith(pieces[-1]))
