"""Releases as signed archives: one file that another machine takes in only where an office it trusts has signed every byte.

A zip whose first member, statement.json, lists all others with size and SHA-256; signature holds the Ed25519 signature (RFC 8032)
of the statement's bytes. Nothing is unpacked before the signature holds, and nothing that the statement does not name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from index.errors import BadArchive, BadRelease
from index.release import Release, building, pointed, problems, prune, read, switch
from index.signing import SIGNATURE_BYTES, Signer, Trusted

FORMAT = 1
STATEMENT, SIGNATURE, FILES = "statement.json", "signature", "release/"
LARGEST_STATEMENT = 32_000_000
LARGEST_RELEASE = 64_000_000_000
CHUNK = 1 << 20
ID = re.compile(r"[0-9]{8}T[0-9]{6,12}-[0-9a-f]{8}")


def export(release: Release, to: Path, key_file: Path) -> Path:
    """Write a release as a signed archive; the file appears whole or not at all. Raises BadKey, BadArchive for a damaged release."""
    signer = Signer(key_file)
    wrong = problems(release)
    if wrong:
        raise BadArchive(f"发布 {release.id} 已损坏（{wrong[0]}），没有导出；请先运行 shezu index build 重建")
    paths = [path for path in sorted(release.folder.rglob("*")) if path.is_file()]
    names = {path: path.relative_to(release.folder).as_posix() for path in paths}
    files = {names[path]: {"size": path.stat().st_size, "sha256": _sha256(path)} for path in paths}
    statement = json.dumps({"format": FORMAT, "id": release.id, "files": files}, ensure_ascii=False, sort_keys=True).encode()
    aside = to.with_name(f".{to.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(STATEMENT, statement)
            archive.writestr(SIGNATURE, signer.sign(statement))
            for path in paths:
                archive.write(path, FILES + names[path])
        _synced(aside)
        aside.replace(to)
    except OSError as error:
        raise BadArchive(f"{to} 写不进去（{error.strerror}），请检查磁盘空间和权限") from error
    finally:
        aside.unlink(missing_ok=True)
    return to


def take_in(home: Path, file: Path, trusted: Iterable[Path], older: bool = False) -> tuple[Release, bool]:
    """Take in an archive that one of the trusted public keys signed and switch to its release: (release, whether it was new here).

    Running processes open it at their next question. Raises BadKey, BadArchive, BadRelease, BuildInProgress; then nothing has changed.
    A release older than the current one is refused unless `older`: a replayed archive would bring repealed rules back.
    """
    keys = Trusted(trusted)
    with _opened(file) as archive:
        statement = _statement(archive, file, keys)
        name = str(statement["id"])
        with building(home):
            _refuse_older(home, name, older)
            held = _held(home, name)
            if held:
                switch(home, held)
                return held, False
            release = _unpack(archive, file, statement, home)
            switch(home, release)
            prune(home)
            return release, True


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever a hostile one trips over becomes a BadArchive that names the file."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError as error:
        raise BadArchive(f"没有 {file} 这个文件，请检查路径") from error
    except (zipfile.BadZipFile, EOFError, ValueError, KeyError, TypeError, NotImplementedError, RuntimeError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise BadArchive(f"{file.name} 不是完好的发布包（可能没有传完或被改动过），请向签发方重新要一份") from error
    except OSError as error:
        raise BadArchive(f"{file.name} 读写出错（{error.strerror}），请检查磁盘空间和权限") from error


def _statement(archive: zipfile.ZipFile, file: Path, keys: Trusted) -> Mapping[str, Any]:
    """What the signer states, once its signature holds and every member is one that it names."""
    names = archive.namelist()
    if names[:2] != [STATEMENT, SIGNATURE]:
        raise BadArchive(f"{file.name} 没有签名，已拒绝：发布包要用 shezu index export --key 导出")
    signature, content = _bytes(archive, SIGNATURE, SIGNATURE_BYTES), _bytes(archive, STATEMENT, LARGEST_STATEMENT)
    if not keys.signed(content, signature):
        raise BadArchive(f"{file.name} 的签名不是任何一个可信公钥签的，或清单被改动过，已拒绝：请核对来源和 --trust 的公钥")
    statement: dict[str, Any] = json.loads(content)
    if statement["format"] != FORMAT:
        raise BadArchive(f"{file.name} 是第 {statement['format']} 版格式，本程序只认第 {FORMAT} 版，请升级程序后再导入")
    if not ID.fullmatch(str(statement["id"])):
        raise BadArchive(f"{file.name} 里的发布编号“{statement['id']}”不合规矩，已拒绝")
    _check_names(names[2:], statement["files"], file)
    return statement


def _check_names(names: list[str], files: Mapping[str, Mapping[str, Any]], file: Path) -> None:
    for name in (*files, *(name.removeprefix(FILES) for name in names)):
        path = PurePosixPath(name)
        if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or str(path) != name:
            raise BadArchive(f"{file.name} 里的路径“{name}”会写到发布文件夹之外，已拒绝")
    if sorted(names) != sorted(FILES + name for name in files):
        raise BadArchive(f"{file.name} 里的文件和签名清单对不上（有多余、重复或缺少），已拒绝")
    if sum(int(one["size"]) for one in files.values()) > LARGEST_RELEASE:
        raise BadArchive(f"{file.name} 展开后超过 {LARGEST_RELEASE // 1_000_000_000} GB，已拒绝")


def _unpack(archive: zipfile.ZipFile, file: Path, statement: Mapping[str, Any], home: Path) -> Release:
    (home / "releases").mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".building-", dir=home / "releases"))
    aside.chmod(0o755)
    try:
        for name, told in statement["files"].items():
            target = aside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(FILES + name) as source, target.open("wb") as sink:
                same = _copied(source, sink, int(told["size"])) == told["sha256"]
            if not same:
                raise BadArchive(f"{file.name} 里的 {name} 和签名清单不符（被改动或没有传完），已拒绝")
        release = read(aside)
        wrong = problems(release)
        if wrong or release.id != statement["id"]:
            raise BadArchive(f"{file.name} 里的发布没有通过校验：{wrong[0] if wrong else '编号与清单不同'}")
        folder = home / "releases" / release.id
        shutil.rmtree(folder, ignore_errors=True)  # a damaged one of this name
        aside.replace(folder)
        return read(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _held(home: Path, name: str) -> Release | None:
    """The release of that name, where it is here and whole."""
    try:
        release = read(home / "releases" / name)
    except BadRelease:
        return None
    return None if problems(release) else release


def _refuse_older(home: Path, name: str, older: bool) -> None:
    now = pointed(home)
    if name < now and not older:
        raise BadArchive(f"发布 {name} 比正在用的 {now} 旧，没有导入；确要退回请加 --older，或用 shezu index rollback")


def _copied(source: IO[bytes], sink: IO[bytes], size: int) -> str:
    """Copy at most one byte more than the size told; the SHA-256 of what came, "" where it is more."""
    digest = hashlib.sha256()
    left = size + 1
    while left and (piece := source.read(min(CHUNK, left))):
        left -= len(piece)
        digest.update(piece)
        sink.write(piece)
    sink.flush()
    os.fsync(sink.fileno())
    return digest.hexdigest() if left == 1 else ""


def _bytes(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as member:
        content = member.read(most + 1)
    if len(content) > most:
        raise BadArchive(f"发布包里的 {name} 大得不正常，已拒绝")
    return content


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _synced(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
