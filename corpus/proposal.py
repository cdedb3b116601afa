"""A proposed change of what an office knows: what the library would be with it, what stops it, and what it changes, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from corpus import impact
from corpus.agreement import agreement
from corpus.audit import undigested
from corpus.difference import Change, changes
from corpus.digest import Digest
from corpus.errors import CorpusError
from corpus.finding import Finding
from corpus.form import faults
from corpus.guide import Guide
from corpus.impact import preceding, rests
from corpus.intake import Held, held_from
from corpus.layer import CATALOG, DIGEST, GUIDE, OFFICE, Knowledge, Layer, digest_key, digest_parts, withdrawn
from corpus.library import Library
from corpus.mentions import cites, mentions
from corpus.office import office_from
from corpus.stale import Stale, load_stale
from corpus.standing import standing
from corpus.support import digest_support, line_support
from corpus.telling import Row, lines, side_by_side

TEXT = "texts"
KINDS = {TEXT: "原文", DIGEST: "要点", GUIDE: "办事指南", CATALOG: "目录", OFFICE: "办事机构"}
FORM = "写法"
UNDATED = "1900-01-01"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an item is to be: kind (one of KINDS), key, and its whole content, None to go back to what ships.

    A text's key is law slug / edition date, its content what `corpus.intake.as_json` gives.
    """

    kind: str
    key: str
    content: Any


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: the field of the form ("" for the whole), the kind, what was found, and whether it stops the proposal."""

    field: str
    kind: str
    what: str
    stops: bool


@dataclass(frozen=True)
class Ground:
    """What proposals are made upon: what ships, the office's layer, and the folder of imported texts."""

    shipped: Knowledge
    layer: Layer
    texts: Path

    @cached_property
    def library(self) -> Library:
        """All that the office holds. Raises CorpusError."""
        return Library(self.layer.over(self.shipped), self.texts)

    def after(self, proposal: Proposal) -> Library:
        """The same with the proposal in it. Raises CorpusError where that makes no whole library."""
        if proposal.kind == TEXT:
            return Library(self.layer.over(self.shipped), self.texts, [text_of(proposal)])
        layer = self.layer.replaced(proposal.kind, proposal.key, proposal.content)
        if proposal.kind == OFFICE and proposal.content is not None:
            office_from(proposal.content, "办事机构")
        return Library(layer.over(self.shipped), self.texts)


def text_of(proposal: Proposal) -> Held:
    """The text that a proposal brings. Raises CorpusError where its content is not one."""
    try:
        return held_from(proposal.content)
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"原文的施行日期或目录信息有误（{error}），请改正") from error


def checks(ground: Ground, proposal: Proposal, on: date, stale: Stale | None = None, *, compare: bool = True) -> list[Check]:
    """Everything found about a proposal: fields that are not as they must be, then what the audit says of it in the library it makes.

    `compare` holds a guide against all other guides too, which takes ten times as long and stops nothing.
    """
    if proposal.kind == DIGEST:
        try:
            digest_parts(proposal.key)
        except CorpusError as error:
            return [Check("", FORM, str(error), True)]
    if proposal.kind != TEXT and proposal.content is not None:
        wrong = [Check(field, FORM, what, True) for field, what in faults(proposal.kind, proposal.key, proposal.content)]
        if wrong:
            return wrong
    try:
        after = ground.after(proposal)
    except CorpusError as error:
        return [Check("", FORM, str(error), True)]
    return list(_audit(ground, proposal, after, on, stale if stale is not None else load_stale(), compare))


def _audit(ground: Ground, proposal: Proposal, after: Library, on: date, stale: Stale, compare: bool) -> Iterator[Check]:
    if proposal.kind == TEXT:
        yield from _text(ground, proposal, after)
    elif proposal.kind == OFFICE:
        yield from _office(after, proposal.content)
    elif proposal.kind == DIGEST:
        law, edition, article = digest_parts(proposal.key)
        found = next((d for d in after.digests if (d.law, d.edition, d.article) == (law, edition, article)), None)
        yield from _digest(after, found, on, stale) if found else _missed(proposal)
    elif proposal.kind == GUIDE:
        guide = after.guide(proposal.key)
        yield from _guide(after, guide, on, stale) if guide else _missed(proposal)
        if guide and compare:
            yield from _found(agreement(after, on, guide.slug), "", False)


def fallout(ground: Ground, proposal: Proposal, on: date) -> list[Finding]:
    """What the audit would find elsewhere once the proposal stands, and does not find now: in whatever rests on the law that it is about.

    Raises CorpusError.
    """
    law = proposal.key.partition("/")[0]
    if proposal.kind in (GUIDE, OFFICE):
        return []
    before, after = ground.library, ground.after(proposal)
    known = set(_audited(_upon(before, law, on), on))
    return [finding for finding in _audited(_upon(after, law, on), on) if finding not in known]


def _upon(library: Library, law: str, on: date) -> Library:
    """The library about the digests and guides that rest on an article of a law."""
    ids = {(rest.kind, rest.id) for rest in rests(library, on) if rest.address.law == law}
    digests = [digest for digest in library.digests if digest.law == law or (impact.DIGEST, digest_key(digest.law, digest.edition, digest.article)) in ids]
    return library.about(digests, [guide for guide in library.guides if (impact.GUIDE, guide.slug) in ids])


