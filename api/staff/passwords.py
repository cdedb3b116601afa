"""Passwords: Argon2id hashes, what a good one is, and one-time ones; the only module that names argon2."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from api.problems import Problem

LEAST, MOST = 10, 128
# Without characters that look alike in print.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
# Each check takes 64 MiB and a core: more at a time would let strangers take the machine, and longer waiting its threads.
_checks = threading.BoundedSemaphore(2)
PATIENCE = 5.0


class WeakPassword(ValueError):
    """The password will not do; the message says what a good one is."""


@contextmanager
def _turn() -> Iterator[None]:
    if not _checks.acquire(timeout=PATIENCE):
        raise Problem(503, "同时登录的人太多，请几秒后再试", headers={"Retry-After": "5"})
    try:
        yield
    finally:
        _checks.release()


def hashed(password: str) -> str:
    """The hash to keep. Raises Problem 503 where too many passwords are being checked."""
    with _turn():
        return _hasher.hash(password.encode("utf-8", "replace"))


# What a password is compared with where there is no such account, so that the answer takes as long.
NOBODY = hashed(secrets.token_urlsafe(32))


def matches(kept: str, password: str) -> bool:
    """Whether the password belongs to the hash; "" is the hash of nothing, and takes as long to say so. Raises Problem 503."""
    try:
        with _turn():
            return _hasher.verify(kept or NOBODY, password.encode("utf-8", "replace")) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def good(password: str, name: str) -> str:
    """The password. Raises WeakPassword where it is too short, too long, of too few different characters, or holds the name."""
    if not LEAST <= len(password) <= MOST:
        raise WeakPassword(f"密码要有 {LEAST} 到 {MOST} 个字符，现在是 {len(password)} 个")
    if len(set(password)) < 5 or password.isdigit():
        raise WeakPassword("密码太简单：不能全是数字，至少要有 5 种不同的字符")
    if name and name.lower() in password.lower():
        raise WeakPassword("密码里不能有登录名")
    return password


def once() -> str:
    """A random password to be changed at the first use: 4 groups of 5 characters, 99 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
