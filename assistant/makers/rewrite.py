"""The model maker: what the template found, rewritten by a model, each sentence shown only after it has passed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace

from assistant.draft import Draft
from assistant.errors import ModelFailed
from assistant.makers.gate import Flaw, flaw
from assistant.makers.model import Model
from assistant.makers.sentences import Said, cut
from assistant.makers.sources import Source, choose, prompt
from assistant.stages.verify import quote_is_exact, stands
from assistant.turn import Answer, Block, Sentence, Turn
from index.search import Search

MOST_SENTENCES = 16
MOST_LEAD_INS = 2
MAKER = "model"


def maker(search: Search, model: Model) -> Callable[[Turn, Answer], Answer]:
    """The model maker over a release: (turn with hits, template answer) → answer. It raises ModelFailed where the template has to do."""

    def rewrite(turn: Turn, template: Answer) -> Answer:
        sources = choose(turn, template, search.library)
        if not sources:
            raise ModelFailed("没有可以交给模型的条文")
        writing = Writing(turn, Draft(search.library, turn.day), {source.token: source for source in sources})
        with closing(model.pieces(*prompt(turn.asked, sources))) as pieces:
            for said in cut(pieces):
                writing.take(said)
                if len(writing.shown) == MOST_SENTENCES:
                    break
        return writing.answer()

    return rewrite


@dataclass(slots=True)
class Writing:
    """A model answer as it grows: the sentences that passed, and how many did not."""

    turn: Turn
    draft: Draft
    sources: dict[str, Source]
    shown: list[Sentence] = field(default_factory=list)
    withheld: int = 0

    def take(self, said: Said) -> None:
        """Show the sentence or withhold it. Raises ModelFailed for an invented source, and where the core sentence does not pass."""
        if any(said.text == sentence.text for sentence in self.shown):
            return
        wrong = flaw(said, self.sources, self.draft.library.catalog)
        if wrong is Flaw.INVENTED:
            raise ModelFailed(f"模型{wrong}")
        sentence = None if wrong else self._cited(said)
        if sentence is not None:
            self.shown.append(sentence)
            self._tell()
            return
        self.withheld += 1
        if not self.shown and (wrong is not Flaw.UNMARKED or self.withheld > MOST_LEAD_INS):
            raise ModelFailed(f"模型的第一句{wrong or '没有通过核验'}")

    def answer(self) -> Answer:
        """The finished answer. Raises ModelFailed where nothing, or less than half of it, passed."""
        if not self.shown:
            raise ModelFailed("模型没有给出有依据的回答")
        if self.withheld > len(self.shown):
            raise ModelFailed(f"模型的 {self.withheld + len(self.shown)} 句里有 {self.withheld} 句没有通过核验")
        self.draft.blocks = list(self._blocks())
        return replace(self.draft.answer(), withheld=self.withheld, maker=MAKER)

    def _cited(self, said: Said) -> Sentence | None:
        """The sentence with its citation numbers, if it stands by the rules for all answers too."""
        known = len(self.draft.citations)
        sentence = self.draft.sentence(said.text, [self.sources[code].address for code in said.codes])
        good = {c.n: c for c in self.draft.citations if quote_is_exact(c, self.draft.library)}
        if len(sentence.cites) == len(said.codes) and stands(sentence, Block("paragraph", ((sentence,),)), good, self.draft.library):
            return sentence
        del self.draft.citations[known:]
        return None

    def _blocks(self) -> tuple[Block, ...]:
        lead = Block("paragraph", ((self.shown[0],),), tone="lead")
        rest = tuple((sentence,) for sentence in self.shown[1:])
        return (lead, Block("list", rest)) if rest else (lead,)

    def _tell(self) -> None:
        if self.turn.on_block is not None:
            blocks = self._blocks()
            self.turn.on_block(len(blocks) - 1, blocks[-1], tuple(self.draft.citations))
