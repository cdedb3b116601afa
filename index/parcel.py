"""Parcels: a zip whose statement.json lists every other member with size and SHA-256, written whole or not at all, unpacked only as listed."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from index.errors import BadParcel

STATEMENT = "statement.json"
LARGEST_STATEMENT = 32_000_000
LARGEST_UNPACKED = 64_000_000_000
CHUNK = 1 << 20
ONLY_OWNER = 0o600

Listing = Mapping[str, Mapping[str, Any]]
Seal = Callable[[Listing], Mapping[str, bytes]]


def write(to: Path, files: Iterable[tuple[str, Path]], seal: Seal) -> None:
    """Write files under these names, then what `seal` makes of their listing; readable by its owner alone. Raises BadParcel."""
    aside = to.with_name(f".{to.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, ONLY_OWNER), "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name, content in seal({name: _packed(archive, name, path) for name, path in files}).items():
                    archive.writestr(name, content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(to)
    except OSError as error:
        raise BadParcel(f"{to} 写不进去（{error.strerror}），请检查磁盘空间和权限") from error
    finally:
        aside.unlink(missing_ok=True)


def _packed(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as sink:
        while piece := source.read(CHUNK):
            digest.update(piece)
            size += len(piece)
            sink.write(piece)
    return {"size": size, "sha256": digest.hexdigest()}


class Parcel:
    """An opened parcel; what it holds is to be trusted no further than whoever vouches for its statement."""

    def __init__(self, archive: zipfile.ZipFile, file: Path) -> None:
        self._archive, self.file = archive, file
        self.names = archive.namelist()

    def bytes(self, name: str, most: int = LARGEST_STATEMENT) -> bytes:
        """A small member. Raises BadParcel where it is larger than `most`."""
        with self._archive.open(name) as member:
            content = member.read(most + 1)
        if len(content) > most:
            raise BadParcel(f"{self.file.name} 里的 {name} 大得不正常，已拒绝")
        return content

    def statement(self, seals: Iterable[str] = (STATEMENT,)) -> dict[str, Any]:
        """The statement; its `files` are then all members but the seals, under names that stay inside a folder. Raises BadParcel."""
        said: dict[str, Any] = json.loads(self.bytes(STATEMENT))
        for name in (*said["files"], *self.names):
            path = PurePosixPath(name)
            if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or str(path) != name:
                raise BadParcel(f"{self.file.name} 里的路径“{name}”会写到目标文件夹之外，已拒绝")
        if sorted(self.names) != sorted([*said["files"], *seals]):
            raise BadParcel(f"{self.file.name} 里的文件和清单对不上（有多余、重复或缺少），已拒绝")
        if sum(int(one["size"]) for one in said["files"].values()) > LARGEST_UNPACKED:
            raise BadParcel(f"{self.file.name} 展开后超过 {LARGEST_UNPACKED // 1_000_000_000} GB，已拒绝")
        return said

    def unpack(self, listing: Listing, to: Mapping[str, Path]) -> None:
        """Write the listed members that `to` has a place for. Raises BadParcel for one that is not as listed."""
        for name, target in to.items():
            told = listing[name]
            target.parent.mkdir(parents=True, exist_ok=True)
            if self._copied(name, target, int(told["size"])) != told["sha256"]:
                raise BadParcel(f"{self.file.name} 里的 {name} 和清单不符（被改动或没有传完），已拒绝")

    def _copied(self, name: str, target: Path, size: int) -> str:
        """Copy at most one byte more than the size told; the SHA-256 of what came, "" where that is another size."""
        digest, left = hashlib.sha256(), size + 1
        with self._archive.open(name) as source, target.open("wb") as sink:
            while left and (piece := source.read(min(CHUNK, left))):
                left -= len(piece)
                digest.update(piece)
                sink.write(piece)
            sink.flush()
            os.fsync(sink.fileno())
        return digest.hexdigest() if left == 1 else ""


@contextmanager
def opened(file: Path, kind: str) -> Iterator[Parcel]:
    """A parcel of some kind (发布包, 备份); whatever a hostile one trips over becomes a BadParcel that names the file."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield Parcel(archive, file)
    except FileNotFoundError as error:
        raise BadParcel(f"没有 {file} 这个文件，请检查路径") from error
    except (zipfile.BadZipFile, EOFError, ValueError, KeyError, TypeError, AttributeError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise BadParcel(f"{file.name} 不是完好的{kind}（可能没有传完或被改动过），请换一份完好的再试") from error
    except OSError as error:
        raise BadParcel(f"{file.name} 读写出错（{error.strerror}），请检查磁盘空间和权限") from error
