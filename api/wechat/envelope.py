"""The secure mode of message callbacks: sha1 signature, AES-256-CBC with 32-byte padding, the receiver's id at the end of the text."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
NOISE = 16
HEAD = NOISE + 4


class BadEnvelope(Exception):
    """A callback that is not from the platform, or not for us; the message says what is wrong with it and shows none of its content."""


def signature(*parts: str) -> str:
    """sha1 over the parts in sorted order, in hexadecimal."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


class Envelope:
    """Seals and opens the messages of one app: token and 43-character key of its callback, and its appid ("" for a 企业微信 robot)."""

    def __init__(self, token: str, aes_key: str, receiver: str) -> None:
        self._token, self._receiver = token, receiver.encode()
        self._key = base64.b64decode(aes_key + "=")

    def check(self, given: str, *parts: str) -> None:
        """Raises BadEnvelope where the signature over our token and the parts is another one."""
        if not hmac.compare_digest(signature(self._token, *parts).encode(), given.encode()):
            raise BadEnvelope("签名不对")

    def open(self, encrypted: str) -> str:
        """The text inside. Raises BadEnvelope: not base64, wrong length or padding, for another receiver, not UTF-8."""
        try:
            sealed = base64.b64decode(encrypted, validate=True)
        except ValueError:
            raise BadEnvelope("密文不是 base64") from None
        if not sealed or len(sealed) % 16:
            raise BadEnvelope(f"密文长度 {len(sealed)} 不是 16 的倍数")
        decryptor = self._cipher().decryptor()
        padded = decryptor.update(sealed) + decryptor.finalize()
        pad = padded[-1]
        if not 1 <= pad <= BLOCK or len(padded) - pad < HEAD or padded[-pad:] != bytes([pad]) * pad:
            raise BadEnvelope("密文解不开，密钥可能不对")
        plain = padded[:-pad]
        end = HEAD + struct.unpack("!I", plain[NOISE:HEAD])[0]
        if end > len(plain):
            raise BadEnvelope("密文里写的长度超出内容")
        if plain[end:] != self._receiver:
            raise BadEnvelope("消息是发给另一个 appid 的")
        try:
            return plain[HEAD:end].decode()
        except UnicodeDecodeError:
            raise BadEnvelope("消息不是 UTF-8") from None

    def seal(self, text: str, timestamp: str, nonce: str) -> tuple[str, str]:
        """(ciphertext in base64, its signature)."""
        content = text.encode()
        plain = os.urandom(NOISE) + struct.pack("!I", len(content)) + content + self._receiver
        pad = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        sealed = base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()
        return sealed, signature(self._token, timestamp, nonce, sealed)

    def _cipher(self) -> Cipher[modes.CBC]:
        # The platform's rule: the first 16 bytes of the key are the initialisation vector.
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))
