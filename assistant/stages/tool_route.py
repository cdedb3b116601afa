"""tool_route: a proposed name or a last day is answered by a tool, with its working; everything else goes on."""

from __future__ import annotations

from collections.abc import Callable

from assistant.stop import Stop
from assistant.tools import asked, deadlines, names, replies
from assistant.tools.findings import ToolProblem
from assistant.turn import Turn
from corpus.library import Library
from index.search import Search


def stage(search: Search) -> Callable[[Turn], Turn | Stop]:
    """Answer with a tool where the question, as written or as completed from the history, asks for one."""
    library = search.library

    def tool_route(turn: Turn) -> Turn | Stop:
        for question in dict.fromkeys((turn.question, turn.asked)):
            found = _name(question, turn, library) or _deadline(question, turn, library)
            if found:
                return found
        return turn

    return tool_route


def _name(question: str, turn: Turn, library: Library) -> Stop | None:
    """A name's answer; None where none is asked about or the tool cannot tell (the usual answer is better than none)."""
    wanted = asked.proposed(question)
    if wanted is None:
        return None
    try:
        found = names.check(library, wanted.name, wanted.kind, on=turn.day, level=wanted.level)
    except ToolProblem:
        return None
    return Stop(replies.name_answer(found), f"check-name {found.name}：{found.verdict.value}")


def _deadline(question: str, turn: Turn, library: Library) -> Stop | None:
    wanted = asked.running(question, turn.today)
    if wanted is None:
        return None
    found = []
    for event in wanted.events:
        try:
            found.append(deadlines.compute(library, event, wanted.start))
        except ToolProblem:
            continue
    if not found:
        return None
    keys = "、".join(one.event.key for one in found)
    return Stop(replies.deadline_answer(found, wanted.assumed, wanted.target), f"deadline {keys} {wanted.start}")
