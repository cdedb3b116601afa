"""The articles that a tool's rows rest on: resolved on the day, quoted exactly, numbered in order of use; and their figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from assistant.quotes import citation
from assistant.tools.findings import ToolProblem
from assistant.turn import Citation
from corpus.article import Address
from corpus.digest import Digest, Figure
from corpus.library import Entry, Library
from corpus.references import parse_cite
from corpus.timeline import in_force, warnings


@dataclass(slots=True)
class Basis:
    """Collects citations for one result; unlike a draft it numbers each 款 and 项 of an article apart, since rows rest on parts."""

    library: Library
    on: date
    citations: list[Citation] = field(default_factory=list)

    def cite(self, statement: str, *cites: str) -> tuple[int, ...]:
        """The citation numbers for a statement. Raises ToolProblem where an article is not known or was not in force that day."""
        return tuple(dict.fromkeys(self._number(cite, statement) for cite in cites))

    def cite_held(self, statement: str, *cites: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The citation numbers of those articles that are held, and the others as they were cited."""
        numbers: list[int] = []
        unheld: list[str] = []
        for cite in cites:
            try:
                numbers.append(self._number(cite, statement))
            except ToolProblem:
                unheld.append(cite)
        return tuple(dict.fromkeys(numbers)), tuple(unheld)

    def _number(self, cite: str, statement: str) -> int:
        entry, address = self.entry(cite)
        for known in self.citations:
            if known.address == address:
                return known.n
        self.citations.append(citation(entry, len(self.citations) + 1, statement, address.place, self.on))
        return len(self.citations)

    def entry(self, cite: str) -> tuple[Entry, Address]:
        """The entry and address of a citation in the edition in force on the day. Raises ToolProblem."""
        parsed = parse_cite(cite, self.library.catalog)
        if parsed is None:
            raise ToolProblem(f"没有收录“{cite}”，请用 shezu corpus list 核对文件名称", "cite", cite)
        law = self.library.catalog.get(parsed.law)
        edition = in_force(law, self.on)
        if edition is None:
            known = "、".join(f"{e.date[:4]} 年文本（{e.in_force_from} 起施行）" for e in law.editions)
            raise ToolProblem(f"《{law.title}》在 {self.on} 没有施行中的版本，收录的是 {known}，请换一个日期", "date", self.on)
        address = Address(law.slug, edition.date, parsed.article, parsed.place)
        entry = self.library.entry(Address(law.slug, edition.date, parsed.article))
        if entry is None:
            raise ToolProblem(f"《{law.title}》{edition.date} 文本里没有收录“{parsed.article}”，这一天的规则请向登记机关核对", "cite", cite)
        return entry, address

    def figure(self, cite: str, of: str) -> Figure:
        """The digest's figure of that name in a cited article. Raises ToolProblem where the edition of the day has none."""
        digest = self.digest(cite)
        for point in digest.points:
            for found in point.figures:
                if found.of == of:
                    return found
        raise ToolProblem(f"{cite} 在 {self.on} 施行的文本里没有收录“{of}”这个数额或期限，请换一个日期，或向登记机关核对", "cite", cite)

    def digest(self, cite: str) -> Digest:
        """The digest of a cited article. Raises ToolProblem where only the text is known."""
        entry, _ = self.entry(cite)
        if entry.digest is None:
            raise ToolProblem(f"{cite} 在 {self.on} 施行的文本还没有写要点，请直接查看原文", "cite", cite)
        return entry.digest

    def notices(self) -> tuple[str, ...]:
        """What readers must be told about the editions cited: a newer text that is not held, a text nobody here has."""
        found: dict[str, None] = {}
        for used in self.citations:
            law = self.library.catalog.get(used.address.law)
            edition = self.library.edition(law, used.address.edition)
            found.update(dict.fromkeys(warnings(law, edition, self.on) if edition else ()))
        if any(not used.verified for used in self.citations):
            found["部分依据的正式文本本库尚未收录，所述为公开资料归纳，办理前请向登记机关核对。"] = None
        return tuple(found)
