"""Terms (名词): what readers mix up, each told by the same aspects, so that any two can be laid side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpus.catalog import strings
from corpus.errors import BadKnowledge
from corpus.guide import Line

ASPECTS = ("是什么", "谁来办", "条件", "怎么办", "方式", "期限", "资金", "支出", "组织机构", "分支机构", "登记机关", "职责", "后果")


@dataclass(frozen=True, slots=True)
class Term:
    """One term: its names, the first of which heads its column, and what it says of each aspect, in the order of ASPECTS."""

    names: tuple[str, ...]
    says: Mapping[str, Line]

    def lines(self) -> Iterator[tuple[str, Line]]:
        """Every (aspect, line) in order."""
        yield from self.says.items()


def all_terms(files: Mapping[str, Any]) -> list[Term]:
    """The terms of all files' content. Raises BadKnowledge, also for a name used twice."""
    terms = [_term(row, origin) for origin, rows in files.items() for row in rows or ()]
    seen: set[str] = set()
    for term in terms:
        for name in term.names:
            if name in seen:
                raise BadKnowledge(f"名词“{name}”写了两次，请删掉一处")
            seen.add(name)
    return terms


def found(terms: Iterable[Term], name: str) -> Term | None:
    """The term of that name, or None."""
    return next((term for term in terms if name in term.names), None)


def _term(row: Mapping[str, Any], origin: str) -> Term:
    try:
        names, said = strings(row, "names"), dict(row["says"])
        if not names or not said:
            raise ValueError("没有 names 或 says")
        if unknown := set(said) - set(ASPECTS):
            raise ValueError(f"不认识的方面：{'、'.join(sorted(unknown))}，应是 {'、'.join(ASPECTS)} 之一")
        return Term(names, {aspect: _line(said[aspect], aspect) for aspect in ASPECTS if aspect in said})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadKnowledge(f"{origin}：名词有误（{error}），请对照 docs/writing-knowledge.md 修改") from error


def _line(row: Mapping[str, Any], aspect: str) -> Line:
    cites, say = strings(row, "cite"), str(row.get("say") or "").strip()
    if not cites or not say:
        raise ValueError(f"{aspect}“{say[:20]}”没有内容或没有依据")
    return Line(say, cites)
