"""What a reviewer sees of a change: the checks, what differs, what rests on it, and what the audit would find elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from fastapi import Request

from api.chat import service
from api.problems import Problem
from api.staff.change import AUTHORED, CALLED, OPEN, Change, State
from api.staff.roles import Role, Staff
from corpus.difference import Change as ArticleChange
from corpus.errors import CorpusError
from corpus.finding import Finding
from corpus.impact import KINDS, Rest, Touched, impact
from corpus.intake import Held
from corpus.layer import OFFICE
from corpus.library import Library
from corpus.proposal import TEXT, Check, Ground, checks, fallout, rows, text_changes, text_of
from corpus.telling import Row


def report(ground: Ground, change: Change, on: date, others: Iterable[Rest]) -> dict[str, Any]:
    """The whole report in JSON; where a change stops short of making a library, the checks alone."""
    found = checks(ground, change.proposal, on)
    told: dict[str, Any] = {"on": on.isoformat(), "checks": [check_json(check) for check in found], "stops": sum(check.stops for check in found)}
    try:
        after = ground.after(change.proposal)
        touched = impact(ground.library, after, on, others) if change.proposal.kind != OFFICE else []
        told["impact"] = impact_json((one for one in touched if one.rest.id != change.proposal.key), ground.library)
        told["fallout"] = [finding_json(finding) for finding in fallout(ground, change.proposal, on)] if change.proposal.kind != OFFICE else []
        told["diff"] = _diff(ground, change)
        if change.proposal.kind == TEXT:
            told["preview"] = preview_json(text_of(change.proposal), after)
    except CorpusError:
        told |= {"impact": None, "fallout": [], "diff": None}
    return told


def _diff(ground: Ground, change: Change) -> dict[str, Any]:
    if change.proposal.kind != TEXT:
        return {"rows": [row_json(row) for row in rows(change.proposal, change.base)]}
    edition, found = text_changes(ground, change.proposal, change.base)
    counts: dict[str, int] = {}
    for one in found:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return {"against": edition, "counts": counts, "articles": [article_json(one) for one in found if one.kind != "相同"] if edition else []}


def check_json(check: Check) -> dict[str, Any]:
    """A check in JSON."""
    return {"field": check.field, "kind": check.kind, "what": check.what, "stops": check.stops}


def finding_json(finding: Finding) -> dict[str, str]:
    """A finding of the audit in JSON."""
    return {"kind": finding.kind.value, "where": finding.where, "what": finding.what}


def row_json(row: Row) -> dict[str, Any]:
    """A row of two states side by side."""
    return {"kind": row.kind, "before": row.before, "after": row.after, "stretches": row.stretches}


def article_json(change: ArticleChange) -> dict[str, Any]:
    """What became of an article, with its two texts as stretches."""
    return {
        "kind": change.kind,
        "before": change.before.label if change.before else "",
        "after": change.after.label if change.after else "",
        "stretches": change.stretches(),
    }


def impact_json(found: Iterable[Touched], library: Library) -> dict[str, Any]:
    """What rests on changed articles: by kind and item, each with the articles that it rests on and what became of them."""
    groups: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in KINDS}
    for touched in found:
        rest = touched.rest
        item = groups[rest.kind].setdefault(rest.id, {"id": rest.id, "title": rest.title, "articles": []})
        law = library.catalog.find(rest.address.law)
        item["articles"].append(
            {
                "law": law.title if law else rest.address.law,
                "edition": rest.address.edition,
                "article": rest.address.article,
                "what": touched.what,
                "now": touched.now,
                "where": rest.where,
            }
        )
    return {"counts": {kind: len(items) for kind, items in groups.items()}, "groups": {kind: list(items.values()) for kind, items in groups.items()}}


def preview_json(held: Held, after: Library) -> dict[str, Any]:
    """How an uploaded text was read: whose it is, its edition, and every article."""
    law = after.law(held.law)
    return {
        "law": {"slug": law.slug, "title": law.title, "rank": law.rank, "region": law.region, "new": held.entry is not None and len(law.editions) == 1},
        "edition": held.edition.date,
        "title": held.text.title,
        "preamble": held.text.preamble,
        "tail": held.text.tail,
        "articles": [{"label": a.label, "text": a.text, "headings": list(a.headings)} for a in held.text.articles],
    }


def change_json(change: Change, who: Staff) -> dict[str, Any]:
    """A change in a list; `own` where it is the reader's."""
    return {
        "id": change.id,
        "kind": change.proposal.kind,
        "key": change.proposal.key,
        "title": change.title,
        "state": change.state,
        "called": CALLED[change.state],
        "author": change.author_name,
        "own": change.author == who.id,
        "created": change.created.isoformat(),
        "updated": change.updated.isoformat(),
        "version": change.version,
        "note": change.note,
        "reviewer": change.reviewer_name,
        "reason": change.reason,
        "release": change.release,
    }


def detail(request: Request, change: Change, who: Staff) -> dict[str, Any]:
    """A change with its content, its history, and what the reader may do with it."""
    steps = service(request).changes.steps(change.id)
    wrote = who.id in {step.staff for step in steps if step.step in AUTHORED}
    undecided = change.state is State.SUBMITTED
    decides = undecided and who.has(Role.REVIEWER) and not wrote
    may = {
        "edit": change.state in OPEN and who.has(Role.EDITOR),
        "withdraw": (change.state in OPEN or undecided) and who.has(Role.EDITOR),
        "decide": decides,
        "again": change.state in (State.WITHDRAWN, State.REVERTED) and who.has(Role.EDITOR),
    }
    history = [{"at": step.at.isoformat(), "name": step.name, "step": step.step, "reason": step.reason, "wrote": step.content is not None} for step in steps]
    own_review = undecided and who.has(Role.REVIEWER) and wrote
    told = {"content": change.proposal.content, "upload": change.upload, "steps": history, "may": may, "wrote_it": own_review}
    return change_json(change, who) | told


def named(change: Change) -> str:
    """A change as the audit log names it."""
    return f"变更 {change.id} {change.title}"


def refuse_stopped(found: Iterable[Check]) -> None:
    """Refuse what is stopped. Raises Problem 422 naming the first field."""
    stopped = [check for check in found if check.stops]
    if stopped:
        first = stopped[0]
        raise Problem(422, f"还有 {len(stopped)} 处问题要改好才能提交，例如：{first.what}", field=first.field or "content")
