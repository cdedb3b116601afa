"""The template maker: no model; the first shape that fits the question fills the answer."""

from __future__ import annotations

from collections.abc import Callable

from assistant.draft import Draft
from assistant.makers import article_answer, comparison, editions, guide_card, in_force, point_answer
from assistant.turn import Answer, Turn
from index.search import Search

Maker = Callable[[Turn], Answer | None]


def maker(search: Search) -> Maker:
    """The template maker over a release: (turn with hits) → answer, or None where nothing fits."""
    shapes: list[tuple[str, Callable[[Turn, Draft], bool]]] = [
        ("in force", in_force.make),
        ("article", article_answer.maker(search)),
        ("editions", editions.maker(search)),
        ("comparison", comparison.maker(search)),
        ("guide", guide_card.maker(search)),
        ("points", point_answer.maker(search)),
    ]

    def make(turn: Turn) -> Answer | None:
        for name, shape in shapes:
            draft = Draft(search.library, turn.day)
            if shape(turn, draft) and draft.blocks:
                turn.notes["shape"] = name
                return draft.answer()
        return None

    return make
