"""Guides written elsewhere (a bureau's docx, html, pdf): sentences that are stale or contradict the rule of the day.

Every finding names the sentence and the current rule with its article. What nobody can judge from the catalog, the digests
and data/stale.yaml is left alone: a promise of fewer days than the law allows, local rules, sentences about the past.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from corpus.article import Address, Law
from corpus.catalog import Catalog
from corpus.extract import extract_file
from corpus.finding import Finding, Kind
from corpus.library import Library
from corpus.references import Reference, laws_named, references
from corpus.rulebook import Rulebook
from corpus.sentences import Sentence, sentences_of
from corpus.stale import PAST, Repealed, Stale, load_stale
from corpus.support import complete, shortened
from corpus.timeline import edition_of, in_force, status

EDITION_YEAR = re.compile(r"^》?[（(]?(?:根据)?((?:19|20)\d{2})(?:年|[）)])")
LONGEST = 90


def audit_outside(path: Path, library: Library, on: date) -> list[Finding]:
    """The stale and contradictory sentences of a file. Raises UnreadableFile where it cannot be turned into text."""
    extracted = extract_file(path)
    return list(audit_text(extracted.text, path.name, Rulebook(library, on)))


def audit_text(text: str, name: str, rules: Rulebook) -> Iterator[Finding]:
    """The same for plain text that came under that name, against a rulebook that may serve for many."""
    stale = load_stale()
    for sentence in sentences_of(text):
        if PAST.search(sentence.text):
            continue
        seen: set[str] = set()
        for kind, now, law in _judge(sentence, stale, rules):
            if now not in seen:
                seen.add(now)
                quoted = shortened(sentence.written, LONGEST)
                yield Finding(kind, f"{name} 第 {sentence.line} 行", f"“{quoted}”——现行规定：{now}", law)


Verdict = tuple[Kind, str, str]


def _judge(sentence: Sentence, stale: Stale, rules: Rulebook) -> Iterator[Verdict]:
    library, on = rules.library, rules.on
    for one in stale.named(sentence.text):
        if one.gone(on):
            yield _repealed(one, library, on)
    yield from _editions(sentence.text, library.catalog, on)
    yield from _references(sentence.text, rules)
    said = False
    for saying in stale.sayings:
        if saying.made_by(sentence.text, sentence.context, on):
            said = True
            yield Kind.STALE, f"{saying.now}（{basis(saying.cites, library, on)}）", _title(saying.cites, library, on)
    for limit in stale.limits:
        if limit.broken_by(sentence.text, sentence.context):
            said = True
            yield Kind.AGAINST_RULE, f"{limit.now}（{basis(limit.cites, library, on)}）", _title(limit.cites, library, on)
    for against in rules.contradicted(sentence) if not said else ():
        now = f"{against.point.say}（《{against.law.title}》{against.digest.article}{_held_edition(against.law, on)}）"
        yield Kind.AGAINST_RULE, now, against.law.title


def basis(cites: Iterable[str], library: Library, on: date) -> str:
    """Citations as readers see them: 依据《慈善法》第二十二条第一款、…"""
    shown = []
    for cite in cites:
        address = library.resolve(cite, on)
        if address:
            law = library.law(address.law)
            shown.append(f"《{law.title}》{address.article}{address.place}{_held_edition(law, on)}")
    return "依据" + "、".join(shown)


def _held_edition(law: Law, on: date) -> str:
    """Which text is meant where a newer one is known of: （2016 年文本；据悉…又有修改，新文本未收录）."""
    edition = in_force(law, on)
    return f"（{status(law, edition, on)}）" if edition and law.newer and law.newer.date <= on.isoformat() else ""


def _title(cites: Iterable[str], library: Library, on: date) -> str:
    addresses = [address for cite in cites if (address := library.resolve(cite, on))]
    return library.law(addresses[0].law).title if addresses else ""


def _repealed(one: Repealed, library: Library, on: date) -> Verdict:
    until = f"{one.what}{one.until} 后不再施行，" if one.until else f"{one.what}的效力没有证实，" if one.doubtful else f"{one.what}不是现行文件，"
    kind = Kind.LAPSED if one.until else Kind.STALE
    return kind, f"{until}{one.now}（{basis(one.cites, library, on)}）", _title(one.cites, library, on)


def _editions(text: str, catalog: Catalog, on: date) -> Iterator[Verdict]:
    """Laws named with the year of an edition that no longer binds, and laws that bind no longer at all."""
    for law, _, end in laws_named(text, catalog):
        current = in_force(law, on)
        if current is None and law.editions[-1].in_force_from <= on:
            yield Kind.LAPSED, f"《{law.title}》{law.editions[-1].in_force_to} 后不再施行", law.title
            continue
        year = EDITION_YEAR.match(text[end:])
        named = edition_of(law, year[1]) if year else None
        if named and current and not named.in_force(on) and named.in_force_to:
            now = f"《{law.title}》{named.date[:4]} 年文本{status(law, named, on)}，{current.in_force_from} 起施行"
            yield Kind.LAPSED, now, law.title


def _references(text: str, rules: Rulebook) -> Iterator[Verdict]:
    """Articles that the current edition does not have, and numbers under which it now says something else."""
    library, on = rules.library, rules.on
    for reference in references(text, library.catalog):
        law = library.catalog.find(reference.law) if reference.law else None
        edition = in_force(law, on) if law else None
        if law is None or edition is None:
            continue
        if library.entry(Address(law.slug, edition.date, reference.article)):
            moved = rules.moved(law, edition, reference, text)
            if moved:
                yield Kind.MOVED, f"{_moved(law, reference, moved, on)}", law.title
        elif complete(library, law, edition.date):
            count = len(library.labels(law, edition))
            yield Kind.NO_ARTICLE, f"《{law.title}》{edition.date} 文本共 {count} 条，没有{reference.article}", law.title


def _moved(law: Law, reference: Reference, article: str, on: date) -> str:
    return f"这件事在《{law.title}》现行文本里是{article}，不是{reference.article}{_held_edition(law, on)}"
