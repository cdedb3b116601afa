"""Whether a text that came from a site is the law and the edition that were asked for, and whole."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.article import Edition, Law, Text
from corpus.catalog import squeeze_title
from corpus.errors import NotFetched
from corpus.identity import DAY, IN_FORCE, adoption_days, iso_day
from corpus.numerals import chinese_number
from corpus.references import ARTICLE

ENACTED = re.compile(DAY + r"(?!\s*起)[^年]{0,80}?(?:通过|修订|修正|修改|公布|发布|批准)")
NUMBER = re.compile(r"[\u4e00-\u9fff]{0,12}(?:〔\d{4}〕|令第|\d{4}年第)\d+号")
ISSUER = re.compile(r"[\u4e00-\u9fff、]{2,40}")
ABOUT_IT = re.compile(r"修改|废止|印发|解读|公布|宣传|贯彻|转发|关于|征求|草案")
CLOSING = re.compile(r"施行|执行|实施|生效|废止")
HEAD_OF_SECTIONS = 2000
LEAST_NAME = 6


def names_law(line: str, law: Law) -> bool:
    """Whether a line is the law's title, alone or behind the names of those who issued it."""
    squeezed = squeeze_title(line)
    for name in map(squeeze_title, (law.title, *(alias for alias in law.aliases if len(alias) >= LEAST_NAME))):
        before = squeezed.removesuffix(name)
        if squeezed == name or (before != squeezed and ISSUER.fullmatch(before) and not ABOUT_IT.search(before)):
            return True
    return False


def check_title(text: Text, law: Law, heading: str = "") -> None:
    """The law's title stands above the text, on one to three lines, or is the page's own heading. Raises NotFetched."""
    lines = [line for line in _head(text).split("\n") if line.strip()]
    joined = ["".join(lines[start : start + count]) for start in range(len(lines)) for count in (1, 2, 3)]
    if not any(names_law(line, law) for line in (heading, *joined)):
        raise NotFetched(f"网页上的标题是“{(heading or text.title)[:40]}”，不是《{law.title}》，可能已搬走或改版")


def check_edition(text: Text, law: Law, edition: Edition, announced: str = "", heading: str = "") -> None:
    """The days and the number above the text are those of the edition; `announced` is its day by the site's own record. Raises NotFetched."""
    head = f"{heading}\n{_head(text)}"
    days = set(adoption_days(head))
    known_later = [other.date for other in law.editions if other.date > edition.date and other.date in days]
    enacted_later = [day for day in map(iso_day, ENACTED.findall(head)) if day > edition.date]
    numbered = len(law.editions) == 1 and _numbered(head, law)
    if known_later or (enacted_later and not (announced == edition.date or (numbered and enacted_later[0][:4] == edition.date[:4]))):
        raise NotFetched(f"网页上是 {max(known_later or enacted_later)} 的文本，不是要取的 {edition.date} 版本")
    if not (announced == edition.date or edition.date in days or numbered or _begins(text, law, edition, head)):
        found = f"，只有 {'、'.join(sorted(days))}" if days else ""
        raise NotFetched(f"网页上没有 {edition.date} 这个日期，也没有文号{found}，不能确认是这个版本")


def check_whole(text: Text, labels: Collection[str] = (), count: int = 0) -> None:
    """Nothing is cut off: the closing article is there, all that our digests cite, and as many as the site lists. Raises NotFetched."""
    if text.style != "articles":
        return
    last = text.articles[-1].label
    if not CLOSING.search("".join(article.text for article in text.articles[-3:])):
        raise NotFetched(f"正文到{last}为止，没有写施行日期的条款，疑被截断")
    beyond = max(labels, key=_order, default="")
    if _order(beyond) > _order(last):
        raise NotFetched(f"正文到{last}为止，而要点引到{beyond}，疑被截断或不是同一版本")
    if count and count != len(text.articles):
        raise NotFetched(f"官网目录列出 {count} 条，取到的正文有 {len(text.articles)} 条，不完整")


def _order(label: str) -> tuple[int, int]:
    match = ARTICLE.fullmatch(label)
    return (chinese_number(match[1]), chinese_number(match[2]) if match[2] else 0) if match else (0, 0)


def _head(text: Text) -> str:
    opening = text.articles[0].text[:HEAD_OF_SECTIONS] if text.style != "articles" else ""
    return f"{text.title}\n{text.preamble}\n{opening}"


def _numbered(head: str, law: Law) -> bool:
    """Whether a document number of the law stands in the text's head, in whatever brackets and spaces."""
    squeezed = re.sub(r"\s+", "", head).translate(str.maketrans("[]【】（）()", "〔〕〔〕〔〕〔〕"))
    return any(number in squeezed for number in NUMBER.findall(re.sub(r"\s+", "", law.number)))


def _begins(text: Text, law: Law, edition: Edition, head: str) -> bool:
    """Whether the text says that it comes into force on the edition's day; an amended law's last article still names its first one."""
    body = "\n".join(article.text for article in text.articles[-3:]) if len(law.editions) == 1 else ""
    return edition.in_force_from.isoformat() in map(iso_day, IN_FORCE.findall(f"{head}\n{body}"))
