from __future__ import annotations

import json
import os
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import lantern
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from index import archive
from index.archive import FILES, SIGNATURE
from index.errors import BadKey, BadParcel, NoRelease
from index.parcel import STATEMENT
from index.release import Release, building, current, problems, read
from index.search import Search
from index.serving import serviceable
from index.signing import Signer, make_keys, trusted_keys

Members = dict[str, bytes]


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return make_keys(tmp_path / "keys")


@pytest.fixture
def built(lantern_home: Path) -> Release:
    return current(lantern_home)


@pytest.fixture
def packed(built: Release, keys: tuple[Path, Path], tmp_path: Path) -> Path:
    return archive.export(built, tmp_path / "release.zip", keys[0])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def members(packed: Path) -> Members:
    with zipfile.ZipFile(packed) as found:
        return {name: found.read(name) for name in found.namelist()}


def write(to: Path, content: Members) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in content.items():
            made.writestr(name, data)
    return to


def signed(content: Members, key: Path, **changes: object) -> Members:
    """The same members under a changed statement that the office itself signed."""
    statement = json.dumps(json.loads(content[STATEMENT]) | changes).encode()
    return content | {STATEMENT: statement, SIGNATURE: Signer(key).sign(statement)}


def test_what_one_machine_exports_another_takes_in_byte_for_byte(packed, built, home, keys):
    taken, new = archive.take_in(home, packed, [keys[1]])
    assert new
    assert taken.id == built.id == current(home).id
    assert problems(taken) == []
    for path in built.folder.rglob("*"):
        if path.is_file():
            assert (taken.folder / path.relative_to(built.folder)).read_bytes() == path.read_bytes()
    assert Search(taken, lantern.TokenHashes()).has_vectors
    assert archive.take_in(home, packed, [keys[1]]) == (taken, False)


def test_keys_are_made_once_and_the_private_one_is_its_owner_s(keys, tmp_path):
    assert keys[0].stat().st_mode & 0o077 == 0
    before = keys[0].read_bytes()
    with pytest.raises(BadKey, match=r"已经有了，没有覆盖"):
        make_keys(tmp_path / "keys")
    assert keys[0].read_bytes() == before
    assert trusted_keys(tmp_path / "keys") == [keys[1]]
    assert trusted_keys(None) == []


