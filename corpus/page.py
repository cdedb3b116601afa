"""What a government web page says about itself: its title, its attachments, and whether it is a wall in place of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from corpus.errors import NotFetched

WALLS = (
    (re.compile(r"验证码|滑块|滑动验证|安全验证|人机验证|captcha|geetest|wzws_|_waf_", re.I), "要求验证（验证码），程序不绕过验证"),
    (re.compile(r"访问(?:过于)?频繁|请求过于频繁|too many requests", re.I), "说访问太频繁，请过几小时再试"),
    (re.compile(r"请开启\s*JavaScript|enable javascript|<noscript>[^<]{0,80}JavaScript", re.I), "的网页要靠脚本才显示，程序读不到正文"),
    (re.compile(r"页面不存在|网页不存在|页面已删除|找不到(?:该|您|你)?(?:要)?(?:访问)?的?(?:页面|网页)|404 not found", re.I), "说网页不存在，可能已搬走"),
)
ARTICLES_OF_A_TEXT = 2
SEPARATOR = re.compile(r"([_|—]+|-+)")
SITE_NAME = re.compile(r"政府网|民政部|人民政府|政务公开|部门文件|政策文件|规章库|法律法规数据库")
LONGEST_TITLE = 300
ATTACHED = (".docx", ".pdf")
BEGINNINGS = ((b"PK\x03\x04", "docx"), (b"%PDF-", "pdf"))


@dataclass(frozen=True, slots=True)
class Page:
    """A page's own title, its visible words, and its links to files, as (address, words) pairs in the order of the page."""

    title: str
    words: str = ""
    attachments: tuple[tuple[str, str], ...] = ()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.links: list[tuple[str, list[str]]] = []
        self.words: list[str] = []
        self._open = self._unseen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag == "meta" and values.get("name"):
            self.meta.setdefault(values["name"].lower(), values.get("content", ""))
        elif tag == "a" and values.get("href"):
            self.links.append((values["href"], []))
        if tag in ("title", "h1", "a"):
            self._open = tag
        elif tag in ("script", "style"):
            self._unseen = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = ""
        if tag == self._unseen:
            self._unseen = ""

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)
        if self._open == "a" and self.links:
            self.links[-1][1].append(data.strip())
        elif self._open in ("title", "h1"):
            self.titles[self._open] = (self.titles.get(self._open, "") + data)[:LONGEST_TITLE]


def read_page(markup: str, url: str) -> Page:
    """The title (of the standard ArticleTitle mark, else of the head, else of the page) and the Word and PDF files linked."""
    reader = _Reader()
    reader.feed(markup)
    titles = (reader.meta.get("articletitle", ""), _without_site(reader.titles.get("title", "")), reader.titles.get("h1", ""))
    title = next((cleaned for found in titles if (cleaned := re.sub(r"\s+", "", found[:LONGEST_TITLE]))), "")
    files = [(urljoin(url, href.strip()), "".join(words)) for href, words in reader.links if _path(href).endswith(ATTACHED)]
    return Page(title, " ".join(reader.words), tuple(dict.fromkeys(files)))


def _without_site(title: str) -> str:
    """A page's title up to the separator before the site's own name."""
    parts = SEPARATOR.split(title)
    kept = next((number for number in range(2, len(parts), 2) if SITE_NAME.search(parts[number])), len(parts) + 1)
    return "".join(parts[: kept - 1])


def _path(href: str) -> str:
    try:
        return urlsplit(href.strip()).path.lower()
    except ValueError:
        return ""


def refusal(markup: str) -> str:
    """What a page says in place of a text (a captcha, a limit, a script shell, a page not found), "" where it holds a text."""
    words = read_page(markup, "").words
    if len(re.findall(r"(?:^|\s)第[一二三四五六七八九十百]+条", words)) >= ARTICLES_OF_A_TEXT or len(re.findall(r"[\u4e00-\u9fff]", words)) > 1500:
        return ""
    return next((what for pattern, what in WALLS if pattern.search(markup)), "")


def kind_of(data: bytes, declared: str, url: str) -> str:
    """docx, pdf or html, by the first bytes before the declared content type. Raises NotFetched for anything else."""
    declared, start = declared.partition(";")[0].strip().lower(), data.lstrip()[:9].lower()
    for beginning, kind in BEGINNINGS:
        if data.lstrip().startswith(beginning):
            return kind
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotFetched(f"{url} 是旧版 Word（.doc）文件，请下载后另存为 .docx，再用 shezu corpus import 导入")
    if declared in ("text/html", "application/xhtml+xml") or start.startswith((b"<!doctype", b"<html")):
        return "html"
    raise NotFetched(f"{url} 的内容类型是“{declared or '未说明'}”，不是网页、docx 或 pdf")
