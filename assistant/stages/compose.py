"""compose: one of two makers with one signature writes the answer from what was retrieved."""

from __future__ import annotations

from collections.abc import Callable

from assistant.makers import template
from assistant.stop import Stop, stop
from assistant.turn import Status, Turn
from index.search import Search


def stage(search: Search) -> Callable[[Turn], Turn | Stop]:
    """Compose with the maker the turn asks for."""
    make = template.maker(search)

    def compose(turn: Turn) -> Turn | Stop:
        answer = make(turn)
        if answer is None:
            return stop(Status.REFUSED_NOT_FOUND, "没有可用的要点")
        return turn.having(answer=answer, notes={**turn.notes, "compose": turn.notes.get("shape", "")})

    return compose
