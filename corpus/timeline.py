"""Which edition of a law is in force on a day, and how an edition stands on that day, in Chinese words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from corpus.article import Edition, Law


def in_force(law: Law, on: date) -> Edition | None:
    """The edition that binds on the day; None where none does."""
    current = [edition for edition in law.editions if edition.in_force(on)]
    return current[-1] if current else None


def edition_of(law: Law, name: str) -> Edition | None:
    """The edition named by its date (YYYY-MM-DD), by a year alone where only one edition bears it, or None."""
    for edition in law.editions:
        if edition.date == name:
            return edition
    by_year = [edition for edition in law.editions if edition.date[:4] == name and len(name) == 4]
    return by_year[0] if len(by_year) == 1 else None


def in_sequence(editions: Iterable[Edition]) -> tuple[Edition, ...]:
    """Editions in order of date; one whose end nobody has written down ends the day before the next comes into force."""
    ordered = sorted(editions, key=lambda edition: edition.date)
    for number, (edition, following) in enumerate(pairwise(ordered)):
        if edition.in_force_to is None and edition.in_force_from < following.in_force_from:
            end = following.in_force_from - timedelta(days=1)
            ordered[number] = replace(edition, in_force_to=end, replaced_by=edition.replaced_by or following.date)
    return tuple(ordered)


def status(law: Law, edition: Edition, on: date) -> str:
    """现行有效, 尚未施行, 已被…修改 or 期限届满 on the day; a known newer edition without text is said too."""
    if edition.in_force_from > on:
        return f"尚未施行（{edition.in_force_from.isoformat()} 起施行）"
    if edition.in_force_to and edition.in_force_to < on:
        replaced = f"，现行为 {edition.replaced_by[:4]} 年文本" if edition.replaced_by else ""
        return f"{edition.in_force_to.isoformat()} 后不再施行{replaced}"
    if edition.period_to and edition.period_to < on:
        return f"规划期已于 {edition.period_to.year} 年底届满"
    if _outdated(law, edition, on):
        assert law.newer
        return f"{edition.date[:4]} 年文本；据悉 {law.newer.date[:4]} 年 {int(law.newer.date[5:7])} 月又有修改，新文本未收录"
    return "现行有效"


def warnings(law: Law, edition: Edition, on: date) -> tuple[str, ...]:
    """What a reader must be told about citing this edition for that day."""
    found = []
    if _outdated(law, edition, on) and edition.in_force(on):
        assert law.newer
        found.append(f"《{law.title}》引用的是 {edition.date[:4]} 年文本：{law.newer.note}。")
    if edition.period_to and edition.period_to < on:
        found.append(f"《{law.title}》的规划期到 {edition.period_to.year} 年底，已经届满，所列目标和任务供了解背景，现行安排以最新文件为准。")
    if edition.note and ("未核对" in edition.note or "核对" in edition.note):
        found.append(f"《{law.title}》：{edition.note}。")
    return tuple(found)


def _outdated(law: Law, edition: Edition, on: date) -> bool:
    """Whether a newer edition is known of on the day, without its text, and this is the last one before it."""
    return law.newer is not None and edition == law.editions[-1] and edition.date < law.newer.date <= on.isoformat()
