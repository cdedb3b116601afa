"""Official texts from their sites: which editions to get, one after another, each checked as an import is and kept whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from corpus.article import Edition, Law, Text
from corpus.catalog import Catalog
from corpus.confirm import check_edition, check_title, check_whole
from corpus.download import Download, Downloader
from corpus.errors import CorpusError, ImportInProgress, NotFetched
from corpus.extract import Extracted, extract_bytes
from corpus.identity import adoption_days, identify, new_edition
from corpus.intake import Report, Texts, take_in
from corpus.official import Source, find_sources, sources_at
from corpus.page import read_page

NEWER = "更新文本"
MOST_ATTACHMENTS = 3
ATTACHMENT_WORDS = re.compile(r"^附件\s*\d*\s*[:：.、]?|\.(?:docx|pdf)$")


@dataclass(frozen=True, slots=True)
class Target:
    """An edition to get; without one, whatever edition of the law is later than all that the catalog knows."""

    law: Law
    edition: Edition | None

    @property
    def key(self) -> str:
        """The name under which the state file remembers it."""
        return f"{self.law.slug}/{self.edition.date if self.edition else 'newer'}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one edition: 已取得, 无变化 or 未取得, with the address, what was checked, and the reason if it did not come."""

    law: str
    edition: str
    outcome: str
    url: str = ""
    articles: int = 0
    checks: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""

    @property
    def failed(self) -> bool:
        """Whether the text did not come."""
        return self.outcome == "未取得"


