"""Answers for window clerks: the words of the articles first, then the plain ones."""

from __future__ import annotations

from dataclasses import replace

from assistant.turn import Answer, Block, Citation, Sentence
from corpus.library import Library

SHOWN = 3
LONGEST = 500
TITLE, PLAIN = "条文", "说明"


def article_first(answer: Answer, library: Library) -> Answer:
    """The answer with the articles that its first sentences rest on in front; where a text is not held, our digest, which is said."""
    numbers = dict.fromkeys(number for block in answer.blocks for sentence in block.sentences() for number in sentence.cites)
    cited = [citation for number in numbers for citation in answer.citations if citation.n == number]
    kept = {(c.address.law, c.address.article): c for c in reversed(cited)}
    first = [c for c in cited if kept[c.address.law, c.address.article] is c][:SHOWN]
    if not first:
        return answer
    front = Block("list", tuple((Sentence(_words(citation, library), (citation.n,)),) for citation in first), title=TITLE)
    opening, *rest = answer.blocks
    return replace(answer, blocks=(front, replace(opening, title=opening.title or PLAIN), *rest))


def _words(citation: Citation, library: Library) -> str:
    entry = library.entry(replace(citation.address, place=""))
    whole = entry.article.text if entry and entry.article else ""
    held = "" if citation.source == "text" else "要点（未导入原文）："
    where = f"《{citation.title}》{citation.address.article}"
    return f"{where}：{held}{whole if whole and len(whole) <= LONGEST else citation.quote}"
