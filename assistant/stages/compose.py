"""compose: one of two makers writes the answer from what was retrieved; the template answer is there whatever the model does."""

from __future__ import annotations

from collections.abc import Callable

from assistant.errors import ModelFailed
from assistant.makers import rewrite, template
from assistant.makers.model import Model
from assistant.stop import Stop, stop
from assistant.turn import Answer, Status, Turn
from index.search import Search


def stage(search: Search, model: Model | None = None) -> Callable[[Turn], Turn | Stop]:
    """Compose with the maker the turn asks for; without a model, and wherever the model fails, the template's answer stands."""
    make = template.maker(search)
    rewritten = rewrite.maker(search, model) if model else None

    def compose(turn: Turn) -> Turn | Stop:
        answer = make(turn)
        if answer is None:
            return stop(Status.REFUSED_NOT_FOUND, "没有可用的要点")
        decided = str(turn.notes.get("shape", ""))
        if turn.maker == rewrite.MAKER:
            answer, why = _by_model(turn, answer, rewritten)
            decided = f"{decided}；{why}"
        return turn.having(answer=answer, notes={**turn.notes, "compose": decided})

    return compose


def _by_model(turn: Turn, answer: Answer, rewritten: Callable[[Turn, Answer], Answer] | None) -> tuple[Answer, str]:
    """The model's answer, or the template's with the reason why."""
    if rewritten is None:
        return answer, "没有设置模型，用模板"
    try:
        written = rewritten(turn, answer)
        return written, f"模型，扣下 {written.withheld} 句"
    except ModelFailed as failed:
        return answer, f"{failed}，用模板"
    except Exception as error:  # the reader must not lose the answer that is already there
        return answer, f"模型出错（{type(error).__name__}），用模板"
