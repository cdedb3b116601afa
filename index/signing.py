"""Who made a release: Ed25519 signatures (RFC 8032) with keys from PEM files. The only module of the index that names cryptography."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from index.errors import BadKey

ONLY_OWNER = 0o600
SIGNATURE_BYTES = 64


def make_keys(folder: Path) -> tuple[Path, Path]:
    """A new pair of keys in a folder: (the private one, readable by its owner alone; the public one). Raises BadKey where there is one."""
    private, public = folder / "release-key.pem", folder / "release-key.pub.pem"
    key = Ed25519PrivateKey.generate()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    except FileExistsError as error:
        raise BadKey(f"{private} 已经有了，没有覆盖；要换密钥请另选一个文件夹") from error
    except OSError as error:
        raise BadKey(f"密钥写不进 {folder}（{error.strerror}），请检查路径和权限") from error
    return private, public


class Signer:
    """The private key of an office that gives releases out. Raises BadKey where the file holds none that is safe to use."""

    def __init__(self, file: Path) -> None:
        self._key = _private_key(file)

    def sign(self, content: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._key.sign(content)


class Trusted:
    """The public keys of those whose releases are taken in. Raises BadKey for an unusable one, or where there is none."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._keys = [_public_key(file) for file in files]
        if not self._keys:
            raise BadKey("没有可信的公钥：请用 --trust 指明签发方的公钥文件，或设置 SHEZU_RELEASE_TRUST")

    def signed(self, content: bytes, signature: bytes) -> bool:
        """Whether one of them signed exactly this."""
        return any(_signed(key, signature, content) for key in self._keys)


def trusted_keys(place: Path | None) -> list[Path]:
    """The public keys at a place: the file itself, or every .pub.pem of a folder."""
    if place is None:
        return []
    return sorted(place.glob("*.pub.pem")) if place.is_dir() else [place]


def _signed(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _private_key(file: Path) -> Ed25519PrivateKey:
    try:
        if file.stat().st_mode & 0o077:
            raise BadKey(f"私钥 {file} 别人也能读，请先运行 chmod 600 {file}")
        key = load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        raise BadKey(f"私钥 {file} 打不开（{error.strerror}），请检查路径和权限") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey(f"{file} 不是没有口令的 PEM 私钥，请用 shezu index keys 生成") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{file} 不是 Ed25519 私钥，请用 shezu index keys 生成")
    return key


def _public_key(file: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(file.read_bytes())
    except OSError as error:
        raise BadKey(f"公钥 {file} 打不开（{error.strerror}），请检查路径和权限") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey(f"{file} 不是 PEM 公钥，请向签发方要 release-key.pub.pem") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey(f"{file} 不是 Ed25519 公钥，请向签发方要 release-key.pub.pem")
    return key