class State:
    """What earlier runs tried: a JSON file in the home, rewritten after every edition; one process at a time holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tried: dict[str, dict[str, Any]] = {}

    @contextmanager
    def held(self) -> Iterator[State]:
        """Hold the state for this process. Raises ImportInProgress; a damaged file counts as empty, what it said is only history."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            opened = self.path.with_suffix(".lock").open("w")
        except OSError as error:
            raise CorpusError(f"{self.path.parent} 写不进去（{error.strerror}），请检查权限，或用 SHEZU_HOME 换一个文件夹") from error
        with opened as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ImportInProgress("另一个进程正在从官网取文件，请等它完成后再试") from error
            try:
                content = json.loads(self.path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                content = {}
            if isinstance(content, dict):
                self.tried = {key: row for key, row in content.items() if isinstance(row, dict)}
            yield self

    def in_turn(self, targets: Iterable[Target]) -> list[Target]:
        """Those never tried first, then those tried longest ago: an interrupted run goes on where it stopped."""
        return sorted(targets, key=lambda target: str(self.tried.get(target.key, {}).get("at", "")))

    def note(self, target: Target, fetched: Fetched) -> None:
        """Remember an outcome. Raises CorpusError, as on a full disk."""
        tries = int(self.tried.get(target.key, {}).get("tries", 0)) + 1
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self.tried[target.key] = {"outcome": fetched.outcome, "reason": fetched.reason, "url": fetched.url, "at": at, "tries": tries}
        aside = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        try:
            aside.write_text(json.dumps(self.tried, ensure_ascii=False, indent=1), encoding="utf-8")
            aside.replace(self.path)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise CorpusError(f"{self.path.name} 写不进去（{error.strerror}），请检查磁盘空间和权限") from error


def wanted(catalog: Catalog, names: Sequence[str], texts: Texts, again: bool = False) -> list[Target]:
    """The editions of the named laws (of all laws for no name) whose text is not held, or all of them; plus known newer ones. Raises UnknownLaw."""
    laws = list(dict.fromkeys(catalog.get(name) for name in names)) if names else [law for law in catalog if law.rank != "办事知识"]
    targets = [Target(law, edition) for law in laws for edition in law.editions if again or not texts.path(law.slug, edition.date).exists()]
    return targets + [Target(law, None) for law in laws if law.newer and not _newer_held(law, texts)]


def _newer_held(law: Law, texts: Texts) -> bool:
    last = max(edition.date for edition in law.editions)
    return any(path.stem > last for path in (texts.folder / law.slug).glob("*.json"))


def fetch(
    targets: Iterable[Target],
    downloader: Downloader,
    texts: Texts,
    labels: Mapping[tuple[str, str], Sequence[str]],
    state: State,
    progress: Callable[[Fetched], None] = lambda fetched: None,
) -> list[Fetched]:
    """Get each edition on its own; one that fails leaves the store as it was. `labels` are the articles our digests cite, by slug and date.

    The state must be held. Raises CorpusError only where nothing can be written any more.
    """
    found = []
    for target in state.in_turn(targets):
        cited = labels.get((target.law.slug, target.edition.date), ()) if target.edition else ()
        fetched = _fetch_one(target, downloader, texts, cited)
        state.note(target, fetched)
        found.append(fetched)
        progress(fetched)
    return found


def _fetch_one(target: Target, downloader: Downloader, texts: Texts, cited: Sequence[str]) -> Fetched:
    name = Fetched(target.law.title, target.edition.date if target.edition else NEWER, "未取得")
    reasons: list[str] = []
    try:
        for source in find_sources(target.law, target.edition, downloader):
            try:
                report = _take_from(source, target, downloader, texts, cited)
            except NotFetched as reason:
                if reason.pause:
                    raise
                reasons.append(str(reason))
            except CorpusError as reason:
                reasons.append(str(reason))
            else:
                note = f"官网另有 {source.later} 的更新文本，目录还没有收录" if source.later else ""
                outcome = "无变化" if report.outcome == "无变化" else "已取得"
                checks = ("标题和版本与目录相符", *report.checks)
                return replace(name, edition=report.edition, outcome=outcome, url=source.page, articles=report.articles, checks=checks, note=note)
    except CorpusError as reason:
        reasons.append(str(reason))
    return replace(name, reason=reasons[0] if reasons else "官网没有给出可下载的文件")


def _take_from(source: Source, target: Target, downloader: Downloader, texts: Texts, cited: Sequence[str]) -> Report:
    """Keep the first of a source's files that is the edition asked for. Raises CorpusError with the first one's reason."""
    first: CorpusError | None = None
    for download, title, heading in _documents(source, target.law.title, downloader):
        try:
            extracted = _extracted(download, title)
            with texts.importing():
                return take_in(extracted, texts, _identity(target, source, heading, cited), source.page)
        except CorpusError as error:
            away = download.kind == "html" and download.url != source.url
            first = first or (NotFetched(f"网址已转到 {download.url}，那里没有这个版本的正文（{error}）") if away else error)
    raise first or NotFetched(f"{source.page} 里没有正文，也没有可用的附件")


def _identity(target: Target, source: Source, heading: str, cited: Sequence[str]) -> Callable[[Text], tuple[Law, Edition, Law | None]]:
    """Says that a text is the edition asked for, or, where any later one is wanted, which it is; raises NotFetched where it is not."""
    law, edition = target.law, target.edition

    def identity(text: Text) -> tuple[Law, Edition, Law | None]:
        check_title(text, law, heading)
        check_whole(text, cited, source.articles)
        if edition:
            check_edition(text, law, edition, source.date, f"{heading}\n{source.number}")
            return law, edition, None
        newer = new_edition(text, [day for day in (*adoption_days(f"{text.title}\n{text.preamble}"), source.date) if day])
        if newer.date <= max(known.date for known in law.editions):
            raise NotFetched(f"网页上仍是 {newer.date} 的文本，不是更新的")
        return law, newer, Law(law.slug, law.title, law.rank, (newer,), region=law.region)

    return identity


def _documents(source: Source, title: str, downloader: Downloader) -> Iterator[tuple[Download, str, str]]:
    """(file, name, heading) of what an address holds: the file itself, or the page and then the Word and PDF files it links. Raises NotFetched."""
    download = downloader.get(source.url)
    if download.kind != "html":
        yield download, source.title, source.title
        return
    page = read_page(download.markup, download.url)
    yield download, page.title, page.title
    for url, words in sorted(page.attachments, key=lambda link: title not in link[1])[:MOST_ATTACHMENTS]:
        try:
            file = downloader.get(url)
        except NotFetched:
            continue  # what was wrong with the page itself is what gets told
        if file.kind != "html":
            yield file, words, ATTACHMENT_WORDS.sub("", words)


def _extracted(download: Download, title: str) -> Extracted:
    return extract_bytes(download.data, _file_name(title or _last_part(download.url)) + f".{download.kind}")


def _file_name(title: str) -> str:
    return re.sub(r"[/\\.]", "·", title)[:80]


def _last_part(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).stem or urlsplit(url).netloc


def import_address(url: str, downloader: Downloader, texts: Texts, catalog: Catalog) -> Report:
    """Import the text behind an address as a file of that name would be: the file, the page, or a file it links that the catalog knows."""
    reasons: list[str] = []
    try:
        for source in sources_at(url, downloader):
            for download, title, heading in _documents(source, source.title, downloader):
                if download.url != source.url and download.kind != "html" and catalog.find(heading) is None and reasons:
                    continue  # a form or a list beside the text
                named = Path(_file_name(title or _last_part(download.url)) + (f"({source.date}).txt" if source.date else ".txt"))
                try:
                    extracted = _extracted(download, title)
                    with texts.importing():
                        return take_in(extracted, texts, partial(identify, file=named, catalog=catalog), source.page)
                except CorpusError as reason:
                    reasons.append(str(reason))
    except CorpusError as reason:
        reasons.append(str(reason))
    return Report(url, "未导入", reason=reasons[0] if reasons else "网址里没有可导入的文件")


def as_json(fetched: Fetched) -> dict[str, Any]:
    """One outcome as plain JSON values."""
    return asdict(fetched)
