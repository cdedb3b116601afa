"""A draft under construction: sentences with the addresses they rest on, numbered into citations when it is finished."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from assistant.quotes import quote
from assistant.turn import Answer, Block, Citation, Sentence, Status
from corpus.article import Address
from corpus.library import Library
from corpus.timeline import status


@dataclass(slots=True)
class Draft:
    """Collects citations in the order of use; the same article is cited under one number."""

    library: Library
    on: date
    blocks: list[Block] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def cite(self, address: Address, statement: str, place: str = "") -> int | None:
        """The number of the citation of an article for a statement; None if the library has no such article."""
        for known in self.citations:
            if (known.address.law, known.address.edition, known.address.article) == (address.law, address.edition, address.article):
                return known.n
        entry = self.library.entry(Address(address.law, address.edition, address.article))
        if entry is None:
            return None
        text, source = quote(entry, statement, place or address.place)
        self.citations.append(
            Citation(
                n=len(self.citations) + 1,
                address=Address(address.law, address.edition, address.article, place or address.place),
                title=entry.law.title,
                status=status(entry.law, entry.edition, self.on),
                quote=text,
                source=source,
                verified=entry.verified,
                topic=entry.digest.topic if entry.digest else "",
                in_force_from=entry.edition.in_force_from.isoformat(),
            )
        )
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
