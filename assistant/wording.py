"""The words data (assistant/words/*.yaml), read once; the only reader of that folder."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.turn import Status
from corpus.catalog import read_yaml

WORDS = Path(__file__).parent / "words"


@lru_cache(maxsize=16)
def words(name: str) -> Any:
    """The content of words/<name>.yaml."""
    return read_yaml(WORDS / f"{name}.yaml")


def wording(status: Status, **values: Any) -> str:
    """The Chinese sentence of a status with its values filled in."""
    text: str = words("statuses")[status.value]
    return text.format(**{"topic": "", "counter": "", "limit": "", "length": "", "date": "", "known": "", **values})


@lru_cache(maxsize=64)
def patterns(name: str, key: str) -> tuple[re.Pattern[str], ...]:
    """The compiled patterns of words/<name>.yaml under a key."""
    return tuple(re.compile(p, re.I) for p in words(name)[key])


def any_match(name: str, key: str, text: str) -> bool:
    """Whether any pattern under that key is found in the text."""
    return any(p.search(text) for p in patterns(name, key))
