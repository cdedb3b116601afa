"""An OpenAI-compatible chat server on the loopback that does as it is told: honest answers, lies, and every way a stream can go wrong."""

from __future__ import annotations

import json
import random
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from patience import PATIENCE

SOURCE = re.compile(r"<资料 标记=⟦(\w+)⟧ 说的是=(.*?)>\n(.*?)\n</资料>", re.S)


@dataclass(frozen=True)
class Asked:
    """One request as the server sees it: headers, body, question, and (token, about, text) of each source."""

    headers: dict[str, str]
    body: dict[str, Any]
    question: str
    sources: list[tuple[str, str, str]]


class Reply:
    """What a script writes its answer with."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self.handler = handler

    def status(self, code: int, body: str = '{"error": {"message": "no"}}', kind: str = "application/json", **headers: str) -> None:
        raw = body.encode()
        self.handler.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), "Connection": "close", **headers}.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(raw)

    def open(self) -> None:
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream")
        self.handler.send_header("Connection", "close")  # said, not only done: a client must not ask again on what is being closed
        self.handler.send_header("Transfer-Encoding", "chunked")
        self.handler.end_headers()

    def raw(self, data: bytes) -> None:
        self.handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.handler.wfile.flush()

    def delta(self, text: str | None = None, finish: str | None = None) -> None:
        delta = {} if text is None else {"role": "assistant", "content": text}
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        self.raw(f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode())

    def say(self, text: str, rng: random.Random | None = None) -> None:
        """The text in pieces, of one to nine characters or of a script's own choice."""
        longest = rng.choice((4, 40, 200)) if rng else 9
        rng = rng or random.Random(7)
        while text:
            size = rng.randint(1, longest)
            self.delta(text[:size])
            text = text[size:]

    def done(self, finish: str | None = "stop") -> None:
        if finish:
            self.delta(finish=finish)
        self.raw(b"data: [DONE]\n\n")
        self.handler.wfile.write(b"0\r\n\r\n")

    def whole(self, text: str, rng: random.Random | None = None, finish: str | None = "stop") -> None:
        self.open()
        self.say(text, rng)
        self.done(finish)

    def drop(self, *, reset: bool = False) -> None:
        """Close the connection without ending the stream."""
        if reset:
            self.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.handler.wfile.flush()
        self.handler.connection.shutdown(socket.SHUT_RDWR)

    def hold(self, *, keep_alive: bool = False) -> None:
        """Say nothing more (or only comments) until the client has gone."""
        until = time.monotonic() + PATIENCE
        self.handler.connection.settimeout(0.05)
        while time.monotonic() < until:
            if keep_alive:
                self.raw(b": wait\n\n")
            try:
                if not self.handler.connection.recv(1):
                    return
            except TimeoutError:
                continue


Script = Callable[[Asked, Reply], None]


@dataclass
class ScriptedModel:
    """The server's address, the script it follows, and what it was asked."""

    url: str
    script: Script
    asked: list[Asked] = field(default_factory=list)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the script."""


@contextmanager
def serving(script: Script) -> Iterator[ScriptedModel]:
    """A running server on a free port of the loopback."""
    model = ScriptedModel("", script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            user = body["messages"][-1]["content"]
            question = re.search(r"<问题>(.*?)</问题>", user, re.S)
            asked = Asked(dict(self.headers), body, question[1] if question else "", SOURCE.findall(user))
            model.asked.append(asked)
            self.close_connection = True
            model.script(asked, Reply(self))

        def log_message(self, *arguments: Any) -> None:
            pass

    server = _Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)
