"""Two editions of a law article by article: same, reworded, new, gone, renumbered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from corpus.article import Article, Edition, Law
from corpus.errors import CorpusError
from corpus.library import Library

ALIKE = 0.6
WIDTHS = str.maketrans("：；，（）！？．“”‘’〔〕", ":;,()!?.\"\"''[]")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one article: 相同, 条号变动, 改动, 新增 or 删去; `before` is None for a new one, `after` for one that is gone."""

    kind: str
    before: Article | None
    after: Article | None

    def stretches(self) -> tuple[tuple[str, str], ...]:
        """The two texts as stretches in order: ("kept" | "gone" | "come", text), white space left out."""
        return stretches(_bare(self.before.text if self.before else ""), _bare(self.after.text if self.after else ""))


def stretches(one: str, other: str) -> tuple[tuple[str, str], ...]:
    """Two texts as stretches in order: ("kept" | "gone" | "come", text)."""
    found: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, _flat(one), _flat(other), autojunk=False).get_opcodes():
        parts = [("kept", one[a:b])] if kind == "equal" else [("gone", one[a:b]), ("come", other[c:d])]
        found += [part for part in parts if part[1]]
    return tuple(found)


def changes(old: tuple[Article, ...], new: tuple[Article, ...]) -> Iterator[Change]:
    """Every article of the new text in order with the one it continues, then the old ones that none continues."""
    partner = pairs(old, new)
    for article in new:
        match = partner.get(article.label)
        if match is None:
            yield Change("新增", None, article)
        elif _flat(_bare(match.text)) != _flat(_bare(article.text)):
            yield Change("改动", match, article)
        else:
            yield Change("相同" if match.label == article.label else "条号变动", match, article)
    continued = {article.label for article in partner.values()}
    for article in old:
        if article.label not in continued:
            yield Change("删去", article, None)


def compare(library: Library, law: Law, before: date, after: date) -> Iterator[str]:
    """Chinese lines, one an article that differs, and a count at the end. Raises CorpusError where a text is not held."""
    old, new = _held(library, law, before), _held(library, law, after)
    if old[0].date == new[0].date:
        raise CorpusError(f"《{law.title}》在 {before} 和 {after} 施行的是同一文本（{old[0].date}），没有可对照的")
    yield f"《{law.title}》{old[0].date} 文本 → {new[0].date} 文本"
    counts: Counter[str] = Counter()
    for change in changes(old[1], new[1]):
        counts[change.kind] += 1
        line = _line(change)
        if line:
            yield line
    same = counts["相同"] + counts["条号变动"]
    yield f"相同 {same} 条，改动 {counts['改动']} 条，新增 {counts['新增']} 条，删去 {counts['删去']} 条"


def _line(change: Change) -> str:
    if change.after is None:
        return f"删去 原{change.before.label}" if change.before else ""
    if change.before is None:
        return f"新增 {change.after.label}：{change.after.text[:60]}"
    moved = "" if change.before.label == change.after.label else f"（原{change.before.label}）"
    if change.kind == "改动":
        return f"改动 {change.after.label}{moved}：{marked(change.before.text, change.after.text)}"
    return f"条号变动 {change.after.label}{moved}" if moved else ""


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
    by_text = {_flat(_bare(a.text)): a for a in old}
    for article in new:
        match = by_text.get(_flat(_bare(article.text)))
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
    for kind, a, b, c, d in SequenceMatcher(None, _flat(one), _flat(other), autojunk=False).get_opcodes():
        if kind == "equal":
            text = one[a:b]
            parts.append(text if len(text) <= 30 else f"{text[:12]}…{text[-12:]}")
        else:
            parts.append((f"〔－{one[a:b]}〕" if b > a else "") + (f"〔＋{other[c:d]}〕" if d > c else ""))
    return "".join(parts)


def _flat(text: str) -> str:
    """The text with each mark in one width, character for character: publishers set the same colon in either."""
    return text.translate(WIDTHS)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
