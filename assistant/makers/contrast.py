"""Terms that readers mix up, laid side by side from what is written about each: a sentence first, then a row for each aspect."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.draft import Draft
from assistant.makers.sides import Compared
from assistant.turn import Sentence, Turn
from assistant.wording import words
from corpus.guide import Line
from corpus.library import Library
from corpus.term import ASPECTS, Term, found

SAYS_LITTLE = re.compile(r"[的上和与、要有是都样]|多少|需要|有关|方面|组织|对象|成立|设立|登记|申请|办理|证书?")


def make(turn: Turn, draft: Draft, compared: Compared) -> bool:
    """Fill the draft where a term is written for every side and the question asks for the difference in general, or for an aspect of them alone."""
    known, rows = told(compared, draft.library)
    if not rows:
        return False
    labels = [side.label for side in compared.sides]
    _lead(turn, draft, labels, [term.says[rows[0]] for term in known])
    _table(turn, draft, labels, known, rows)
    return True


def told(compared: Compared, library: Library) -> tuple[list[Term], list[str]]:
    """(the term of each side, the aspects that answer the question); no aspects where the terms do not answer it."""
    terms = [None if side.more else found(library.terms, side.label) for side in compared.sides]
    known = [term for term in terms if term]
    asked = _asked(compared.about)
    if len(known) < max(2, len(terms)) or len({term.names for term in known}) < len(known) or asked is None:
        return [], []
    shared = [aspect for aspect in ASPECTS if all(aspect in term.says for term in known)]
    return known, [aspect for aspect in asked if aspect in shared] if asked else shared


def _asked(about: str) -> list[str] | None:
    """The aspects that a question names and nothing besides; none where it asks in general, None where it asks for something else."""
    rest, asked = about, []
    for aspect, names in words("comparison")["terms"].items():
        for name in sorted(map(str, names), key=len, reverse=True):
            if name in rest:
                rest = rest.replace(name, "")
                asked.append(str(aspect))
    return list(dict.fromkeys(asked)) if not SAYS_LITTLE.sub("", rest) else None


def _sentence(turn: Turn, draft: Draft, line: Line, before: str = "") -> Sentence:
    addresses = [address for cite in line.cites if (address := draft.library.resolve(cite, turn.day))]
    return draft.sentence(f"{before}{line.say}", addresses)


def _lead(turn: Turn, draft: Draft, labels: Sequence[str], lines: Sequence[Line]) -> None:
    """What each term is, or says of the aspect asked for, in one sentence."""
    said = [_sentence(turn, draft, line, f"{label}：") for label, line in zip(labels, lines, strict=True)]
    cites = tuple(dict.fromkeys(n for sentence in said for n in sentence.cites))
    draft.add("paragraph", [[Sentence("；".join(sentence.text for sentence in said) + "。", cites)]], tone="lead")


def _table(turn: Turn, draft: Draft, labels: Sequence[str], terms: Sequence[Term], aspects: Sequence[str]) -> None:
    """A column for each term and a row for each aspect; of one aspect alone, a row for each term."""
    cells = [[_sentence(turn, draft, term.says[aspect]) for term in terms] for aspect in aspects]
    if len(cells) == 1:
        rows = [(Sentence(label), cell) for label, cell in zip(labels, cells[0], strict=True)]
        draft.add("table", [(Sentence("事项"), Sentence(aspects[0])), *rows], title="对照")
        return
    body = [(Sentence(aspect), *row) for aspect, row in zip(aspects, cells, strict=True)]
    draft.add("table", [(Sentence("方面"), *map(Sentence, labels)), *body], title="对照")
