"""An office at work on its corpus: an editor and a reviewer over a home of their own, and short ways through a change."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

ROOT = "/api/v1/staff/corpus"
GUIDE: dict[str, Any] = {
    "slug": "shifan-fengzheng",
    "title": "示范市风筝会登记",
    "matter": "成立",
    "types": ["社会团体"],
    "ask": ["示范市风筝会怎么登记"],
    "summary": [{"say": "先到窗口问清风筝会归谁管。", "cite": ["社会团体登记管理条例 第九条"]}],
}
OLD = """# 示范市风筝会登记办法

2010年3月1日示范市令第1号公布　自2010年5月1日起施行

第一条 为了让风筝会放得高，定下本办法。

第二条 风筝会要有三十只风筝和一万元线钱。

第三条 风筝局收到申请后，应当在三十日内答复。

第四条 风筝会每年放一次大风筝。
"""
NEW = """# 示范市风筝会登记办法

2010年3月1日示范市令第1号公布　2019年11月5日示范市令第9号修订　自2020年1月1日起施行

第一条 为了让风筝会放得高，定下本办法。

第二条 风筝会要有三十只风筝和三万元线钱。

第三条 线断了由放的人赔。

第四条 风筝局收到申请后，应当在二十日内答复。
"""


def moved_in(shipped_home: Path, folder: Path) -> Path:
    """A copy of a home, to be written to."""
    home = folder / "home"
    shutil.copytree(shipped_home, home, symlinks=True)
    return home


def ok(response: Response) -> Any:
    """What a call that must succeed said."""
    assert response.status_code < 300, response.text
    return response.json()


def draft(editor: TestClient, kind: str, key: str, content: Any, note: str = "") -> dict[str, Any]:
    """A new draft."""
    return dict(ok(editor.post(f"{ROOT}/changes", json={"kind": kind, "key": key, "content": content, "note": note})))


def upload(editor: TestClient, name: str, text: str | bytes) -> dict[str, Any]:
    """A new draft with an uploaded file."""
    data = text.encode() if isinstance(text, str) else text
    return dict(ok(editor.post(f"{ROOT}/uploads", params={"name": name}, content=data)))


def step(who: TestClient, change: dict[str, Any], what: str, reason: str = "") -> dict[str, Any]:
    """A change after one step: submit, withdraw, reject or approve."""
    return dict(ok(who.post(f"{ROOT}/changes/{change['id']}/{what}", json={"version": change["version"], "reason": reason})))


def carried(editor: TestClient, reviewer: TestClient, change: dict[str, Any]) -> dict[str, Any]:
    """A draft that was submitted by one and approved by the other."""
    return step(reviewer, step(editor, change, "submit"), "approve")


def released(reviewer: TestClient, app: FastAPI) -> dict[str, Any]:
    """What is served after a build that the reviewer asked for."""
    ok(reviewer.post(f"{ROOT}/releases"))
    until = time.monotonic() + 300
    while time.monotonic() < until:
        told = ok(reviewer.get(f"{ROOT}/releases"))
        if told["build"]["state"] != "running":
            assert told["build"]["state"] == "done", told["build"]
            app.state.service.builds.close()
            return dict(ok(reviewer.get(f"{ROOT}/releases")))
        time.sleep(0.05)
    raise AssertionError("the build did not end")


def home_of(app: FastAPI) -> Path:
    """The home that an app serves."""
    return Path(app.state.service.settings.home)


def digest(article: str, say: str, **point: Any) -> dict[str, Any]:
    """A digest of an article with one point."""
    return {"article": article, "topic": "风筝", "types": ["社会团体"], "matters": ["成立"], "points": [{"say": say, "ask": ["风筝会几天答复"], **point}]}
