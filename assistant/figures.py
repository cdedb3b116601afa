"""Every figure of a sentence must be a figure of an article it cites: numerals in any script, units normalised."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.numerals import Quantity, quantities


def unsupported(sentence: str, sources: Iterable[str]) -> list[str]:
    """The figures of the sentence that no cited source holds, as written; empty when all are supported."""
    wanted = quantities(sentence)
    if not wanted:
        return []
    held = [quantity for source in sources for quantity in quantities(source)]
    return [sentence[q.start : q.end].strip() for q in wanted if not any(supports(h, q) for h in held)]


def supports(held: Quantity, wanted: Quantity) -> bool:
    """Whether a held figure is the wanted one; a year or day may be held as a bare number."""
    if held.agrees(wanted):
        return True
    return wanted.unit in ("日期", "年份") and held.unit in ("日期", "年份", "") and held.value == wanted.value
