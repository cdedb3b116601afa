"""Releases: immutable builds under home/releases, made aside, verified, swapped in by one rename; the last three are kept."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus.layer import Layer
from corpus.library import Library, shipped_knowledge
from index import adapter
from index.cuts import Cuts
from index.embed import Embedder
from index.errors import BadRelease, BuildInProgress, NoRelease
from index.intent import exemplars
from index.lexical import FIELD_WEIGHTS, Lexical
from index.passages import ASK_OFFSET, EVERY, Progress, keep_passages
from index.units import TEXT, units

FORMAT = 3
KEPT = 3


@dataclass(frozen=True, slots=True)
class Release:
    """One build: its folder and what its manifest says (id, fingerprint, embedder, counts, file hashes)."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The release's name, sortable by time."""
        return str(self.manifest["id"])


def read(folder: Path) -> Release:
    """The release in a folder. Raises BadRelease if its manifest is missing or broken."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadRelease(f"发布 {folder.name} 的清单读不出来，请运行 shezu index rollback 退回上一个发布，或重建索引") from error
    if manifest.get("format") != FORMAT:
        raise BadRelease(f"发布 {folder.name} 是旧格式，请运行 shezu index build 重建")
    return Release(folder, manifest)


def pointed(home: Path) -> str:
    """The folder name that `current` points to, "" where it points nowhere; cheap enough to ask at every question."""
    try:
        return (home / "current").readlink().name
    except OSError:
        return ""


def current(home: Path) -> Release:
    """The release being served. Raises NoRelease or BadRelease."""
    link = home / "current"
    if not link.exists():
        raise NoRelease(f"{home} 里还没有发布，请先运行 shezu index build")
    return read(link.resolve())


def releases(home: Path) -> list[Release]:
    """All whole releases, oldest first; broken folders are left out."""
    found = []
    for folder in sorted((home / "releases").glob("[0-9]*")):
        try:
            found.append(read(folder))
        except BadRelease:
            continue
    return found


@contextmanager
def building(home: Path) -> Iterator[None]:
    """Hold the one build lock of this home. Raises BuildInProgress."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BuildInProgress("另一个进程正在建索引或切换发布，请等它完成后再试") from error
        yield


def fingerprint(knowledge: Mapping[str, Any], texts: Path, embedder: str, learned: bytes = b"") -> str:
    """SHA-256 of everything that goes into a release; `learned` is the content of its adapter."""
    digest = hashlib.sha256(f"{FORMAT} {ASK_OFFSET} {EVERY} {embedder} {sorted(FIELD_WEIGHTS.items())}".encode())
    digest.update(json.dumps(exemplars() if embedder else [], ensure_ascii=False).encode())
    digest.update(json.dumps(knowledge, ensure_ascii=False, sort_keys=True, default=str).encode())
    digest.update(learned)
    for path in sorted(texts.glob("*/*.json")):
        digest.update(f"{path.parent.name}/{path.name}".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build(
    home: Path,
    embedder: Embedder | None,
    progress: Progress = lambda what, done, total: None,
    knowledge: Mapping[str, Any] | None = None,
) -> tuple[Release, bool]:
    """Build and switch to a release of what the home holds now; (release, whether anything was built).

    Catalog, digests and guides are those shipped unless others are given, under the office's own layer.
    """
    with building(home):
        _clear_leftovers(home)
        layer = Layer.read(home / "knowledge")
        knowledge = json.loads(json.dumps(layer.over(shipped_knowledge() if knowledge is None else knowledge), ensure_ascii=False, default=str))
        learned, _ = adapter.kept(home, embedder)
        mark = fingerprint(knowledge, home / "texts", embedder.name if embedder else "", learned)
        for release in releases(home):
            if release.manifest["fingerprint"] == mark and not problems(release):
                switch(home, release)
                return release, False
        (home / "releases").mkdir(exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".building-", dir=home / "releases"))
        aside.chmod(0o755)
        try:
            layer.write(aside / "layer")
            if learned:
                (aside / adapter.NAME).write_bytes(learned)
            release = _fill(aside, knowledge, home, embedder, progress)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        switch(home, release)
        prune(home)
        return release, True


