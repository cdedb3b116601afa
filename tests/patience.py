"""How long tests wait: until something is there. The limit ends what hangs; it is never what a test measures, on however slow a machine."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable

PATIENCE = 600.0


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for something to come true."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.05)


def free_port() -> int:
    """A port that nobody listens on, below those that the system gives to connections: one of them may take a port between choosing and using it."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
