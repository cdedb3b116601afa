"""A stand-in for the WeChat platform: real HTTP on loopback, the documented error codes, answers that a test can script."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from patience import PATIENCE

APPID, SECRET = "wx0123456789abcdef", "secret-0123456789abcdef0123456789"
CALLS = {
    "/sns/jscode2session": "login",
    "/cgi-bin/stable_token": "token",
    "/wxa/msg_sec_check": "check",
    "/cgi-bin/message/subscribe/send": "notice",
    "/cgi-bin/message/custom/send": "text",
    "/webhook": "webhook",
}


class FakeWechat:
    """Counts calls, keeps bodies; `script[call]` holds the next answers: an error code, a mapping, "hang", "500" or "html"."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.bodies: dict[str, list[dict]] = defaultdict(list)
        self.script: dict[str, list[object]] = defaultdict(list)
        self.used: set[str] = set()
        self.tokens: list[str] = []
        self.stale: dict[str, int] = {}
        self.delay = 0.0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def expire(self, code: int = 42001) -> None:
        """Every token given so far is refused with the code from now on."""
        self.stale.update(dict.fromkeys(self.tokens, code))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, call: str, query: dict[str, str], body: dict) -> object:
        with self._lock:
            self.calls[call] += 1
            self.bodies[call].append(body)
            scripted = self.script[call].pop(0) if self.script[call] else None
        if scripted is not None:
            return {"errcode": scripted, "errmsg": "scripted"} if isinstance(scripted, int) else scripted
        if call in ("check", "notice", "text"):
            token = query.get("access_token", "")
            if token not in self.tokens:
                return {"errcode": 40001, "errmsg": "invalid credential"}
            if token in self.stale:
                return {"errcode": self.stale[token], "errmsg": "stale"}
        return getattr(self, f"_{call}")(query, body)

    def _login(self, query: dict[str, str], _: dict) -> dict:
        code = query.get("js_code", "")
        if (query.get("appid"), query.get("secret")) != (APPID, SECRET):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if not code.startswith("good"):
            return {"errcode": 40029, "errmsg": "invalid code"}
        with self._lock:
            if code in self.used:
                return {"errcode": 40163, "errmsg": "code been used"}
            self.used.add(code)
        return {"openid": f"openid-of-{code.split('-')[1] if '-' in code else 'ann'}", "session_key": "c2Vzc2lvbi1rZXktMTIzNA=="}

    def _token(self, _: dict[str, str], body: dict) -> dict:
        time.sleep(self.delay)
        if (body.get("appid"), body.get("secret"), body.get("grant_type")) != (APPID, SECRET, "client_credential"):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        with self._lock:
            self.tokens.append(f"access-token-{len(self.tokens) + 1}-" + "x" * 480)
            return {"access_token": self.tokens[-1], "expires_in": 7200}

    def _check(self, _: dict[str, str], body: dict) -> dict:
        content = body.get("content", "")
        if body.get("version") != 2 or body.get("scene") not in (1, 2, 3, 4) or not content or len(content) > 2500:
            return {"errcode": 40003 if content else 44991, "errmsg": "invalid"}
        if not str(body.get("openid", "")).startswith("openid-of-"):
            return {"errcode": 61010, "errmsg": "code is expired"}
        suggest, label = ("risky", 20006) if "违规内容" in content else ("review", 20001) if "存疑内容" in content else ("pass", 100)
        return {"errcode": 0, "errmsg": "ok", "result": {"suggest": suggest, "label": label}, "trace_id": "trace-1", "detail": []}

    def _notice(self, _: dict[str, str], body: dict) -> dict:
        too_long = any(len(field["value"]) > 20 for key, field in body["data"].items() if key.startswith("thing"))
        return {"errcode": 47003, "errmsg": "argument invalid"} if too_long else {"errcode": 0, "errmsg": "ok"}

    def _text(self, _: dict[str, str], body: dict) -> dict:
        return {"errcode": 45002 if len(body["text"]["content"].encode()) > 2048 else 0, "errmsg": ""}

    def _webhook(self, _: dict[str, str], __: dict) -> dict:
        return {"errcode": 0, "errmsg": "ok"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                address = urlsplit(self.path)
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                found = fake.answer(CALLS.get(address.path, "unknown"), dict(parse_qsl(address.query)), json.loads(raw) if raw else {})
                if found == "hang":
                    # Says nothing until the client has gone.
                    self.connection.settimeout(PATIENCE)
                    self.connection.recv(1)
                    self.close_connection = True
                    return
                status, content = (500, b"{}") if found == "500" else (200, b"<html>" if found == "html" else json.dumps(found).encode())
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        return Handler
