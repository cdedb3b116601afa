"""Two editions of a law article by article: same, reworded, new, gone, renumbered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher

from corpus.article import Article, Edition, Law
from corpus.errors import CorpusError
from corpus.library import Library

ALIKE = 0.6


def compare(library: Library, law: Law, before: date, after: date) -> Iterator[str]:
    """Chinese lines, one an article that differs, and a count at the end. Raises CorpusError where a text is not held."""
    old, new = _held(library, law, before), _held(library, law, after)
    if old[0].date == new[0].date:
        raise CorpusError(f"《{law.title}》在 {before} 和 {after} 施行的是同一文本（{old[0].date}），没有可对照的")
    yield f"《{law.title}》{old[0].date} 文本 → {new[0].date} 文本"
    same = changed = 0
    gone = dict.fromkeys(a.label for a in old[1])
    partner = pairs(old[1], new[1])
    for article in new[1]:
        match = partner.get(article.label)
        if match is None:
            yield f"新增 {article.label}：{article.text[:60]}"
            continue
        gone.pop(match.label, None)
        moved = "" if match.label == article.label else f"（原{match.label}）"
        if _bare(match.text) == _bare(article.text):
            same += 1
            if moved:
                yield f"条号变动 {article.label}{moved}"
        else:
            changed += 1
            yield f"改动 {article.label}{moved}：{marked(match.text, article.text)}"
    for label in gone:
        yield f"删去 原{label}"
    yield f"相同 {same} 条，改动 {changed} 条，新增 {len(new[1]) - same - changed} 条，删去 {len(gone)} 条"


def _held(library: Library, law: Law, on: date) -> tuple[Edition, tuple[Article, ...]]:
    edition = library.edition(law, on)
    if edition is None:
        raise CorpusError(f"《{law.title}》在 {on} 没有施行中的版本")
    held = library.held.get((law.slug, edition.date))
    if held is None:
        raise CorpusError(f"《{law.title}》{edition.date} 文本还没有导入，请先用 shezu corpus import 导入")
    return edition, held.text.articles


def pairs(old: tuple[Article, ...], new: tuple[Article, ...]) -> dict[str, Article]:
    """For each new label the old article it continues: equal text first, then the most alike above the threshold, each used once."""
    found: dict[str, Article] = {}
    free = {a.label: a for a in old}
    by_text = {_bare(a.text): a for a in old}
    for article in new:
        match = by_text.get(_bare(article.text))
        if match and match.label in free:
            found[article.label] = free.pop(match.label)
    for article in new:
        if article.label in found:
            continue
        scores = [(ratio(a.text, article.text), a.label == article.label, a.label) for a in free.values()]
        best = max(scores, default=(0.0, False, ""))
        if best[0] >= ALIKE:
            found[article.label] = free.pop(best[2])
    return found


def ratio(one: str, other: str) -> float:
    """Likeness of two texts, 0 to 1 (difflib)."""
    matcher = SequenceMatcher(None, _bare(one), _bare(other), autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0


def marked(old: str, new: str) -> str:
    """The new text with what went in 〔－…〕 and what came in 〔＋…〕; unchanged stretches shortened."""
    one, other = _bare(old), _bare(new)
    parts = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            text = one[a:b]
            parts.append(text if len(text) <= 30 else f"{text[:12]}…{text[-12:]}")
        else:
            parts.append((f"〔－{one[a:b]}〕" if b > a else "") + (f"〔＋{other[c:d]}〕" if d > c else ""))
    return "".join(parts)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
