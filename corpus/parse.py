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
APPENDIX = re.compile(
    r"^[ \t\u3000]*(?:附[件表录](?:\s*[一二三四五六七八九十\d]+.{0,40}|\s*[:：].{0,40}|[ \t\u3000].{0,40})?|附(?:\s*[:：].{0,40})?)(?<![。；，])$"
)
CROSS_REFERENCE = re.compile(
    r"^(?:第.{1,6}[款项]|规定|所[列称述规]|情形|的|、|和(?![平谐])|或|及(?!时)|至(?![少今])|以及|之|关于|中(?=[的，、所规第])|前款|[，,])"
)
LAST_NUMBER = 9999
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


def _gapped(starts: list[re.Match[str]]) -> set[tuple[int, int]]:
    """The article numbers that a blank follows, on a page that sets one after nearly every 第…条; empty for other pages."""
    worded = [start for start in starts if start[5]]
    gapped = [start for start in worded if start[4]]
    return {_number(start) for start in gapped} if len(gapped) > len(worded) * 0.8 else set()


def _number(start: re.Match[str]) -> tuple[int, int]:
    return chinese_number(start[2]), chinese_number(start[3]) if start[3] else 0


def _openings(lines: list[str]) -> list[tuple[int, int] | None]:
    """For each line the number of the article it opens. A label run into its text is a cross-reference where it reads as one,
    or where the same page has that number with a blank after it."""
    starts = [ARTICLE_START.match(line) for line in lines]
    gapped = _gapped([start for start in starts if start])
    numbers: list[tuple[int, int] | None] = []
    for start in starts:
        number = _number(start) if start else (0, 0)
        if start is None or not 1 <= number[0] <= LAST_NUMBER or number[1] > LAST_NUMBER:
            numbers.append(None)
        elif start[4] or not start[5]:
            numbers.append(number)
        else:
            numbers.append(None if number in gapped or CROSS_REFERENCE.match(start[5]) else number)
    return numbers


def _by_articles(lines: list[str], name: str) -> Text | None:
    openings = _openings(lines)
    body_from = _after_contents(lines, openings)
    openings[:body_from] = [None] * body_from
    body_to = _appendix_from(lines, openings)
    drafts: list[_Draft] = []
    preamble: list[str] = []
    headings: dict[str, str] = {}
    last = (0, 0)
    for index, line in enumerate(lines[:body_to]):
        number = openings[index]
        if number:
            start = ARTICLE_START.match(line)
            assert start
            _check_number(number, last, name)
            last = number
            drafts.append(_Draft(start[1], tuple(headings[k] for k in LEVELS if k in headings), [start[5]]))
        elif index >= body_from and (level := _heading_level(line)):
            headings[level] = re.sub(r"[ \t\u3000]+", " ", line.strip())
            for lower in LEVELS[LEVELS.index(level) + 1 :]:
                headings.pop(lower, None)
            (drafts[-1].lines if drafts else preamble).append("\0" + line)
        else:
            (drafts[-1].lines if drafts else preamble).append(line)
    if last[0] < 2:
        return None
    return _assemble(drafts, preamble, lines[body_to:], name)


def _appendix_from(lines: list[str], openings: list[tuple[int, int] | None]) -> int:
    """Index of the line that opens the appendix: after the second article, and the numbering does not go on behind it."""
    last = 0
    for index, line in enumerate(lines):
        number = openings[index]
        if number:
            last = number[0]
        elif last > 1 and APPENDIX.match(line):
            following = next((later for later in openings[index + 1 :] if later), (1, 0))
            if following == (1, 0):
                return index
    return len(lines)


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


def _after_contents(lines: list[str], openings: list[tuple[int, int] | None]) -> int:
    """Index of the first body line when the page opens with a 目录 that lists the chapters."""
    for index, line in enumerate(lines[:80]):
        if CONTENTS.match(line):
            seen: set[str] = set()
            for position in range(index + 1, len(lines)):
                heading = re.sub(r"\s", "", lines[position])
                if openings[position]:
                    return _back_to_first_heading(lines, position, index)
                if heading in seen:
                    return position
                if heading:
                    seen.add(heading)
    return 0


def _back_to_first_heading(lines: list[str], position: int, contents: int) -> int:
    """The first of the headings numbered 一 that stand right above the first article."""
    first = position
    for index in range(position - 1, contents, -1):
        line = lines[index].strip()
        if line and not re.match(r"第一(?:分编|编|章|节)", line):
            break
        if line:
            first = index
    return first


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
