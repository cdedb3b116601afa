"""Text → articles (条) or, for policy documents and plans, sections; the pieces joined again equal the text that came in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.article import Article, Text
from corpus.errors import InexactText, NotAText
from corpus.numerals import chinese_number, to_chinese
from corpus.sections import parse_sections

N = "[零〇一二两三四五六七八九十百千]+"
ARTICLE_START = re.compile(rf"^[ \t\u3000]*(第({N})条(?:之({N}))?)([ \t\u3000:：]*)(.*)$")
HEADING = re.compile(rf"^[ \t\u3000]*第{N}(分编|编|章|节)(?:[ \t\u3000]+|$|(?=[^的规所之])).{{0,60}}$")
SUPPLEMENT = re.compile(r"^[ \t\u3000]*附\s*则[ \t\u3000]*$")
CONTENTS = re.compile(r"^[ \t\u3000]*目[ \t\u3000]*录[ \t\u3000]*$")
APPENDIX = re.compile(r"^[ \t\u3000]*(附件|附表|附录|附)\s*[一二三四五六七八九十\d]*\s*[:：]?.{0,40}$")
CROSS_REFERENCE = re.compile(r"^(?:第.{1,6}[款项]|规定|所列|所称|的|、|和|或|及|至|以及|之规定|关于|中|前款|[，,])")
LEVELS = ("编", "分编", "章", "节")
MARKS_OF_LAW = re.compile(r"规定|应当|不得|可以|坚持|办法|条例|施行|推动|加强")


@dataclass(slots=True)
class _Draft:
    label: str
    headings: tuple[str, ...]
    lines: list[str] = field(default_factory=list)


def parse(text: str, name: str = "文本") -> Text:
    """Cut a clean text into articles or sections. Raises InexactText or NotAText naming the place and the way out."""
    lines = text.split("\n")
    refuse_lists(lines, name)
    parsed = _by_articles(lines, name) or parse_sections(lines, name)
    check_exact(parsed, text, name)
    return parsed


def refuse_lists(lines: list[str], name: str) -> None:
    """A page that is mostly tables is a list of instruments, not an instrument. Raises NotAText."""
    filled = [line for line in lines if line.strip()]
    rows = sum(line.lstrip().startswith("|") and line.count("|") > 3 for line in filled)
    if filled and rows > len(filled) * 0.5:
        raise NotAText(f"{name}：内容主要是表格清单，不是法规正文，已跳过")


def _needs_gap(lines: list[str]) -> bool:
    """Whether this page sets a blank between 第…条 and the text: then a line without it is a cross-reference."""
    starts = [m for m in map(ARTICLE_START.match, lines) if m and m[5]]
    return sum(bool(m[4]) for m in starts) > len(starts) * 0.8


def _by_articles(lines: list[str], name: str) -> Text | None:
    needs_gap = _needs_gap(lines)
    body_from = _after_contents(lines)
    drafts: list[_Draft] = []
    preamble: list[str] = []
    tail: list[str] = []
    headings: dict[str, str] = {}
    last = (0, 0)
    for index, line in enumerate(lines):
        start = ARTICLE_START.match(line) if index >= body_from and not tail else None
        if start and _opens_article(start, last, needs_gap):
            number = (chinese_number(start[2]), chinese_number(start[3]) if start[3] else 0)
            _check_number(number, last, name)
            last = number
            drafts.append(_Draft(start[1], tuple(headings[k] for k in LEVELS if k in headings), [start[5]]))
        elif index >= body_from and not tail and (level := _heading_level(line)):
            headings[level] = re.sub(r"[ \t\u3000]+", " ", line.strip())
            for lower in LEVELS[LEVELS.index(level) + 1 :]:
                headings.pop(lower, None)
            (drafts[-1].lines if drafts else preamble).append("\0" + line)
        elif tail or (drafts and APPENDIX.match(line) and last[0] > 1):
            tail.append(line)
        else:
            (drafts[-1].lines if drafts else preamble).append(line)
    if last[0] < 2:
        return None
    return _assemble(drafts, preamble, tail, name)


def _opens_article(start: re.Match[str], last: tuple[int, int], needs_gap: bool) -> bool:
    if needs_gap and start[5] and not start[4]:
        return False
    if not start[4] and CROSS_REFERENCE.match(start[5]):
        return False
    number = (chinese_number(start[2]), chinese_number(start[3]) if start[3] else 0)
    return number > last or bool(start[4]) or not start[5]


def _check_number(number: tuple[int, int], last: tuple[int, int], name: str) -> None:
    label = _label(number)
    if number == last:
        raise InexactText(f"{name}：{label}重复出现，请删去重复的一处后再导入")
    follows = number == (last[0] + 1, 0) or (number[0] == last[0] and number[1] == max(last[1] + 1, 1))
    if follows:
        return
    if number < last:
        raise InexactText(f"{name}：{label}出现在{_label(last)}之后，条号倒退，请核对正文")
    expected = _label((last[0] + 1, 0))
    raise InexactText(f"{name}：{_label(last) if last[0] else '正文开头'}之后应为{expected}，却是{label}，中间有缺，请补全正文")


def _label(number: tuple[int, int]) -> str:
    return f"第{to_chinese(number[0])}条" + (f"之{to_chinese(number[1])}" if number[1] else "")


def _heading_level(line: str) -> str | None:
    if SUPPLEMENT.match(line):
        return "章"
    match = HEADING.match(line)
    if not match or line.rstrip().endswith(("。", "；", "，", "：")):
        return None
    return match[1]


def _after_contents(lines: list[str]) -> int:
    """Index of the first body line when the page opens with a 目录 that lists the chapters."""
    for index, line in enumerate(lines[:80]):
        if CONTENTS.match(line):
            seen: set[str] = set()
            for position in range(index + 1, len(lines)):
                heading = re.sub(r"\s", "", lines[position])
                if heading in seen or ARTICLE_START.match(lines[position]):
                    return position
                if heading:
                    seen.add(heading)
    return 0


def _assemble(drafts: list[_Draft], preamble: list[str], tail: list[str], name: str) -> Text:
    articles = []
    for draft in drafts:
        body = "\n".join(line for line in draft.lines if not line.startswith("\0")).strip("\n \t\u3000")
        if not body:
            raise InexactText(f"{name}：{draft.label}只有条号没有内容，正文可能被截断，请补全后再导入")
        articles.append(Article(draft.label, re.sub(r"\n[ \t\u3000]*\n+", "\n", body), draft.headings))
    title, rest = _title([line.lstrip("\0") for line in preamble])
    last = articles[-1]
    if not re.search(r"(?:[。！？；）)”’.》|]|[施执]行)$", last.text.rstrip()):
        raise InexactText(f"{name}：{last.label}没有写完（以“{last.text.rstrip()[-8:]}”结尾），正文可能被截断")
    return Text(title, rest, tuple(articles), "\n".join(tail).strip("\n"))


def _title(preamble: list[str]) -> tuple[str, str]:
    for index, line in enumerate(preamble):
        if line.strip():
            return line.strip(), "\n".join(preamble[index + 1 :]).strip("\n")
    return "", ""


def check_exact(parsed: Text, text: str, name: str) -> None:
    """The pieces hold every character of the text, white space and chapter headings aside. Raises InexactText with the place."""
    squeezed = re.sub(r"\s+", "", text)
    position = 0
    pieces = [parsed.title, parsed.preamble]
    for article in parsed.articles:
        pieces += [article.label if parsed.style == "articles" else "", article.text]
    for piece in (*pieces, parsed.tail):
        wanted = re.sub(r"\s+", "", piece)
        found = squeezed.find(wanted, position)
        skipped = squeezed[position:found] if found >= 0 else ""
        if found < 0 or (skipped and not _only_headings(skipped, parsed)):
            raise InexactText(f"{name}：拆分后与原文对不上，位置在“{squeezed[position : position + 20]}”附近，未导入")
        position = found + len(wanted)
    rest = squeezed[position:]
    if rest and not _only_headings(rest, parsed):
        raise InexactText(f"{name}：拆分后与原文对不上，剩下“{rest[:20]}”没有归处，未导入")


def _only_headings(skipped: str, parsed: Text) -> bool:
    known = {re.sub(r"\s+", "", h) for article in parsed.articles for h in article.headings}
    for heading in sorted(known, key=len, reverse=True):
        skipped = skipped.replace(heading, "")
    return not re.sub(r"[：:　]", "", skipped)
