"""An answer that a person rewrote: plain lines with [n] marks, read back into blocks that cite; and what in it no cited article says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from assistant.figures import unsupported
from assistant.tools.basis import Basis
from assistant.tools.findings import ToolProblem
from assistant.turn import Block, Citation, Sentence, block_json, citation_json
from corpus.article import Address
from corpus.library import Library

MARK = re.compile(r"\[(\d{1,3})\]")
BULLET = re.compile(r"^\s*[·•\-*]\s*")
STEP = re.compile(r"^\s*\d{1,2}[.、）)]\s*")
KINDS = ((BULLET, "list"), (STEP, "steps"))


def blocks(text: str) -> tuple[Block, ...]:
    """Paragraphs, lists (· …) and steps (1. …) of a text, one line an item, with the citation numbers of its [n] marks."""
    found: list[Block] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        opening, kind = next(((pattern, kind) for pattern, kind in KINDS if pattern.match(line)), (None, "paragraph"))
        item = (_sentence(opening.sub("", line) if opening else line),)
        if found and found[-1].kind == kind:
            found[-1] = replace(found[-1], items=(*found[-1].items, item))
        else:
            found.append(Block(kind, (item,)))
    return tuple(found)


def _sentence(line: str) -> Sentence:
    return Sentence(MARK.sub("", line).strip(), tuple(dict.fromkeys(int(number) for number in MARK.findall(line))))


def added(library: Library, cites: Iterable[str], on: date, after: int) -> tuple[Citation, ...]:
    """Citations as a person writes them (慈善法 第二十二条), numbered on from `after`. Raises ToolProblem for what is not known that day."""
    basis = Basis(library, on)
    for cite in cites:
        basis.cite("", cite)
    return tuple(replace(citation, n=citation.n + after) for citation in basis.citations)


def corrected(library: Library, before: Mapping[str, Any], text: str, cites: Sequence[str], on: date) -> dict[str, Any]:
    """The answer in JSON with a person's words in place of its own: blocks, and the citations that they use.

    Raises ToolProblem for an empty text, one that cites nothing, or a mark without a citation.
    """
    known = [*before["citations"]]
    known += [citation_json(citation) for citation in added(library, cites, on, max((c["n"] for c in known), default=0))]
    made = blocks(text)
    used = {number for block in made for sentence in block.sentences() for number in sentence.cites}
    missing = used - {citation["n"] for citation in known}
    if not made:
        raise ToolProblem("答复是空的，请写好再存", "text", "")
    if missing:
        raise ToolProblem(f"没有依据 [{min(missing)}]，请改用现有的编号，或先在“增加依据”里写上条文", "text", min(missing))
    if not used:
        raise ToolProblem("答复里没有标依据，请在说明来源的那句后面写上 [1] 这样的编号", "text", "")
    return {"blocks": [block_json(block) for block in made], "citations": [citation for citation in known if citation["n"] in used]}


def doubts(library: Library, answer: Mapping[str, Any]) -> list[str]:
    """The sentences of an answer in JSON with a figure that none of the articles they cite has."""
    found = []
    words = {citation["n"]: _words(library, citation) for citation in answer["citations"]}
    for sentence in (sentence for block in answer["blocks"] for item in block["items"] for sentence in item):
        wrong = unsupported(sentence["text"], [words[number] for number in sentence["cites"]]) if sentence["cites"] else []
        if wrong:
            found.append(f"“{sentence['text'][:40]}”里的{'、'.join(wrong)}在所引条文里找不到")
    return found


def _words(library: Library, citation: Mapping[str, Any]) -> str:
    entry = library.entry(Address(citation["law"], citation["edition"], citation["article"]))
    digest = " ".join(point.say for point in entry.digest.points) if entry and entry.digest else ""
    return f"{entry.article.text if entry and entry.article else ''} {digest} {citation['quote']}"
