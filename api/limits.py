"""Rate limits: a token bucket a client, refilled each second; what was taken is told in RateLimit-… and Retry-After headers."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MOST_CLIENTS = 20_000


@dataclass(frozen=True, slots=True)
class Take:
    """What asking for one token came to: seconds to wait (0: it was taken), the limit a minute, tokens left, seconds until there is more."""

    wait: float
    limit: int
    left: int
    reset: float

    def headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers-06, and Retry-After where the caller has to wait."""
        if not self.limit:
            return {}
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(math.ceil(self.reset)),
            "RateLimit-Policy": f"{self.limit};w=60",
        }
        return told | ({"Retry-After": str(math.ceil(self.wait))} if self.wait else {})


class Buckets:
    """Token buckets by client; a rate of 0 a minute means no limit."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, client: str) -> float:
        """Seconds until the client may ask again; 0 takes one token."""
        return self.take(client).wait

    def take(self, client: str, per_minute: int | None = None) -> Take:
        """Take one of the client's tokens, where one is left; `per_minute` overrides the common rate for this client."""
        limit = self._per_minute if per_minute is None else per_minute
        if not limit:
            return Take(0.0, 0, 0, 0.0)
        with self._lock:
            now = self._clock()
            tokens, at = self._buckets.pop(client, (float(limit), now))
            tokens = min(limit, tokens + (now - at) * limit / 60)
            allowed = tokens >= 1
            tokens -= allowed
            self._buckets[client] = (tokens, now)
            while len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)
        wait = 0.0 if allowed else (1 - tokens) * 60 / limit
        return Take(wait, limit, int(tokens), wait or (limit - tokens) * 60 / limit)


def client_of(scope: Mapping[str, Any]) -> str:
    """Who asks: the IPv4 address, or the /64 network of an IPv6 one, since a client there has as many addresses as it likes."""
    host = str(scope["client"][0]) if scope.get("client") else "?"
    if ":" not in host:
        return host
    try:
        return str(ipaddress.IPv6Network((host.partition("%")[0], 64), strict=False))
    except ValueError:
        return host
