"""Policy documents and plans have no 条: their units are the smallest titled sections (篇, 章, 节, 一、, （一）)."""

from __future__ import annotations

import re

from corpus.article import Article, Text
from corpus.errors import InexactText, NotAText
from corpus.numerals import chinese_number, to_chinese

N = "[零〇一二三四五六七八九十百]+"
LEVELS = (
    re.compile(rf"^\s*第({N})(?:篇|编)[\s\u3000]*"),
    re.compile(rf"^\s*第({N})章[\s\u3000]*"),
    re.compile(rf"^\s*第({N})节[\s\u3000]*"),
    re.compile(rf"^\s*({N})、\s*"),
    re.compile(rf"^\s*[（(]({N})[)）]\s*"),
)
LONGEST_TITLE = 32
MID_SENTENCE = "，、；：（“《〔"
LAST_NUMBER = 9999
PREFACE = "前言"


def parse_sections(lines: list[str], name: str) -> Text:
    """Cut a text without articles into sections labelled by their path. Raises NotAText where it has no structure at all."""
    marks = [_mark(line) for line in lines]
    if sum(mark is not None for mark in marks) < 2:
        raise NotAText(f"{name}：既没有“第…条”也没有“一、”“（一）”这样的层次，认不出是法规或政策正文，未导入")
    units, titled = _unit_levels(lines, marks)
    first = next((line for line in lines if line.strip()), "")
    articles: list[Article] = []
    path: dict[int, str] = {}
    numbers: dict[int, int] = {}
    label = PREFACE
    body: list[str] = []
    seen_title = False

    def close() -> None:
        text = "\n".join(line.strip(" \t\u3000") for line in body if line.strip()).strip()
        if text:
            articles.append(Article(label, text, tuple(path[k] for k in sorted(path))))

    for line, mark in zip(lines, marks, strict=True):
        if not seen_title and line is first:
            seen_title = True
            body.append("")
            continue
        if mark is None or mark[0] not in units:
            body.append(line)
            continue
        level, number, title = mark
        _check_order(level, number, numbers, line, name)
        if level not in titled:
            title = f"第{to_chinese(number)}条"
        close()
        path = {k: v for k, v in path.items() if k < level} | {level: _full_width(title)}
        numbers = {k: v for k, v in numbers.items() if k <= level}
        label, body = "".join(path[k] if k in (3, 4) else path[k] + " " for k in sorted(path)).strip(), [line]
    close()
    unique = _unique(_with_words(articles), name)
    _check_end(unique[-1], name)
    return Text(first.strip(), "", tuple(unique), "", "sections")


def _with_words(articles: list[Article]) -> list[Article]:
    """The sections without those that are only the heading above the ones inside them."""
    kept = []
    for number, article in enumerate(articles):
        inside = articles[number + 1].headings[:-1] if number + 1 < len(articles) else ()
        heads = article.headings and inside[: len(article.headings)] == article.headings
        if not heads or _bare(article.text) != _bare(article.headings[-1]):
            kept.append(article)
    return kept


def _check_end(last: Article, name: str) -> None:
    if last.text[-1] in MID_SENTENCE:
        raise InexactText(f"{name}：“{last.label}”没有写完（以“{last.text[-8:]}”结尾），正文可能被截断")


def _mark(line: str) -> tuple[int, int, str] | None:
    for level, pattern in enumerate(LEVELS):
        match = pattern.match(line)
        if match and chinese_number(match[1]) <= LAST_NUMBER:
            title = re.split(r"[。\s\u3000]", line[match.end() :].strip(), maxsplit=1)[0]
            head = re.sub(r"[\s\u3000]+", "", match[0])
            if len(title) > LONGEST_TITLE or (title and title[-1] in "；，：;,:"):
                title = ""
            gap = " " if level < 3 and title else ""
            return level, chinese_number(match[1]), f"{head.rstrip('、') if not title and level == 3 else head}{gap}{title}"
    return None


def _unit_levels(lines: list[str], marks: list[tuple[int, int, str] | None]) -> tuple[set[int], set[int]]:
    """Which levels open units, and which of these carry titles.

    Below the top level only titled levels open units: untitled （一） are a list inside their section. An untitled top level
    (announcements: 一、二、…) is numbered as such texts refer to themselves, 第一条, 第二条.
    """
    has_title: dict[int, list[bool]] = {}
    opened = [index for index, mark in enumerate(marks) if mark]
    for index, following in zip(opened, [*opened[1:], len(lines)], strict=True):
        mark = marks[index]
        assert mark is not None
        level, _, title = mark
        named = bool(re.search(r"[^第篇编章节、（）()一二三四五六七八九十]", title)) and lines[index].rstrip()[-1] not in "；;"
        deeper = following < len(lines) and (marks[following] or mark)[0] > level
        has_body = _bare(lines[index]) != _bare(title) or any(map(str.strip, lines[index + 1 : following])) or deeper
        has_title.setdefault(level, []).append(named and has_body)
    top = min(has_title)
    titled = {level for level, named in has_title.items() if sum(named) > len(named) * 0.6}
    return titled | {top}, titled


def _bare(text: str) -> str:
    return re.sub(r"[\s。（）()]", "", text)


def _check_order(level: int, number: int, numbers: dict[int, int], line: str, name: str) -> None:
    before = numbers.get(level, 0)
    if level <= 2:
        numbers[level] = number
        return
    if number != before + 1:
        raise InexactText(f"{name}：“{line.strip()[:20]}”之前应为第 {before + 1} 项，序号有缺或重复，请核对正文")
    numbers[level] = number


def _full_width(title: str) -> str:
    return re.sub(rf"^\(({N})\)", r"（\1）", title)


def _unique(articles: list[Article], name: str) -> list[Article]:
    seen: dict[str, int] = {}
    unique = []
    for article in articles:
        seen[article.label] = seen.get(article.label, 0) + 1
        if seen[article.label] > 1:
            article = Article(f"{article.label}（{seen[article.label]}）", article.text, article.headings)
        unique.append(article)
    if not unique:
        raise NotAText(f"{name}：只有标题没有正文，未导入")
    return unique
