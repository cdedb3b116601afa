"""A question as far as the articles have been found for it: what the makers start from; and what the pipeline makes of it."""

from __future__ import annotations

from days import TODAY

from assistant.makers.model import Model
from assistant.pipeline import Assistant, run, stages
from assistant.stages import contextualise, normalise, retrieve
from assistant.turn import Answer, Block, Citation, Status, Turn


def retrieved(assistant: Assistant, question: str) -> Turn:
    """The turn with its hits."""
    turn = Turn(question=question, today=TODAY, asked=question, notes={"inside": True})
    for stage in (normalise, contextualise, retrieve):
        turn = stage.stage(assistant.search)(turn)
        assert isinstance(turn, Turn), question
    return turn


def composed(shipped: Assistant, turn: Turn, model: Model | None, maker: str = "model", mark: str = "") -> Turn:
    """What the pipeline makes of a turn from composing on, with every block that was told on the way in notes["told"]."""
    told: list[tuple[int, Block, tuple[Citation, ...]]] = []
    again = turn.having(answer=None, steps=(), maker=maker, asked=turn.asked + mark, notes={"told": told}, on_block=lambda *block: told.append(block))
    return run(again, [step for step in stages(shipped.search, model) if step[0] in ("compose", "premise", "verify")])


def answered(turn: Turn) -> Answer:
    assert turn.answer
    assert turn.answer.status is Status.ANSWERED
    return turn.answer


def why(turn: Turn) -> str:
    return next(step.decided for step in turn.steps if step.stage == "compose")
