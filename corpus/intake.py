"""Import of official texts: read, repair, parse, check, name the law and edition, and keep it, one file at a time."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from corpus.article import Article, Edition, Law, Text
from corpus.catalog import Catalog
from corpus.clean import repair
from corpus.errors import CorpusError, ImportInProgress, NotAText, UnreadableFile
from corpus.extract import Extracted, extract_file, readable
from corpus.identity import identify
from corpus.parse import parse

FORMAT = 4
Identity = Callable[[Text], tuple[Law, Edition, Law | None]]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one file: 已导入, 无变化, 已跳过 or 未导入, with law, edition, counts, repairs and the reason if refused."""

    file: str
    outcome: str
    law: str = ""
    edition: str = ""
    articles: int = 0
    checks: tuple[str, ...] = ()
    reason: str = ""

    @property
    def failed(self) -> bool:
        """Whether the file was refused."""
        return self.outcome == "未导入"


@dataclass(frozen=True, slots=True)
class Held:
    """An imported text: whose it is, its edition, the parsed pieces, and the hash of what came in."""

    law: str
    edition: Edition
    text: Text
    sha256: str
    source: str
    entry: Law | None = None


class Texts:
    """The folder of imported texts: one JSON file an edition, written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, slug: str, edition: str) -> Path:
        """Where the text of that edition lies."""
        return self.folder / slug / f"{edition}.json"

    def __iter__(self) -> Iterator[Held]:
        for path in sorted(self.folder.glob("*/*.json")):
            yield _read(path)

    def read(self, slug: str, edition: str) -> Held | None:
        """The held text of that edition, or None. Raises UnreadableFile for a damaged one."""
        path = self.path(slug, edition)
        return _read(path) if path.exists() else None

    def write(self, held: Held) -> None:
        """Keep a text; the file appears complete or not at all (written aside, synced, renamed). Raises CorpusError, as on a full disk."""
        path = self.path(held.law, held.edition.date)
        aside = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("w", encoding="utf-8") as file:
                json.dump(as_json(held), file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise CorpusError(f"{path.parent.name}/{path.name} 写不进去（{error.strerror}），请检查磁盘空间和权限") from error

    @contextmanager
    def importing(self) -> Iterator[None]:
        """Hold the one import lock of this folder, rid of what an interrupted import left. Raises ImportInProgress."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ImportInProgress("另一个进程正在导入，请等它完成后再试") from error
            for path in self.folder.glob("*/.*.part"):
                path.unlink(missing_ok=True)
            yield


def _read(path: Path) -> Held:
    try:
        return held_from(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableFile(f"已导入的文本 {path.parent.name}/{path.name} 损坏或是旧格式，请删掉它，再重新导入原文件") from error


def as_json(held: Held) -> dict[str, Any]:
    """A held text as plain JSON values."""
    text = held.text
    return {
        "format": FORMAT,
        "law": held.law,
        "edition": _jsonable(asdict(held.edition)),
        "entry": _jsonable(asdict(held.entry)) if held.entry else None,
        "sha256": held.sha256,
        "source": held.source,
        "title": text.title,
        "preamble": text.preamble,
        "style": text.style,
        "articles": [{"label": a.label, "text": a.text, "headings": list(a.headings)} for a in text.articles],
        "tail": text.tail,
    }


def _jsonable(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(item) for item in value]
    return value


def held_from(content: dict[str, Any]) -> Held:
    """The inverse of as_json."""
    articles = tuple(Article(a["label"], a["text"], tuple(a["headings"])) for a in content["articles"])
    text = Text(content["title"], content["preamble"], articles, content["tail"], content["style"])
    entry = content["entry"]
    law = None
    if entry:
        editions = tuple(_edition(e) for e in entry["editions"])
        law = Law(entry["slug"], entry["title"], entry["rank"], editions, tuple(entry["aliases"]), region=entry["region"])
    return Held(content["law"], _edition(content["edition"]), text, content["sha256"], content["source"], law)


def _edition(row: dict[str, Any]) -> Edition:
    days = {k: date.fromisoformat(row[k]) if row[k] else None for k in ("in_force_from", "in_force_to", "period_to")}
    return Edition(**{**row, **days})


def files_in(paths: Iterable[Path]) -> list[Path]:
    """Every readable file under the given files and folders, in a stable order; hidden files are left out."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += [p for p in sorted(path.rglob("*")) if p.is_file() and readable(p) and not p.name.startswith(".")]
        else:
            found.append(path)
    return found


def import_files(files: Iterable[Path], texts: Texts, catalog: Catalog, progress: Callable[[Report], None] = lambda report: None) -> list[Report]:
    """Import each file on its own: one that fails is reported and leaves the store as it was, the others go on.

    Raises ImportInProgress while another process imports into the same folder.
    """
    reports = []
    with texts.importing():
        for file in files:
            try:
                report = import_file(file, texts, catalog)
            except NotAText as reason:
                report = Report(file.name, "已跳过", reason=str(reason))
            except CorpusError as reason:
                report = Report(file.name, "未导入", reason=str(reason))
            reports.append(report)
            progress(report)
    return reports


def import_file(file: Path, texts: Texts, catalog: Catalog) -> Report:
    """Import one file. Raises CorpusError with the place and the way out; then nothing has changed."""
    return take_in(extract_file(file), texts, lambda text: identify(text, file, catalog))


def take_in(extracted: Extracted, texts: Texts, identity: Identity, source: str = "") -> Report:
    """Repair, parse, check, identify and keep an extracted text. Raises CorpusError as any of these does; then nothing has changed."""
    held, law, checks = read_in(extracted, identity, source)
    same = _sha256_of(texts, held.law, held.edition.date) == held.sha256
    if not same:
        texts.write(held)
    return Report(held.source, "无变化" if same else "已导入", law.title, held.edition.date, len(held.text.articles), checks)


def read_in(extracted: Extracted, identity: Identity, source: str = "") -> tuple[Held, Law, tuple[str, ...]]:
    """What an extracted text would be kept as, whose it is, and the checks that it passed. Raises CorpusError where it fails one."""
    sha256 = hashlib.sha256(f"{FORMAT}\n{extracted.text}".encode()).hexdigest()
    repaired = repair(extracted.text)
    text = parse(repaired.text, extracted.name)
    law, edition, entry = identity(text)
    checks = ("拆分还原一致", "条号连续" if text.style == "articles" else "层次完整", *repaired.notes)
    return Held(law.slug, edition, text, sha256, source or extracted.name, entry), law, checks


def _sha256_of(texts: Texts, slug: str, edition: str) -> str:
    """The hash of what came in for that edition; "" where nothing is held or what is held is damaged and to be replaced."""
    try:
        before = texts.read(slug, edition)
    except UnreadableFile:
        return ""
    return before.sha256 if before else ""
