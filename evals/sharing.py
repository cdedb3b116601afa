"""`python -m evals.sharing --home HOME`: how much statements share with the article they cite and with its neighbour; sets support.LEAST_SHARED.

Measured over the dev answers only. A good threshold keeps most statements beside their own article and few beside the next one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from assistant.pipeline import Assistant
from assistant.stages.verify import source_text
from corpus.article import Address
from corpus.library import Library
from evals.record import Record
from evals.run import ask_all, chosen
from evals.support import Sources, shared, stating, texts_of
from index.search import Search

THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)


def neighbour(source: str, library: Library) -> str:
    """The text of the article after (or, for the last, before) the one that a source key names; "" where there is none."""
    slug, _, rest = source.partition("@")
    edition, _, label = rest.partition("#")
    law = library.law(slug)
    named = library.edition(law, edition)
    labels = library.labels(law, named) if named else []
    place = labels.index(label) if label in labels else -1
    near = labels[place + 1 : place + 2] or labels[max(place - 1, 0) : place]
    return source_text(Address(slug, edition, near[0]), library) if near else ""


def measured(record: Record, sources: Sources, library: Library) -> Iterator[tuple[float, float]]:
    """For every cited statement: what it shares with its sources, and with the neighbour of the first of them."""
    by_number = {citation.n: citation for citation in record.citations}
    for statement in stating(record):
        texts = texts_of(statement, record, sources) if statement.cites else None
        other = neighbour(by_number[statement.cites[0]].source, library) if texts else ""
        if texts and other:
            yield shared(statement.text, texts), shared(statement.text, [other])


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    search = Search.open(parser.parse_args().home)
    records, sources = ask_all(Assistant(search), chosen("dev", ["answer"]))
    pairs = [pair for record in records.values() for pair in measured(record, sources, search.library)]
    sys.stdout.write(f"{len(pairs)} statements of dev answers\nthreshold  own kept  neighbour kept\n")
    for least in THRESHOLDS:
        own, other = (sum(pair[side] >= least for pair in pairs) / len(pairs) for side in (0, 1))
        sys.stdout.write(f"{least:9.2f} {own:9.3f} {other:15.3f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
