"""How a stage ends a run: a stop with the answer to give and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.turn import Answer, Block, Clarify, Sentence, Status
from assistant.wording import wording


@dataclass(frozen=True, slots=True)
class Stop:
    """A stage's word that the run ends here."""

    answer: Answer
    decided: str


def stop(status: Status, decided: str, *, clarify: Clarify | None = None, told: str = "", **values: Any) -> Stop:
    """End with a status and its canned wording, or what is told in its place."""
    text = told or wording(status, **values)
    return Stop(Answer(status, (Block("paragraph", ((Sentence(text),),)),), clarify=clarify), decided)
