"""Releases as signed archives: one file that another machine takes in only where an office it trusts has signed every byte.

A parcel (index/parcel.py) whose member `signature` is the Ed25519 signature of its statement. Nothing is unpacked before the
signature holds, and nothing that the statement does not name.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from index import parcel
from index.errors import BadParcel, BadRelease
from index.parcel import STATEMENT, Listing, Parcel
from index.release import Release, building, pointed, problems, prune, read, switch
from index.signing import SIGNATURE_BYTES, Signer, Trusted

FORMAT = 1
SIGNATURE, FILES = "signature", "release/"
ID = re.compile(r"[0-9]{8}T[0-9]{6,12}-[0-9a-f]{8}")


def export(release: Release, to: Path, key_file: Path) -> Path:
    """Write a release as a signed archive; the file appears whole or not at all. Raises BadKey, BadParcel for a damaged release."""
    signer = Signer(key_file)
    wrong = problems(release)
    if wrong:
        raise BadParcel(f"发布 {release.id} 已损坏（{wrong[0]}），没有导出；请先运行 shezu index build 重建")

    def seal(listing: Listing) -> Mapping[str, bytes]:
        statement = json.dumps({"format": FORMAT, "id": release.id, "files": listing}, ensure_ascii=False, sort_keys=True).encode()
        return {STATEMENT: statement, SIGNATURE: signer.sign(statement)}

    paths = [path for path in sorted(release.folder.rglob("*")) if path.is_file()]
    parcel.write(to, ((FILES + path.relative_to(release.folder).as_posix(), path) for path in paths), seal)
    return to


def take_in(home: Path, file: Path, trusted: Iterable[Path], older: bool = False) -> tuple[Release, bool]:
    """Take in an archive that one of the trusted public keys signed and switch to its release: (release, whether it was new here).

    Running processes open it at their next question. Raises BadKey, BadParcel, BadRelease, BuildInProgress; then nothing has changed.
    A release older than the current one is refused unless `older`: a replayed archive would bring repealed rules back.
    """
    keys = Trusted(trusted)
    with parcel.opened(file, "发布包") as found:
        statement = _vouched(found, keys)
        name = str(statement["id"])
        with building(home):
            _refuse_older(home, name, older)
            held = _held(home, name)
            if held:
                switch(home, held)
                return held, False
            release = _unpack(found, statement, home)
            switch(home, release)
            prune(home)
            return release, True


def _vouched(found: Parcel, keys: Trusted) -> dict[str, Any]:
    """What the signer states, once its signature holds."""
    file = found.file
    if not {STATEMENT, SIGNATURE} <= set(found.names):
        raise BadParcel(f"{file.name} 没有签名，已拒绝：发布包要用 shezu index export --key 导出")
    if not keys.signed(found.bytes(STATEMENT), found.bytes(SIGNATURE, SIGNATURE_BYTES)):
        raise BadParcel(f"{file.name} 的签名不是任何一个可信公钥签的，或清单被改动过，已拒绝：请核对来源和 --trust 的公钥")
    statement = found.statement((STATEMENT, SIGNATURE))
    if statement["format"] != FORMAT:
        raise BadParcel(f"{file.name} 是第 {statement['format']} 版格式，本程序只认第 {FORMAT} 版，请升级程序后再导入")
    if not ID.fullmatch(str(statement["id"])):
        raise BadParcel(f"{file.name} 里的发布编号“{statement['id']}”不合规矩，已拒绝")
    return statement


def _unpack(found: Parcel, statement: Mapping[str, Any], home: Path) -> Release:
    (home / "releases").mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".building-", dir=home / "releases"))
    aside.chmod(0o755)
    try:
        found.unpack(statement["files"], {name: aside / name.removeprefix(FILES) for name in statement["files"]})
        release = read(aside)
        wrong = problems(release)
        if wrong or release.id != statement["id"]:
            raise BadParcel(f"{found.file.name} 里的发布没有通过校验：{wrong[0] if wrong else '编号与清单不同'}")
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
        raise BadParcel(f"发布 {name} 比正在用的 {now} 旧，没有导入；确要退回请加 --older，或用 shezu index rollback")
