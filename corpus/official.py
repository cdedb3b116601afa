"""Where official texts are published and how one is found there: 国家法律法规数据库 by its own search, 中国政府网 by its policy library.

The shapes of both services' answers are those that public clients of them describe; from here neither could be tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from corpus.article import Edition, Law
from corpus.confirm import names_law
from corpus.download import Downloader
from corpus.errors import NotFetched

DATABASE = "flk.npc.gov.cn"
SEARCH = f"https://{DATABASE}/law-search/search/list"
DETAILS = f"https://{DATABASE}/law-search/search/flfgDetails?bbbs="
FILE = f"https://{DATABASE}/law-search/download/pc?format={{kind}}&bbbs={{key}}&fileId="
PAGE = f"https://{DATABASE}/detail?id="
LIBRARY = "https://sousuo.www.gov.cn/search-gov/data"
FIELDS: Mapping[str, Any] = {"sxrq": [], "gbrq": [], "sxx": [], "gbrqYear": [], "flfgCodeId": [], "zdjgCodeId": [], "xgzlSearch": False}
ORDER = {"order": "-1", "sort": ""}
ROWS = 50
MOST_PAGES = 3
KEY = re.compile(r"[0-9A-Za-z]{8,64}")
ARTICLE = re.compile(r"第[零〇一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?")


@dataclass(frozen=True, slots=True)
class Source:
    """One place where a text may be had: the address of the file or page, the page that readers may open, and what the site's record says.

    `date` is the edition by that record, `number` its document number, `articles` how many it lists, `later` an edition of the law
    that the catalog does not know; "" and 0 where it says nothing.
    """

    url: str
    page: str
    title: str = ""
    date: str = ""
    number: str = ""
    articles: int = 0
    later: str = ""


def find_sources(law: Law, edition: Edition | None, downloader: Downloader) -> Iterator[Source]:
    """The places to try for an edition, best first; for None, an edition later than all that the catalog knows. Raises NotFetched."""
    url = (edition.url if edition else "") or law.url
    if not url:
        raise NotFetched("目录中没有官方网址，请在国家法律法规数据库（flk.npc.gov.cn）、中国政府网或制定机关网站查找，下载后用 shezu corpus import 导入")
    if edition and edition.url:
        yield from sources_at(url, downloader)
    elif urlsplit(url).hostname == DATABASE:
        yield from _in_database(law, edition, downloader)
    else:
        yield from _in_library(law, edition, downloader, url)


def sources_at(url: str, downloader: Downloader) -> Iterator[Source]:
    """The text behind an address; a page of the database is a script shell, its file is had by the key in the address. Raises NotFetched."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    key = (query.get("id") or query.get("bbbs") or [""])[0]
    if parts.hostname == DATABASE and KEY.fullmatch(key):
        yield from _database_files(key, downloader)
    else:
        yield Source(url, url)


def _in_database(law: Law, edition: Edition | None, downloader: Downloader) -> Iterator[Source]:
    title = law.title if law.rank != "法律" else f"中华人民共和国{law.title}"
    question = {**FIELDS, "searchRange": 1, "searchType": 1, "searchContent": title, "orderByParam": ORDER, "pageNum": 1, "pageSize": ROWS}
    rows = [row for row in _rows(downloader.ask(SEARCH, question, f"https://{DATABASE}/")) if names_law(_plain(row.get("title")), law)]
    days = {_day(row.get("gbrq")): str(row.get("bbbs") or "") for row in reversed(rows)}
    if not days:
        raise NotFetched(f"国家法律法规数据库里没有叫《{law.title}》的文件，请到 https://{DATABASE}/ 核对名称")
    newest, last = max(days), max(e.date for e in law.editions)
    wanted = edition.date if edition else newest
    if edition is None and newest <= last:
        raise NotFetched(f"国家法律法规数据库里最新的仍是 {newest} 的文本，还没有更新的")
    if wanted not in days:
        raise NotFetched(f"国家法律法规数据库里的《{law.title}》有 {'、'.join(sorted(days))} 的文本，没有 {wanted} 的")
    for source in _database_files(days[wanted], downloader):
        if source.date != wanted or not names_law(source.title, law):
            raise NotFetched(f"国家法律法规数据库的检索结果与详情不一致（《{source.title}》{source.date}），未采用")
        yield replace(source, later=newest if newest > last and edition else "")


