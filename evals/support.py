"""Whether statements rest on what they cite: ALCE's citation recall and precision, figures, quotes and editions, from saved records alone.

ALCE (Gao et al. 2023, arXiv 2305.14627) asks an entailment model whether the cited passages entail a statement. Here entailment is three
checks that no model has to be trusted for: every citation resolves to a text, every figure of the statement stands in a cited text, and at
least `LEAST_SHARED` of the statement's character pairs do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from assistant.figures import unsupported
from evals.measures import normalise
from evals.record import Cited, Record, Statement

LEAST_SHARED = 0.4  # of 772 dev statements .934 share as much with the article cited and .093 with its neighbour (python -m evals.sharing)
UNCHECKED_TONES = ("warn", "info")
BY_TOOL = "tool"
Sources = Mapping[str, str]


def stating(record: Record) -> list[Statement]:
    """The sentences that state something: not heads of tables, notices, lead-ins that end with a colon, or bare cells of a table.

    What a tool worked out is not stated but computed, and checked against the tool's own cases.
    """
    if record.maker == BY_TOOL:
        return []
    return [
        s
        for s in record.statements
        if not s.head and s.tone not in UNCHECKED_TONES and not s.text.rstrip().endswith(("：", ":")) and (s.cites or s.kind != "table")
    ]


def texts_of(statement: Statement, record: Record, sources: Sources, without: int | None = None) -> list[str] | None:
    """The texts that a statement cites (less one citation), or None where a citation points at nothing."""
    by_number = {citation.n: citation for citation in record.citations}
    found = []
    for n in statement.cites:
        if n == without:
            continue
        citation = by_number.get(n)
        text = sources.get(citation.source, "") if citation else ""
        if not text:
            return None
        found.append(text)
    return found


def said(statement: Statement, record: Record) -> str:
    """What a statement says, without the name of an article that it cites: 《…》第四条：… states no four."""
    text = statement.text
    for citation in record.citations:
        if citation.n in statement.cites:
            text = text.replace(f"《{citation.title}》{citation.article}", "")
    return text


def pairs(text: str) -> frozenset[str]:
    """The character pairs of a text in one script, punctuation left out."""
    bare = re.sub(r"[\W_]", "", normalise(text))
    return frozenset(bare[i : i + 2] for i in range(len(bare) - 1))


def shared(text: str, sources: Sequence[str]) -> float:
    """|pairs of the text that stand in a source| / |pairs of the text|; 1 for a text of one character."""
    own = pairs(text)
    held = frozenset[str]().union(*(pairs(source) for source in sources))
    return len(own & held) / len(own) if own else 1.0


def entailed(statement: Statement, record: Record, texts: Sequence[str]) -> bool:
    """Whether the texts hold the statement: its figures (a worked sum shows its own), and enough of its words."""
    if not texts:
        return False
    text = said(statement, record)
    return statement.tone == "computed" or (not unsupported(text, texts) and shared(text, texts) >= LEAST_SHARED)


def alce_recall(record: Record, sources: Sources) -> float:
    """Mean over stating sentences of [cited and the cited texts together entail it] (ALCE §4.3); 0 where nothing is stated, NaN for a tool's answer."""
    if record.maker == BY_TOOL:
        return math.nan
    told = stating(record)
    good = [statement for statement in told if (texts := texts_of(statement, record, sources)) and entailed(statement, record, texts)]
    return len(good) / len(told) if told else 0.0


def alce_precision(record: Record, sources: Sources) -> float:
    """|citations of sentences that are needed| / |citations of sentences| (ALCE §4.3).

    A citation is not needed where its sentence is not entailed at all, or where it alone does not entail the sentence and the others still do.
    """
    if record.maker == BY_TOOL:
        return math.nan
    needed = total = 0
    for statement in stating(record):
        texts = texts_of(statement, record, sources)
        total += len(statement.cites)
        if not texts or not entailed(statement, record, texts):
            continue
        for n, text in zip(statement.cites, texts, strict=True):
            others = texts_of(statement, record, sources, without=n)
            needed += entailed(statement, record, [text]) or not entailed(statement, record, others or ())
    return needed / total if total else 0.0


def figures_exact(record: Record, sources: Sources) -> float:
    """|stating sentences whose every figure stands in a cited text| / |stating sentences with citations|; worked sums left out; NaN without any."""
    told = [statement for statement in stating(record) if statement.cites and statement.tone != "computed"]
    good = [statement for statement in told if not unsupported(said(statement, record), texts_of(statement, record, sources) or ())]
    return len(good) / len(told) if told else math.nan


def quotes_exact(record: Record, sources: Sources) -> float:
    """|citations whose quote is a slice of the official text, or whose every line is a point of our digest| / |citations|; NaN without citations."""
    good = [citation for citation in record.citations if citation.quote and _is_quoted(citation, sources.get(citation.source, ""))]
    return len(good) / len(record.citations) if record.citations else math.nan


def _is_quoted(citation: Cited, text: str) -> bool:
    return citation.quote in text if citation.held else set(citation.quote.split("\n")) <= set(text.split("\n"))


def editions_stand(record: Record) -> float:
    """|citations in force on the question date, or labelled as not| / |citations| (version-correctness, arXiv 2605.23497); NaN without any."""
    good = [citation for citation in record.citations if _in_force(citation, record.day) or citation.status != "现行有效"]
    return len(good) / len(record.citations) if record.citations else math.nan


def _in_force(citation: Cited, day: str) -> bool:
    return bool(citation.start) and citation.start <= day <= (citation.end or day)
