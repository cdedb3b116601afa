"""All that an office cannot make again, as one parcel with checksums: database with audit chain and keys, imported texts, its own knowledge
and card, trusted keys, and the release being served.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api import dump
from api.settings import Settings
from api.staff.ledger import Finding, Ledger
from api.store import Store
from index import parcel
from index.errors import BadParcel, BadRelease
from index.parcel import STATEMENT, Listing
from index.release import pointed, problems, read, switch
from index.signing import trusted_keys

FORMAT = 1
KEPT = ("texts", "knowledge")
DATABASE, RELEASES, OFFICE, TRUST = "database", "releases", "office.yaml", "trust"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds: when it was made, rows by table, how many files of texts and knowledge, the release ("" for none), the audit chain."""

    made: str
    rows: Mapping[str, int]
    files: int
    release: str
    chain: Finding


def save(settings: Settings, to: Path, release: bool = True) -> Kept:
    """Back up a running office as of one moment of its database. Raises BadParcel, and what SQLAlchemy raises."""
    home = settings.home
    with tempfile.TemporaryDirectory(dir=home, prefix=".backup-") as made:
        aside = Path(made)
        chain = _chain(settings.database_url)
        (aside / DATABASE).mkdir()
        step, rows = dump.unload(settings.database_url, aside / DATABASE)
        for part in KEPT:
            _copied(home / part, aside / part)
        texts = sum(path.is_file() for part in KEPT for path in (aside / part).rglob("*"))
        if settings.office:
            shutil.copyfile(settings.office, aside / OFFICE)
        for key in trusted_keys(settings.release_trust):
            (aside / TRUST).mkdir(exist_ok=True)
            shutil.copyfile(key, aside / TRUST / key.name)
        kept = Kept(datetime.now(UTC).isoformat(timespec="seconds"), rows, texts, pointed(home) if release else "", chain)
        served = _under(home / RELEASES / kept.release, home) if kept.release else []
        parcel.write(to, [*_under(aside, aside), *served], _sealed(kept, step))
    return kept


def check(file: Path) -> Kept:
    """Prove a backup by restoring it into an empty folder that is thrown away. Raises BadParcel, DumpProblem."""
    with tempfile.TemporaryDirectory(prefix="shezu-check-") as empty:
        return restore(Settings(home=Path(empty)), file)


def restore(settings: Settings, file: Path) -> Kept:
    """Put a backup into an empty home and an empty database. Raises BadParcel, DumpProblem; then neither has changed."""
    home = settings.home
    filled = [part for part in (*KEPT, RELEASES, TRUST) if (home / part).is_dir() and any((home / part).iterdir())]
    if filled:
        raise BadParcel(f"{home} 里已有 {filled[0]}，没有动它；请把 SHEZU_HOME 指到一个新文件夹再恢复")
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".restoring-") as made, parcel.opened(file, "备份") as found:
        aside = Path(made)
        said = found.statement()
        if said["format"] != FORMAT:
            raise BadParcel(f"{file.name} 是第 {said['format']} 版格式的备份，本程序只认第 {FORMAT} 版，请用做备份的那个版本的程序恢复")
        found.unpack(said["files"], {name: aside / name for name in said["files"]})
        _check_release(aside, said["release"], file)
        rows = dump.load(settings.database_url, said["step"], aside / DATABASE)
        if rows != {**dict.fromkeys(rows, 0), **said["rows"]}:
            raise BadParcel(f"{file.name} 恢复出来的行数和清单不同，请换一份备份再试")
        for part in (*KEPT, RELEASES, OFFICE, TRUST):
            if (aside / part).exists():
                (aside / part).replace(home / part)
        if said["release"]:
            switch(home, read(home / RELEASES / said["release"]))
        texts = sum(name.partition("/")[0] in KEPT for name in said["files"])
        return Kept(said["made"], rows, texts, said["release"], _chain(settings.database_url, tuple(said["chain"])))


def _sealed(kept: Kept, step: str) -> parcel.Seal:
    said = {"format": FORMAT, "made": kept.made, "step": step, "rows": kept.rows, "release": kept.release, "chain": [kept.chain.entries, kept.chain.last]}

    def seal(listing: Listing) -> Mapping[str, bytes]:
        return {STATEMENT: json.dumps(said | {"files": listing}, ensure_ascii=False, sort_keys=True).encode()}

    return seal


def _check_release(aside: Path, name: str, file: Path) -> None:
    try:
        wrong = problems(read(aside / RELEASES / name)) if name else []
    except BadRelease as error:
        wrong = [str(error)]
    if wrong:
        raise BadParcel(f"{file.name} 里的发布 {name} 已损坏（{wrong[0]}），没有恢复")


def _chain(url: str, anchor: tuple[int, str] | None = None) -> Finding:
    """The audit chain of a database, held against the end that was written down when the backup was made."""
    store = Store(url)
    try:
        return Ledger(store).verify(anchor if anchor and anchor[0] else None)
    finally:
        store.close()


def _copied(folder: Path, to: Path) -> None:
    """Copy a folder that may be written to meanwhile; what is hidden in it is half written or a lock."""
    if folder.is_dir():
        shutil.copytree(folder, to, ignore=shutil.ignore_patterns(".*"))


def _under(folder: Path, root: Path) -> list[tuple[str, Path]]:
    return [(path.relative_to(root).as_posix(), path) for path in sorted(folder.rglob("*")) if path.is_file()]