def _audited(library: Library, on: date) -> Iterator[Finding]:
    yield from standing(library, on)
    yield from cites(library, on)
    yield from digest_support(library)
    yield from line_support(library, on)
    yield from mentions(library, on, load_stale())
    for law in {digest.law: library.law(digest.law) for digest in library.digests}.values():
        if law.core:
            yield from undigested(library, law, on)


def _missed(proposal: Proposal) -> Iterator[Check]:
    if proposal.content is not None and not withdrawn(proposal.content):
        yield Check("", FORM, "这一份没有进到知识库里，请核对编号", True)


def _digest(after: Library, digest: Digest, on: date, stale: Stale) -> Iterator[Check]:
    if (digest.law, digest.edition) not in after.held:
        yield Check("", "提示", f"《{after.law(digest.law).title}》{digest.edition} 原文没有导入，数额和条号没有对照", False)
    for number, point in enumerate(digest.points):
        one = after.about([replace(digest, points=(point,))])
        yield from _found((*digest_support(one), *mentions(one, on, stale)), f"points.{number}.say", True)
    yield from _found(standing(after.about([digest]), on), "", False)


def _guide(after: Library, guide: Guide, on: date, stale: Stale) -> Iterator[Check]:
    for section, rows in guide.sections.items():
        for number, line in enumerate(rows):
            one = after.about(guides=[replace(guide, sections={section: (line,)})])
            found = (*cites(one, on), *line_support(one, on), *mentions(one, on, stale))
            yield from _found(found, f"{section}.{number}.say", True)
    yield from _found(standing(after.about(guides=[guide]), on), "", False)


def _found(findings: Iterator[Finding] | tuple[Finding, ...], field: str, stops: bool) -> Iterator[Check]:
    for finding in findings:
        yield Check(field, finding.kind.value, finding.what, stops)


def _text(ground: Ground, proposal: Proposal, after: Library) -> Iterator[Check]:
    held = text_of(proposal)
    for passed in proposal.content.get("checks") or ():
        yield Check("", "通过", str(passed), False)
    if f"{held.law}/{held.edition.date}" != proposal.key:
        yield Check("edition.date", FORM, f"应是“{proposal.key.partition('/')[2]}”，换一个版本请重新上传", True)
    if held.edition.date == UNDATED:
        yield Check("edition.date", FORM, "没有从正文认出公布日期，请在文件名里写上，如 办法(2025-03-01).docx，再上传一次", True)
    end = held.edition.in_force_to
    if end and end < held.edition.in_force_from:
        yield Check("edition.in_force_to", FORM, f"停止施行（{end}）早于开始施行（{held.edition.in_force_from}）", True)
    known = ground.library
    same = known.held.get((held.law, held.edition.date))
    if same and same.sha256 == held.sha256 and same.edition == held.edition:
        yield Check("", FORM, "和已导入的文本一字不差，不用再导入", True)
    elif same:
        yield Check("", "提示", f"这个版本已导入过（{same.source}），批准后会换成这一份", False)
    if known.catalog.find(held.law) is None:
        yield Check("", "提示", f"目录里原来没有《{after.law(held.law).title}》，批准后会一并登记", False)
    if preceding(known, held) is None:
        yield Check("", "提示", "没有更早版本的原文可对照", False)


def _office(after: Library, content: Mapping[str, Any] | None) -> Iterator[Check]:
    for number, promise in enumerate((content or {}).get("promises") or ()):
        if after.guide(promise["guide"]) is None:
            yield Check(f"promises.{number}.guide", FORM, f"没有“{promise['guide']}”这份办事指南", True)


def text_changes(ground: Ground, proposal: Proposal, before: Any = None) -> tuple[str, list[Change]]:
    """The edition that a text is compared with ("" where none is at hand), and what became of every article.

    `before` is the text that it replaces, as `corpus.intake.as_json` gives it, else the nearest earlier edition stands for it.
    """
    held = text_of(proposal)
    older = held_from(before) if before else preceding(ground.library, held)
    return (older.edition.date if older else ""), list(changes(older.text.articles if older else (), held.text.articles))


def rows(proposal: Proposal, before: Any) -> list[Row]:
    """A digest, guide, catalog entry or card beside what it was, line by line."""
    return side_by_side(lines(proposal.kind, before), lines(proposal.kind, proposal.content))


def standing_content(ground: Ground, kind: str, key: str) -> Any:
    """What the office has under a key now: its own item, else what ships; None where there is none."""
    known = ground.layer.over(ground.shipped)
    if kind == OFFICE:
        return next(iter(known.get(OFFICE, {}).values()), None)
    if kind == GUIDE:
        return next((content for content in known[GUIDE].values() if content.get("slug") == key), None)
    if kind == CATALOG:
        return next((row for rows in known[CATALOG].values() for row in rows or () if row.get("slug") == key), None)
    return _standing_digest(ground, known, key)


def _standing_digest(ground: Ground, known: Knowledge, key: str) -> Any:
    law, edition, article = digest_parts(key)
    catalog = ground.library.catalog
    for file in known[DIGEST].values():
        found = catalog.find(str(file.get("law", "")))
        if found and (found.slug, str(file.get("edition"))) == (law, edition):
            return next((row for row in file.get("articles") or () if str(row.get("article")) == article), None)
    return None