def _clear_leftovers(home: Path) -> None:
    """Remove what a killed build left; a link to switch to is worthless without the process that made it."""
    for leftover in (home / "releases").glob(".building-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for leftover in home.glob(".current-*"):
        leftover.unlink(missing_ok=True)


def _name(home: Path, made: datetime, mark: str) -> str:
    """A folder name that sorts after all others, even where the clock was set back: rollback goes by this order."""
    stamp = f"{made:%Y%m%dT%H%M%S}{made.microsecond // 1000:03d}"
    newest = max((folder.name.partition("-")[0] for folder in (home / "releases").glob("[0-9]*")), default="")
    return f"{stamp if stamp > newest else newest + '1'}-{mark[:8]}"


def _fill(aside: Path, knowledge: Mapping[str, Any], home: Path, embedder: Embedder | None, progress: Progress) -> Release:
    (aside / "knowledge.json").write_text(json.dumps(knowledge, ensure_ascii=False), encoding="utf-8")
    if (home / "texts").exists():
        shutil.copytree(home / "texts", aside / "texts", ignore=shutil.ignore_patterns(".*"))
    else:
        (aside / "texts").mkdir()
    learned = (aside / adapter.NAME).read_bytes() if (aside / adapter.NAME).exists() else b""
    mark = fingerprint(knowledge, aside / "texts", embedder.name if embedder else "", learned)  # of the copy: an import may be running
    library = Library(knowledge, aside / "texts")
    found = list(units(library))
    progress("关键词索引", 0, len(found))
    with (aside / "units.jsonl").open("w", encoding="utf-8") as file:
        for unit in found:
            file.write(json.dumps(unit.as_json(), ensure_ascii=False) + "\n")
    cuts = Cuts.load(home / "cache" / "tokens.npz")
    Lexical.build([unit.fields for unit in found], cuts).save(aside / "lexical")
    cuts.save(home / "cache" / "tokens.npz")
    progress("关键词索引", len(found), len(found))
    if embedder:
        alike = (release for release in reversed(releases(home)) if release.manifest["embedder"] == embedder.name)
        earlier = next((release.folder for release in alike if not problems(release)), None)
        keep_passages(aside, found, embedder, home / "cache" / "vectors.sqlite", earlier, progress)
    made = datetime.now(UTC)
    manifest = {
        "format": FORMAT,
        "id": _name(home, made, mark),
        "made": made.isoformat(timespec="seconds"),
        "fingerprint": mark,
        "embedder": embedder.name if embedder else "",
        "units": len(found),
        "passages": sum(len(unit.passages) for unit in found),
        "texts": len(library.held),
        "digests": len(library.digests),
        "guides": len(library.guides),
        "files": _hashes(aside),
    }
    (aside / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    wrong = problems(Release(aside, manifest))
    if wrong:
        raise BadRelease("新建的索引没有通过校验：" + "；".join(wrong))
    folder = home / "releases" / str(manifest["id"])
    aside.replace(folder)
    return Release(folder, manifest)


def _hashes(folder: Path) -> dict[str, str]:
    """Hashes of the files that are read to serve; Chroma's own files change when it opens them."""
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "manifest.json" and "chroma" not in p.parts[len(folder.parts) :][:1]]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def problems(release: Release) -> list[str]:
    """What is wrong with a release's files, in Chinese; empty when it may be served."""
    found = []
    actual = _hashes(release.folder)
    for name, sha256 in release.manifest["files"].items():
        if name not in actual:
            found.append(f"缺少 {name}")
        elif actual[name] != sha256:
            found.append(f"{name} 的内容与清单不符")
    return found


def switch(home: Path, release: Release) -> None:
    """Point `current` at a release in one step."""
    aside = home / f".current-{os.getpid()}"
    aside.unlink(missing_ok=True)
    aside.symlink_to(Path("releases") / release.folder.name)
    aside.replace(home / "current")


def rollback(home: Path) -> Release:
    """Go back to the release before the current one. Raises NoRelease when there is none."""
    older = [release for release in releases(home) if release.folder.name < pointed(home)]
    if not older:
        raise NoRelease("没有更早的发布可以退回")
    return select(home, older[-1].id)


def select(home: Path, name: str) -> Release:
    """Switch to a kept release. Raises NoRelease where there is none of that name, BadRelease, BuildInProgress."""
    with building(home):
        found = next((release for release in releases(home) if release.id == name), None)
        if found is None:
            raise NoRelease(f"没有发布 {name}，可能已被更新的发布挤掉，可用的请看 shezu index status")
        wrong = problems(found)
        if wrong:
            raise BadRelease(f"发布 {found.id} 已损坏（{wrong[0]}），没有切换")
        switch(home, found)
        return found


def prune(home: Path) -> None:
    """Remove all but the newest releases and the one being served."""
    serving = pointed(home)
    for release in releases(home)[:-KEPT]:
        if release.folder.name != serving:
            shutil.rmtree(release.folder, ignore_errors=True)


__all__ = ["TEXT", "Release", "build", "current", "pointed", "problems", "prune", "read", "releases", "rollback", "select", "switch"]
