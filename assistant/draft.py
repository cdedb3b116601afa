"""A draft under construction: sentences with the addresses they rest on, numbered into citations when it is finished."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.quotes import citation, widened
from assistant.turn import Answer, Block, Citation, Sentence, Status
from corpus.article import Address
from corpus.library import Library


@dataclass(slots=True)
class Draft:
    """Collects citations in the order of use; an article has one number as long as one quote can stand behind all its statements."""

    library: Library
    on: date
    blocks: list[Block] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def cite(self, address: Address, statement: str, place: str = "") -> int | None:
        """The number of the citation of an article for a statement; None if the library has no such article."""
        entry = self.library.entry(replace(address, place=""))
        if entry is None:
            return None
        place = place or address.place
        for number, known in enumerate(self.citations):
            if replace(known.address, place="") == entry.address and (wider := widened(known, entry, statement, place)):
                self.citations[number] = wider
                return known.n
        self.citations.append(citation(entry, len(self.citations) + 1, statement, place, self.on))
        return len(self.citations)

    def sentence(self, text: str, addresses: Iterable[Address] = (), place: str = "") -> Sentence:
        """A sentence with its citation numbers."""
        numbers = [self.cite(address, text, place) for address in addresses]
        return Sentence(text, tuple(dict.fromkeys(n for n in numbers if n is not None)))

    def add(self, kind: str, items: Iterable[Iterable[Sentence]], title: str = "", tone: str = "") -> None:
        """Append a block; empty ones are left out."""
        rows = tuple(tuple(item) for item in items)
        if rows:
            self.blocks.append(Block(kind, rows, title, tone))

    def answer(self, state: Status = Status.ANSWERED) -> Answer:
        """The finished answer."""
        return Answer(state, tuple(self.blocks), tuple(self.citations))
