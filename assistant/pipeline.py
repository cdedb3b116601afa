"""The product as a list: every question passes these stages in this order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date

from assistant.makers.model import Model
from assistant.stages import clarify, compose, contextualise, finish, normalise, premise, retrieve, route, screen, tool_route, verify
from assistant.stop import Stop, stop
from assistant.turn import OnBlock, Outcome, Status, Step, Turn
from corpus.references import laws_named
from index.search import Hit, Search
from index.spread import spread

WARM_UP = "登计"  # mistyped on purpose: reads every table, the spelling dictionary and the matrix before the first reader comes
Stage = Callable[[Turn], Turn | Stop]


def stages(search: Search, model: Model | None = None) -> list[tuple[str, Stage]]:
    """The pipeline over one release, with the office's language model where it has one."""
    return [
        ("screen", screen.stage),
        ("normalise", normalise.stage(search)),
        ("contextualise", contextualise.stage(search)),
        ("route", route.stage(search)),
        ("tool_route", tool_route.stage(search)),
        ("clarify", clarify.stage(search)),
        ("retrieve", retrieve.stage(search)),
        ("compose", compose.stage(search, model)),
        ("premise", premise.stage(search)),
        ("verify", verify.stage(search)),
    ]


def run(turn: Turn, steps: Sequence[tuple[str, Stage]], close: Stage | None = None) -> Turn:
    """Run the stages until one stops; an unforeseen error becomes status ERROR, never an exception for the reader."""
    for name, stage in [*steps, *([("finish", close)] if close else [])]:
        if turn.answer is not None and name != "finish" and (turn.answer.outcome is not Outcome.ANSWERED or turn.answer.maker == "tool"):
            continue
        started = time.perf_counter()
        try:
            result = stage(turn)
        except Exception as error:
            result = stop(Status.ERROR, f"{type(error).__name__}: {error}")
        ms = (time.perf_counter() - started) * 1000
        if isinstance(result, Stop):
            turn = turn.having(answer=result.answer, steps=(*turn.steps, Step(name, result.decided, ms)))
        else:
            decided = str(result.notes.get(name, ""))
            turn = result.having(steps=(*result.steps, Step(name, decided, ms)))
    return turn


class Assistant:
    """Answers questions over one release."""

    def __init__(self, search: Search, model: Model | None = None) -> None:
        self.search = search
        self._stages = stages(search, model)
        self._close = finish.stage(search)
        self.ask(WARM_UP, today=date(2026, 1, 1))

    def ask(
        self,
        question: str,
        *,
        today: date,
        history: tuple[str, ...] = (),
        audience: str = "applicant",
        region: str = "",
        on: date | None = None,
        maker: str = "template",
        on_block: OnBlock | None = None,
    ) -> Turn:
        """Answer a question; `history` holds the earlier questions of the conversation, `on` the question date if given.

        `maker` "model" asks for the office's model; `on_block` is then told of each block as its sentences pass (see OnBlock).
        """
        turn = Turn(question=question, today=today, history=history, audience=audience, region=region, on=on, maker=maker, on_block=on_block)
        return run(turn, self._stages, self._close)

    def retrieve(self, question: str, *, today: date, history: tuple[str, ...] = (), on: date | None = None, region: str = "", top: int = 20) -> list[Hit]:
        """Only the search: the question is read as for an answer, and articles alone come back, best first."""
        turn = Turn(question=question, today=today, history=history, region=region, on=on, asked=question)
        for stage in (normalise.stage(self.search), contextualise.stage(self.search)):
            turn = stage(turn)
        found = self.search.search(turn.asked, turn.day, region=turn.region, types=turn.slots.types, top=top * 2)
        named = {law.slug for law, _, _ in laws_named(turn.asked, self.search.library.catalog)}
        return spread([hit for hit in found if hit.kind == "article"], named)[:top]