def _another_curve(folder: Path) -> tuple[bytes, bytes]:
    key = generate_private_key(SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_keys_that_will_not_do_are_refused_by_name(built, packed, keys, home, tmp_path):
    wide = tmp_path / "wide.pem"
    wide.write_bytes(keys[0].read_bytes())
    wide.chmod(0o644)
    curve, public = tmp_path / "curve.pem", tmp_path / "curve.pub.pem"
    for path, content in zip((curve, public), _another_curve(tmp_path), strict=True):
        path.write_bytes(content)
        path.chmod(0o600)
    for private, says in ((wide, "chmod 600"), (curve, "不是 Ed25519 私钥"), (keys[1], "别人也能读"), (tmp_path / "none", "打不开")):
        with pytest.raises(BadKey, match=says):
            archive.export(built, tmp_path / "out.zip", private)
    for trusted, says in (([], "没有可信的公钥"), ([public], "不是 Ed25519 公钥"), ([keys[0]], "不是 PEM 公钥"), ([tmp_path / "none"], "打不开")):
        with pytest.raises(BadKey, match=says):
            archive.take_in(home, packed, trusted)
    assert not home.exists()
    assert not (tmp_path / "out.zip").exists()


def test_a_damaged_release_is_not_exported(lantern_home, keys, home, tmp_path):
    shutil.copytree(lantern_home, home, symlinks=True)
    (current(home).folder / "units.jsonl").write_text("{}\n")
    with pytest.raises(BadParcel, match=r"已损坏（units.jsonl.*没有导出"):
        archive.export(current(home), tmp_path / "out.zip", keys[0])
    assert not list(tmp_path.glob("*out.zip*"))


def _unsigned(content: Members, key: Path) -> Members:
    return {name: data for name, data in content.items() if name not in (STATEMENT, SIGNATURE)}


def _signature_of_another(content: Members, key: Path) -> Members:
    other = make_keys(key.parent / "other")[0]
    return content | {SIGNATURE: Signer(other).sign(content[STATEMENT])}


def _statement_altered(content: Members, key: Path) -> Members:
    return content | {STATEMENT: content[STATEMENT].replace(b'"format": 1', b'"format": 2')}


def _file_altered(content: Members, key: Path) -> Members:
    name = FILES + "units.jsonl"
    return content | {name: content[name].replace(b"30", b"99")}


def _file_longer(content: Members, key: Path) -> Members:
    return content | {FILES + "units.jsonl": content[FILES + "units.jsonl"] + b"\n"}


def _file_missing(content: Members, key: Path) -> Members:
    return {name: data for name, data in content.items() if name != FILES + "units.jsonl"}


def _file_added(content: Members, key: Path) -> Members:
    return content | {FILES + "extra.txt": b"more"}


def _outside(name: str) -> Callable[[Members, Path], Members]:
    def attack(content: Members, key: Path) -> Members:
        files = json.loads(content[STATEMENT])["files"] | {name: {"size": 4, "sha256": "0"}}
        return signed(content, key, files=files) | {name: b"evil"}

    return attack


def _bomb(content: Members, key: Path) -> Members:
    files = json.loads(content[STATEMENT])["files"]
    files[FILES + "units.jsonl"] |= {"size": 10**12}
    return signed(content, key, files=files)


def _bad_id(content: Members, key: Path) -> Members:
    return signed(content, key, id="../../etc")


def _next_format(content: Members, key: Path) -> Members:
    return signed(content, key, format=2)


def _other_id(content: Members, key: Path) -> Members:
    return signed(content, key, id="29991231T000000000-00000000")


def _signature_too_long(content: Members, key: Path) -> Members:
    return content | {SIGNATURE: content[SIGNATURE] * 2}


ATTACKS: dict[str, tuple[Callable[[Members, Path], Members], str]] = {
    "unsigned": (_unsigned, "没有签名，已拒绝"),
    "signed by another": (_signature_of_another, "不是任何一个可信公钥签的"),
    "statement altered": (_statement_altered, "清单被改动过"),
    "file altered": (_file_altered, r"units.jsonl 和清单不符"),
    "file longer": (_file_longer, r"units.jsonl 和清单不符"),
    "file missing": (_file_missing, "对不上"),
    "file added": (_file_added, "对不上"),
    "path upwards": (_outside("../../evil"), "写到目标文件夹之外"),
    "path upwards inside": (_outside("texts/../../evil"), "写到目标文件夹之外"),
    "path from the root": (_outside("/tmp/evil"), "写到目标文件夹之外"),
    "path with backslashes": (_outside("..\\evil"), "写到目标文件夹之外"),
    "bomb": (_bomb, "展开后超过"),
    "id that is a path": (_bad_id, "发布编号“../../etc”不合规矩"),
    "newer format": (_next_format, "请升级程序"),
    "id of another release": (_other_id, "没有通过校验"),
    "signature too long": (_signature_too_long, "大得不正常"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_refused_and_nothing_changes(packed, home, keys, tmp_path, attack, lantern_home):
    shutil.copytree(lantern_home, home, symlinks=True)
    before = current(home).id
    (home / "releases" / before).rename(home / "releases" / "20010101T000000000-00000000")  # so that the archive's is not held already
    (home / "current").unlink()
    (home / "current").symlink_to("releases/20010101T000000000-00000000")
    change, says = ATTACKS[attack]
    file = write(tmp_path / "attack.zip", change(members(packed), keys[0]))
    with pytest.raises(BadParcel, match=says):
        archive.take_in(home, file, [keys[1]])
    assert (home / "current").readlink().name == "20010101T000000000-00000000"
    assert [path.name for path in (home / "releases").iterdir()] == ["20010101T000000000-00000000"]
    assert not list(tmp_path.rglob("evil*"))


def test_an_archive_cut_anywhere_is_refused(packed, home, keys, tmp_path):
    whole = packed.read_bytes()
    for part in (0, 1, 100, len(whole) // 3, len(whole) // 2, len(whole) - 1):
        cut = tmp_path / "cut.zip"
        cut.write_bytes(whole[:part])
        with pytest.raises(BadParcel, match=r"cut.zip 不是完好的发布包"):
            archive.take_in(home, cut, [keys[1]])
    assert not home.exists()


def test_a_byte_changed_anywhere_changes_nothing_or_is_refused(packed, home, keys, tmp_path, built):
    whole = packed.read_bytes()
    refused = 0
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        (tmp_path / "flipped.zip").write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            taken, _ = archive.take_in(home, tmp_path / "flipped.zip", [keys[1]])
        except BadParcel:
            refused += 1
            continue
        assert problems(taken) == []  # a byte that says nothing about the content, as a time stamp of the zip
        assert taken.manifest == built.manifest
    assert refused > 40


def test_a_member_that_lies_about_its_size_is_refused(packed, home, keys, tmp_path):
    data = bytearray(packed.read_bytes())
    at = data.rindex(b"PK\x01\x02")  # the last entry of the central directory: its unpacked size
    data[at + 24 : at + 28] = struct.pack("<I", 1)
    (tmp_path / "lying.zip").write_bytes(data)
    with pytest.raises(BadParcel):
        archive.take_in(home, tmp_path / "lying.zip", [keys[1]])


def test_an_older_release_is_refused_unless_wanted(packed, home, keys, lantern_home, tmp_path):
    shutil.copytree(lantern_home, home, symlinks=True)
    files = lantern.write_files(tmp_path / "files")
    files[1].write_text(lantern.NEW_TEXT.replace("四十盏", "五十盏"), encoding="utf-8")
    newer = lantern.import_and_build(home, files)
    with pytest.raises(BadParcel, match=f"比正在用的 {newer.id} 旧，没有导入.*--older"):
        archive.take_in(home, packed, [keys[1]])
    assert current(home).id == newer.id
    archive.take_in(home, packed, [keys[1]], older=True)
    assert current(home).id < newer.id


def test_a_damaged_release_of_the_same_name_is_replaced(packed, home, keys, lantern_home):
    shutil.copytree(lantern_home, home, symlinks=True)
    (current(home).folder / "manifest.json").write_text("{")
    taken, new = archive.take_in(home, packed, [keys[1]])
    assert new
    assert problems(taken) == []


def test_a_full_disk_leaves_what_was_there(packed, home, keys, monkeypatch):
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadParcel, match="请检查磁盘空间和权限"):
        archive.take_in(home, packed, [keys[1]])
    assert list((home / "releases").iterdir()) == []


def test_importing_waits_for_no_build(packed, home, keys):
    from index.errors import BuildInProgress

    with building(home), pytest.raises(BuildInProgress, match="另一个进程正在建索引"):
        archive.take_in(home, packed, [keys[1]])


def test_the_last_good_release_stands_in_for_a_damaged_one(home, lantern_home, tmp_path):
    shutil.copytree(lantern_home, home, symlinks=True)
    first = current(home)
    assert serviceable(home) == (first, "")
    files = lantern.write_files(tmp_path / "files")
    files[1].write_text(lantern.NEW_TEXT.replace("四十盏", "五十盏"), encoding="utf-8")
    second = lantern.import_and_build(home, files)
    (second.folder / "lexical" / "starts.npy").unlink()
    assert serviceable(home) == (first, f"发布 {second.id} 已损坏（缺少 lexical/starts.npy）")
    (second.folder / "manifest.json").unlink()
    found, wrong = serviceable(home)
    assert (found, "清单读不出来" in wrong) == (first, True)
    (first.folder / "units.jsonl").unlink()
    with pytest.raises(Exception, match="也没有完好的旧发布可用，请运行 shezu index build"):
        serviceable(home)
    with pytest.raises(NoRelease, match="还没有发布"):
        serviceable(tmp_path)
    assert read(first.folder).id == first.id