def _database_files(key: str, downloader: Downloader) -> Iterator[Source]:
    """The Word file of a record, then, where that one was of no use, its PDF file."""
    if not KEY.fullmatch(key):
        raise NotFetched("国家法律法规数据库的检索结果里没有可用的文件编号，可能已改版")
    details = _data(downloader.ask(DETAILS + key, referer=PAGE + key))
    record = Source("", PAGE + key, _plain(details.get("title")), _day(details.get("gbrq")), articles=_articles(details.get("content")))
    for kind in ("docx", "pdf"):
        url = _data(downloader.ask(FILE.format(kind=kind, key=key), referer=PAGE + key)).get("url")
        if isinstance(url, str) and url:
            yield replace(record, url=url)
        elif kind == "docx":
            raise NotFetched("国家法律法规数据库没有给出这个文件的下载地址，请在网页上下载后用 shezu corpus import 导入")


def _in_library(law: Law, edition: Edition | None, downloader: Downloader, published: str) -> Iterator[Source]:
    asked = {"t": "zhengcelibrary", "q": law.title, "searchfield": "title", "sort": "score", "sortType": "1", "p": "1", "n": "10"}
    answer = downloader.ask(f"{LIBRARY}?{urlencode(asked, quote_via=quote)}")
    rows = [row for row in _listed(answer) if names_law(_plain(row.get("title")), law) or _issued(_plain(row.get("title")), law)]
    urls = [(re.sub(r"^http://", "https://", str(row.get("url") or "")), row) for row in rows]
    found = [Source(url, url, _plain(row.get("title")), number=_plain(row.get("pcode"))) for url, row in urls if url]
    if not found:
        raise NotFetched(f"中国政府网政策文件库里没有叫《{law.title}》的文件，请到 {published} 查找，下载后用 shezu corpus import 导入")
    number = re.sub(r"\s", "", law.number)
    yield from sorted(dict.fromkeys(found), key=lambda source: not (number and source.number and source.number in number))[:MOST_PAGES]


def _issued(title: str, law: Law) -> bool:
    """Whether a notice issues the law: 关于印发《…》的通知, or an order that names it."""
    return f"《{law.title}》" in title and bool(re.search(r"印发|公布|令", title)) and not re.search(r"解读|修改|废止|答记者问|征求意见", title)


def _rows(answer: Any) -> list[Mapping[str, Any]]:
    rows = answer.get("rows") if isinstance(answer, Mapping) else None
    if not isinstance(rows, list):
        message = answer.get("msg") if isinstance(answer, Mapping) else ""
        raise NotFetched(f"国家法律法规数据库的检索没有结果（{message or '回答不合约定，可能已改版'}）")
    return [row for row in rows if isinstance(row, Mapping)]


def _data(answer: Any) -> Mapping[str, Any]:
    data = answer.get("data") if isinstance(answer, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def _listed(answer: Any) -> list[Mapping[str, Any]]:
    """Every row of every group of the library's answer, which stand under searchVO or at the top."""
    found = answer.get("searchVO") if isinstance(answer, Mapping) and isinstance(answer.get("searchVO"), Mapping) else answer
    groups = found.get("catMap") if isinstance(found, Mapping) else None
    if not isinstance(groups, Mapping):
        raise NotFetched("中国政府网政策文件库的回答不合约定，可能已改版")
    lists = [group.get("listVO") for group in groups.values() if isinstance(group, Mapping)]
    return [row for rows in lists if isinstance(rows, list) for row in rows if isinstance(row, Mapping)]


def _plain(value: object) -> str:
    return re.sub(r"<[^>]*>|\s+", "", value) if isinstance(value, str) else ""


def _day(value: object) -> str:
    match = re.match(r"\d{4}-\d{2}-\d{2}", value) if isinstance(value, str) else None
    return match[0] if match else ""


def _articles(tree: object) -> int:
    """How many articles a table of contents lists."""
    if not isinstance(tree, Mapping):
        return 0
    children = tree.get("children")
    own = bool(ARTICLE.fullmatch(_plain(tree.get("title"))))
    return own + sum(map(_articles, children if isinstance(children, list) else ()))
