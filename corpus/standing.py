"""Whether what digests and guides rest on still binds on a day: lapsed, not yet in force, or overtaken by a newer edition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from corpus.article import Edition, Law
from corpus.finding import Finding, Kind
from corpus.library import Library
from corpus.timeline import edition_of, in_force


def standing(library: Library, on: date) -> Iterator[Finding]:
    """One finding an edition of digests and one a guide and law; digests kept as history (标题@版本.yaml) may have lapsed."""
    kept = history(library)
    for slug, date_of in sorted({(d.law, d.edition) for d in library.digests}):
        law = library.law(slug)
        edition = edition_of(law, date_of)
        if edition and (slug, date_of) not in kept:
            yield from _digests(law, edition, on)
    for guide in library.guides:
        cites = (cite for _, line in guide.lines() for cite in line.cites)
        for law in cited_laws(library, cites, on):
            yield from _guide(law, f"办事指南 {guide.slug}", on)


def history(library: Library) -> set[tuple[str, str]]:
    """The (law, edition) of every digest file named 标题@版本.yaml: kept on purpose for questions about the past."""
    kept = set()
    for name, content in library.knowledge["digests"].items():
        law = library.catalog.find(str(content.get("law", "")))
        if "@" in name and law:
            kept.add((law.slug, str(content.get("edition", ""))))
    return kept


def cited_laws(library: Library, cites: Iterable[str], on: date) -> list[Law]:
    """The laws that citations name, each once, by title; what does not resolve is left to the check of citations."""
    found = {}
    for cite in cites:
        address = library.resolve(cite, on)
        if address:
            found[address.law] = library.law(address.law)
    return sorted(found.values(), key=lambda law: law.title)


def acknowledged(law: Law) -> bool:
    """Whether a newer edition is only hearsay so far, and readers are told so.

    The rule: the catalog's `newer` says what to tell readers and its confidence is below 高. Such an edition cannot be entered,
    so it is a notice at every audit. Once it is certain (高) it belongs among the editions, and until then it is a finding.
    """
    return law.newer is not None and law.newer.confidence != "高" and bool(law.newer.note.strip())


def newer_unheld(law: Law, on: date) -> bool:
    """Whether an edition later than all entered ones is known of on the day."""
    return law.newer is not None and law.newer.date <= on.isoformat() and law.newer.date > law.editions[-1].date


def notices(library: Library, on: date) -> list[Finding]:
    """What an audit says without failing: acknowledged newer editions, plans past their period, texts that are not at hand."""
    found = [] if library.held else [Finding(Kind.NOTICE, "原文", "一件也没有导入，数额和条号没有对照")]
    for slug, date_of in sorted({(d.law, d.edition) for d in library.digests}):
        law = library.law(slug)
        edition = edition_of(law, date_of)
        if edition is None:
            continue
        where = f"要点 {law.title} {edition.date}"
        if edition == in_force(law, on):
            if law.newer and newer_unheld(law, on) and acknowledged(law):
                found.append(Finding(Kind.NOTICE, where, f"{law.newer.note}（可信度{law.newer.confidence}，回答会提醒读者）", law.title))
            if edition.period_to and edition.period_to < on:
                found.append(Finding(Kind.NOTICE, where, f"规划期到 {edition.period_to} 为止，回答会说明已届满", law.title))
        if library.held and edition.text == "held" and (slug, date_of) not in library.held:
            found.append(Finding(Kind.NOTICE, where, "原文还没有导入，数额和条号没有对照", law.title))
    return [*found, *unseen(library, on)]


def unseen(library: Library, on: date) -> list[Finding]:
    """One notice a law whose cited articles have neither text nor digest here: readers see the citation without its content."""
    lacking: dict[str, set[str]] = {}
    for guide in library.guides:
        for _, line in guide.lines():
            for cite in line.cites:
                address = library.resolve(cite, on)
                if address and address.article and library.entry(address) is None:
                    lacking.setdefault(address.law, set()).add(address.article)
    return [
        Finding(Kind.NOTICE, f"办事指南所引 {library.law(slug).title}", f"没有原文也没有要点：{'、'.join(sorted(labels))}", library.law(slug).title)
        for slug, labels in sorted(lacking.items())
    ]


def _digests(law: Law, edition: Edition, on: date) -> Iterator[Finding]:
    where, current = f"要点 {law.title} {edition.date}", in_force(law, on)
    if edition.in_force_from > on:
        yield Finding(Kind.NOT_YET, where, f"这个文本 {edition.in_force_from} 才施行，{on} 还不能当依据", law.title)
    elif not edition.in_force(on):
        now = f"现行为 {current.date} 文本，请照它重写" if current else "没有现行文本，请删去或另存为 标题@版本.yaml"
        yield Finding(Kind.LAPSED, where, f"这个文本 {edition.in_force_to} 后不再施行；{now}", law.title)
    elif current and current != edition:
        yield Finding(Kind.NEWER, where, f"{current.in_force_from} 起施行 {current.date} 文本，要点还是旧文本的，请照新文本重写", law.title)
    else:
        yield from _newer(law, where, on)


def _guide(law: Law, where: str, on: date) -> Iterator[Finding]:
    current = in_force(law, on)
    if current is None:
        last = law.editions[-1]
        if last.in_force_from > on:
            yield Finding(Kind.NOT_YET, where, f"引用的《{law.title}》{last.in_force_from} 才施行", law.title)
        else:
            yield Finding(Kind.LAPSED, where, f"引用的《{law.title}》{last.in_force_to} 后不再施行，请换成现行依据", law.title)
    else:
        yield from _newer(law, where, on)


def _newer(law: Law, where: str, on: date) -> Iterator[Finding]:
    if law.newer and newer_unheld(law, on) and not acknowledged(law):
        yield Finding(Kind.NEWER, where, f"《{law.title}》{law.newer.date} 有新文本，请把它登记为版本并照它核对", law.title)
