"""One name under check: its parts, the type, level and region it is for, and how a rule's outcome becomes a row with citations."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.tools.basis import Basis
from assistant.tools.findings import Row, Verdict
from assistant.tools.name_parts import Parts, trade_name
from assistant.tools.places import Place
from assistant.wording import words
from corpus.clean import to_simplified


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at: the name as written, its parts in simplified script, and where it is to be registered (() if not said)."""

    written: str
    parts: Parts
    kind: str
    level: str
    region: tuple[Place, ...]
    persons: tuple[str, ...]
    basis: Basis

    @property
    def local(self) -> bool:
        """Whether the name is plainly for a local registration: a local level, a region, or a division in the name."""
        return bool(self.level in ("省级", "市级", "县级") or (not self.level and (self.region or self.parts.division)))

    @property
    def trade(self) -> tuple[str, str]:
        """(字号, field) of a foundation's or service organisation's name."""
        return trade_name(self.parts.body)

    def row(self, rule: str, verdict: Verdict, text: str, cite_as: str = "") -> Row:
        """The outcome of a rule, resting on the articles that words/names.yaml gives for it and the type."""
        entry = words("names")["rules"][rule]
        cites = entry["cite"].get(cite_as or self.kind) or entry["cite"]["*"]
        return Row(rule, entry["title"], verdict, text, self.basis.cite(text, *cites))

    def traditional(self) -> str:
        """The characters of the name that are not in simplified script."""
        plain = to_simplified(self.written)
        if len(plain) != len(self.written):
            return self.written
        return "".join(a for a, b in zip(self.written, plain, strict=True) if a != b)
