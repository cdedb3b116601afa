"""Import of official texts: read, repair, parse, check, name the law and edition, and keep it, one file at a time."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from corpus.article import Article, Edition, Law, Text
from corpus.catalog import Catalog, squeeze_title
from corpus.clean import repair
from corpus.errors import CorpusError, NotAText
from corpus.extract import extract_file, readable
from corpus.parse import parse

FORMAT = 3
DATED = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
NAME_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
IN_FORCE = re.compile(r"自\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日起(?:施行|执行|实施)")


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
            yield held_from(json.loads(path.read_text(encoding="utf-8")))

    def read(self, slug: str, edition: str) -> Held | None:
        """The held text of that edition, or None."""
        path = self.path(slug, edition)
        return held_from(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def write(self, held: Held) -> None:
        """Keep a text; the file appears complete or not at all (written aside, synced, renamed)."""
        path = self.path(held.law, held.edition.date)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}.part")
        with aside.open("w", encoding="utf-8") as file:
            json.dump(as_json(held), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)

    def clear_leftovers(self) -> None:
        """Remove files that an interrupted import left half written."""
        for path in self.folder.glob("*/.*.part"):
            path.unlink(missing_ok=True)


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
    """Import each file on its own: one that fails is reported and leaves the store as it was, the others go on."""
    texts.clear_leftovers()
    reports = []
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
    extracted = extract_file(file)
    sha256 = hashlib.sha256(f"{FORMAT}\n{extracted.text}".encode()).hexdigest()
    repaired = repair(extracted.text)
    text = parse(repaired.text, file.name)
    law, edition, entry = identify(text, file, catalog)
    checks = ("拆分还原一致", "条号连续" if text.style == "articles" else "层次完整", *repaired.notes)
    before = texts.read(law.slug, edition.date)
    report = Report(file.name, "无变化", law.title, edition.date, len(text.articles), checks)
    if before and before.sha256 == sha256:
        return report
    texts.write(Held(law.slug, edition, text, sha256, file.name, entry))
    return Report(file.name, "已导入", law.title, edition.date, len(text.articles), checks)


def identify(text: Text, file: Path, catalog: Catalog) -> tuple[Law, Edition, Law | None]:
    """The law and edition that a text is; for a law or edition not in the catalog also the entry made for it."""
    law = _law_of(text, file, catalog)
    days = _days(text, file)
    if law:
        dated = [e for e in law.editions if e.date in days]
        if dated:
            return law, dated[-1], None
        if len(law.editions) == 1 and not NAME_DATE.search(file.stem):
            return law, law.editions[0], None
    edition = _new_edition(text, days)
    title = law.title if law else _title(text, file)
    entry = Law(
        law.slug if law else "import-" + hashlib.sha256(squeeze_title(title).encode()).hexdigest()[:10],
        title,
        law.rank if law else _rank(title, file),
        (edition,),
        region=law.region if law else _region(title),
    )
    return law or entry, edition, entry


def _law_of(text: Text, file: Path, catalog: Catalog) -> Law | None:
    candidates = [text.title, *text.preamble.split("\n")[:3], re.sub(r"\(\d{4}-\d{2}-\d{2}\)$", "", file.stem)]
    for index in (1, 2):
        candidates.append("".join(candidates[: index + 1]))
    for candidate in candidates:
        law = catalog.find(candidate) if len(squeeze_title(candidate)) >= 3 else None
        if law:
            return law
    head = squeeze_title(text.title + text.preamble + (text.articles[0].text if text.style == "sections" else ""))[:120]
    titles = [(head.find(squeeze_title(law.title)), -len(law.title), law) for law in iter(catalog)]
    inside = [(place, length, law) for place, length, law in titles if 0 <= place <= 20]
    return min(inside, key=lambda found: found[:2])[2] if inside and text.style == "sections" else None


def _days(text: Text, file: Path) -> list[str]:
    head = f"{text.title}\n{text.preamble}" + ("" if text.style == "articles" else text.articles[0].text[:2000])
    days = [f"{y}-{int(m):02d}-{int(d):02d}" for y, m, d in DATED.findall(head)]
    named = NAME_DATE.search(file.stem)
    return [*days, named[0]] if named else days


def _new_edition(text: Text, days: list[str]) -> Edition:
    body = "\n".join(article.text for article in text.articles[-3:])
    starts = [f"{y}-{int(m):02d}-{int(d):02d}" for y, m, d in IN_FORCE.findall(text.preamble + body)]
    valid = [day for day in days if _is_day(day)]
    starts = [day for day in starts if _is_day(day)]
    name = max(valid) if valid else starts[-1] if starts else "1900-01-01"
    start = max([name, *starts[-1:]])
    return Edition(name, date.fromisoformat(start), text="held", note="" if valid else "日期未能从正文认出，请在目录里补登")


def _is_day(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _title(text: Text, file: Path) -> str:
    title = re.sub(r"\s+", "", text.title).removeprefix("中华人民共和国")
    return title if 4 <= len(title) <= 60 else re.sub(r"\(\d{4}-\d{2}-\d{2}\)$", "", file.stem)


def _rank(title: str, file: Path) -> str:
    for rank in ("法律", "行政法规", "部门规章", "规范性文件", "地方性法规", "规划"):
        if rank in file.parts:
            return rank
    if _region(title):
        return "地方性法规"
    endings = (("法", "法律"), ("条例", "行政法规"), ("规划", "规划"), ("纲要", "规划"), ("办法", "部门规章"), ("规定", "部门规章"))
    return next((rank for ending, rank in endings if title.endswith(ending)), "规范性文件")


def _region(title: str) -> str:
    match = re.match(r"(.{2,6}?(?:省|自治区|市|自治州))", title)
    return match[1] if match else ""
