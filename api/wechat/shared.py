"""What the WeChat routes read alike: the desk of the running app, and a callback's body within its size."""

from __future__ import annotations

from fastapi import Request

from api.problems import Problem
from api.wechat.desk import Desk
from api.wechat.notes import LARGEST


def desk(request: Request) -> Desk:
    """The desk of the running app."""
    found: Desk = request.app.state.wechat
    return found


async def body(request: Request) -> bytes:
    """The body of a callback. Raises Problem 413 past 64 KiB, before the rest is read."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise Problem(413, f"消息超过 {LARGEST} 字节")
        parts.append(part)
    return b"".join(parts)
