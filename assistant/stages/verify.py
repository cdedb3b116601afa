"""verify: every statement cited, every figure in a cited article, every quote an exact slice, every edition of the right day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.figures import unsupported
from assistant.stop import Stop, stop
from assistant.turn import Answer, Block, Citation, Sentence, Status, Turn
from corpus.article import Address
from corpus.library import Library
from index.search import Search

STATING = ("paragraph", "list", "steps")


def stage(search: Search) -> Callable[[Turn], Turn | Stop]:
    """Withhold what fails; an answer that loses its core ends as not found."""

    def verify(turn: Turn) -> Turn | Stop:
        if turn.answer is None:
            return stop(Status.REFUSED_NOT_FOUND, "没有答案")
        checked, withheld = check(turn.answer, search.library)
        if not any(block.sentences() for block in checked.blocks if block.tone != "warn"):
            return stop(Status.REFUSED_NOT_FOUND, f"{withheld} 句全部未通过核验")
        return turn.having(answer=checked, notes={**turn.notes, "verify": f"扣下 {withheld} 句"})

    return verify


def check(answer: Answer, library: Library) -> tuple[Answer, int]:
    """The answer without the sentences that fail, and how many these were."""
    good = {c.n: c for c in answer.citations if quote_is_exact(c, library)}
    withheld = 0
    blocks: list[Block] = []
    for block in answer.blocks:
        items: list[tuple[Sentence, ...]] = []
        for number, item in enumerate(block.items):
            head = block.kind == "table" and number == 0
            kept = tuple(s for s in item if head or stands(s, block, good, library))
            if block.kind == "table" and len(kept) < len(item):
                kept = ()
            withheld += len(item) - len(kept)
            if kept:
                items.append(kept)
        if items:
            blocks.append(replace(block, items=tuple(items)))
    return renumbered(replace(answer, blocks=tuple(blocks), citations=tuple(good.values()), withheld=answer.withheld + withheld)), withheld


def stands(sentence: Sentence, block: Block, good: dict[int, Citation], library: Library) -> bool:
    """Whether a sentence may be shown: cited where it states something, and each figure found in a cited article."""
    if block.tone in ("warn", "info"):
        return True
    if not sentence.cites:
        return block.kind == "table" or sentence.text.endswith(("：", ":"))
    if not all(n in good for n in sentence.cites):
        return False
    if block.tone == "computed":
        return True
    return not unsupported(sentence.text, [source_text(good[n].address, library) for n in sentence.cites])


def source_text(address: Address, library: Library) -> str:
    """What stands behind an address: the official text where held, else the digest's points."""
    entry = library.entry(Address(address.law, address.edition, address.article))
    if entry is None:
        return ""
    if entry.article:
        return f"{entry.article.text}\n{entry.law.title}{entry.law.number}"
    points = entry.digest.points if entry.digest else ()
    return "\n".join(point.say for point in points)


def quote_is_exact(citation: Citation, library: Library) -> bool:
    """Whether the quote is a slice of the official text (or, marked as such, points of the digest, one a line)."""
    entry = library.entry(Address(citation.address.law, citation.address.edition, citation.address.article))
    if entry is None or not citation.quote:
        return False
    if citation.source == "text":
        return entry.article is not None and citation.quote in entry.article.text
    return entry.digest is not None and {point.say for point in entry.digest.points}.issuperset(citation.quote.split("\n"))


def renumbered(answer: Answer) -> Answer:
    """Citations that no sentence uses any more go; the rest are numbered anew in order of use."""
    used = list(dict.fromkeys(n for block in answer.blocks for s in block.sentences() for n in s.cites))
    new = {old: i + 1 for i, old in enumerate(used)}
    by_number = {c.n: c for c in answer.citations}
    blocks = tuple(replace(b, items=tuple(tuple(replace(s, cites=tuple(new[n] for n in s.cites)) for s in item) for item in b.items)) for b in answer.blocks)
    return replace(answer, blocks=blocks, citations=tuple(replace(by_number[old], n=new[old]) for old in used))
