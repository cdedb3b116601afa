"""The shipped knowledge without texts, as the tools see it, and the checks that hold for every result of a tool."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from assistant.figures import unsupported
from assistant.stages.verify import quote_is_exact, source_text
from assistant.tools.findings import Row
from assistant.turn import Citation
from corpus.library import Library
from corpus.timeline import edition_of


@lru_cache(maxsize=1)
def library() -> Library:
    """Laws, digests and guides as they ship."""
    return Library()


def assert_rests_on_law(rows: Iterable[Row], citations: tuple[Citation, ...], shelf: Library | None = None) -> None:
    """Every row is cited, numbers run from 1 in order, every quote is exact, every edition is one of the law's."""
    shelf = shelf or library()
    assert [citation.n for citation in citations] == list(range(1, len(citations) + 1))
    for row in rows:
        assert row.cites, row
        assert set(row.cites) <= {citation.n for citation in citations}
    for citation in citations:
        law = shelf.catalog.get(citation.address.law)
        assert edition_of(law, citation.address.edition), citation
        assert quote_is_exact(citation, shelf), citation


def figures_without_source(row: Row, citations: tuple[Citation, ...]) -> list[str]:
    """The figures of a row that none of its cited articles holds."""
    cited = [citation for citation in citations if citation.n in row.cites]
    return unsupported(row.text, [source_text(citation.address, library()) for citation in cited])
