"""The real server for the mini-program's page tests: plain, with WeChat set up against a stand-in, and with a strict rate limit.

Prints one line of JSON with the ports, then obeys lines on standard input: "answer NUMBER TEXT" replies to an inquiry, "risky" lets the
next check fail, an end of input ends it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import uvicorn
from fake_wechat import APPID, SECRET, FakeWechat
from fastapi import FastAPI
from wechat_app import app

OFFICE = """name: 云山市民政局社会组织登记窗口
region: 云山市
address: 云山市政务服务中心二楼 6 号窗口
hours: 工作日 9:00—12:00，13:30—17:00
phones: [0571-00000000]
supervision: 政务服务中心一楼投诉台
note: 本页的单位和电话是测试用的，不是真的。
"""


def serve(found: FastAPI) -> int:
    """Serves the app in a thread; the port."""
    server = uvicorn.Server(uvicorn.Config(found, port=0, log_level="warning", timeout_graceful_shutdown=1))
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    while not server.started:
        if not running.is_alive():
            raise SystemExit("the server did not start; its log says why")
        time.sleep(0.02)
    return int(server.servers[0].sockets[0].getsockname()[1])


def obey(line: str, desk: object, fake: FakeWechat) -> None:
    word, _, rest = line.strip().partition(" ")
    if word == "answer":
        number, _, text = rest.partition(" ")
        desk.inquiries.answer(int(number), text, "tester")  # type: ignore[attr-defined]
    elif word == "risky":
        fake.script["check"] = [{"errcode": 0, "result": {"suggest": "risky", "label": 20006}}]
    sys.stdout.write(json.dumps({"done": word, "calls": fake.calls}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Starts everything and obeys until the input ends."""
    fake = FakeWechat()
    folder = Path(tempfile.mkdtemp(prefix="shezu-miniprogram-"))
    (folder / "office.yaml").write_text(OFFICE, "utf-8")
    changes = {"office": folder / "office.yaml"}
    ports = {}
    for name, rate in (("plain", 0), ("strict", 1)):
        (folder / name).mkdir()
        ports[name] = serve(app(folder / name, **changes | {"rate_per_minute": rate}))
    os.environ |= {
        "SHEZU_WECHAT_APPID": APPID,
        "SHEZU_WECHAT_SECRET": SECRET,
        "SHEZU_WECHAT_PLATFORM": fake.url,
        "SHEZU_WECHAT_TEMPLATE": "template-1",
        "SHEZU_WECHAT_TEMPLATE_FIELDS": "thing1=question,time2=time,thing3=note",
    }
    (folder / "wechat").mkdir()
    wechat = app(folder / "wechat", **changes)
    ports["wechat"] = serve(wechat)
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        obey(line, wechat.state.wechat, fake)


if __name__ == "__main__":
    main()
