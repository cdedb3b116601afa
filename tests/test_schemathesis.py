"""Every route against generated requests, good and bad: no 5xx, and of what the OpenAPI description tells no answer that it does not describe.

As a program of its own: its pytest plugin relies on insides of pytest that pytest 9 changed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import live
import pytest
from fake_wechat import FakeWechat
from fastapi import FastAPI
from office_staff import hired
from patience import PATIENCE
from test_staff_roles import PREFIX, staff_routes
from test_wechat_callbacks import ENVIRONMENT

from api.app import create_app
from api.staff.roles import Role
from api.staff.sessions import csrf

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
# In every test run the console gets a few random requests a route; every edge of every parameter in `make fuzz`.
OF_STAFF = ("--max-examples", str(EXAMPLES)) if "FUZZ_EXAMPLES" in os.environ else ("--max-examples", "2", "--phases", "fuzzing")
# What only the tools themselves can judge, such as the name of an event, no schema can tell. A body that is too large is refused as such.
CONFIGURATION = """
[checks]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]

[[operations]]
include-path-regex = "^/api/v1/(tools|tickets)"
checks.positive_data_acceptance.enabled = false
"""

# Who signs out asks no more.
SIGNED_IN = """
[[operations]]
include-method = "DELETE"
include-path = "/api/v1/staff/session"
enabled = false
"""


def ran(folder: Path, *command: str | Path) -> str:
    """What schemathesis said, where it found nothing wrong."""
    options = ["--continue-on-failure", "--suppress-health-check", "all", "--request-timeout", str(PATIENCE), "--no-color", "--seed", "1"]
    whole = [Path(sys.executable).with_name("schemathesis"), "run", *command, *options]
    done = subprocess.run(whole, check=False, cwd=folder, capture_output=True, text=True, timeout=7200)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    return done.stdout


def logged(log: Path) -> list[dict[str, Any]]:
    """The log's lines; none of them tells of a failure of ours."""
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert not [line for line in lines if line.get("status", 0) >= 500 or "error" in line]
    return lines


# PostgreSQL refuses what SQLite takes, such as NUL in a text or a number beyond its column: `make fuzz`.
HELD = pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)


@HELD
def test_generated_requests_are_answered_as_described(shipped_home: Path, tmp_path: Path, database: str):
    log = tmp_path / "log.jsonl"
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION, encoding="utf-8")
    chosen = live.settings(shipped_home, tmp_path, log=str(log), database=database)
    with live.serving(chosen) as address:
        key = ["-H", f"Authorization: Bearer {live.token(chosen, 'chat', 'retrieval')}"]
        said = ran(tmp_path, f"{address}/api/v1/openapi.json", "--max-examples", str(EXAMPLES), *key)
    generated = re.search(r"(\d+) generated, (\d+) passed", said)
    assert generated, said[-2000:]
    assert int(generated[1]) > 300
    assert len(logged(log)) > 300


def described(app: FastAPI, wanted: Callable[[str], bool]) -> dict[str, Any]:
    """As OpenAPI those routes that the public description leaves out and whose paths are wanted."""
    bare, public = FastAPI(), app.openapi()["paths"]
    for route in app.routes:
        for one in route.effective_route_contexts() if hasattr(route, "effective_route_contexts") else ():
            if one.path and one.path not in public and wanted(one.path):
                bare.add_api_route(one.path, one.endpoint, methods=sorted(one.methods), response_model=None)
    return bare.openapi()


# Somebody who may do everything reaches every route; each role for itself takes minutes: `make fuzz`.
WHO = [
    pytest.param(tuple(Role), "sqlite", id="all"),
    pytest.param(tuple(Role), "postgresql", id="all-postgresql", marks=pytest.mark.slow),
    *(pytest.param((role,), "sqlite", id=role, marks=pytest.mark.slow) for role in Role),
]


@pytest.mark.parametrize(("roles", "database"), WHO, indirect=["database"])
def test_no_generated_request_of_a_member_of_staff_breaks_the_console(shipped_home: Path, tmp_path: Path, roles: tuple[Role, ...], database: str):
    """Answers are not described there: what counts is that nothing fails on our side."""
    log = tmp_path / "log.jsonl"
    chosen = live.settings(shipped_home, tmp_path, log=str(log), database=database)
    app = create_app(chosen)
    schema = described(app, lambda path: path.startswith(PREFIX))
    assert sum(len(of) for of in schema["paths"].values()) == len(staff_routes(app))
    (tmp_path / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    (tmp_path / "schemathesis.toml").write_text(SIGNED_IN, encoding="utf-8")
    with live.serving(chosen, app) as address:
        token = app.state.service.sessions.begin(hired(app, "one", *roles))
        signed = ["-H", f"Cookie: shezu-staff={token}", "-H", f"X-CSRF: {csrf(token)}"]
        ran(tmp_path, "schema.json", "--url", address, "--checks", "not_a_server_error", *OF_STAFF, *signed)
    requests = [line for line in logged(log) if line["event"] == "request"]
    assert len({line["route"] for line in requests}) > 30
    assert {line["status"] for line in requests} & {200, 201, 404, 422}


CALL = {
    "type": "object",
    "required": ["jsonrpc", "id", "method"],
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "id": {"type": ["integer", "string"]},
        "method": {"enum": ["initialize", "ping", "tools/list", "tools/call", "resources/list", "resources/read", "prompts/list"]},
        "params": {
            "type": "object",
            "properties": {
                "name": {"enum": ["search_regulations", "get_article", "ask"]},
                "uri": {"type": "string"},
                "arguments": {"type": "object", "properties": {name: {"type": "string"} for name in ("question", "law", "article", "date", "region")}},
            },
        },
    },
}
MCP = {"post": {"requestBody": {"content": {"application/json": {"schema": CALL}}}, "responses": {"200": {"description": "an answer"}}}}


@HELD
def test_no_generated_request_breaks_what_the_description_leaves_out(shipped_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str):
    """The mini-program's interface and the platforms' callbacks, health and metrics, the pages of articles, and MCP."""
    log, fake = tmp_path / "log.jsonl", FakeWechat()
    for name, value in (ENVIRONMENT | {"SHEZU_WECHAT_PLATFORM": fake.url, "SHEZU_WECOM_WEBHOOK": fake.url + "/webhook"}).items():
        monkeypatch.setenv(name, value)
    chosen = live.settings(shipped_home, tmp_path, log=str(log), database=database)
    app = create_app(chosen)
    schema = described(app, lambda path: not path.startswith(PREFIX))
    schema["paths"]["/mcp"] = MCP
    (tmp_path / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    try:
        with live.serving(chosen, app) as address:
            token = httpx.post(f"{address}/api/v1/wechat/login", json={"code": "good-ann-1"}, timeout=PATIENCE).json()["token"]
            key = live.token(chosen, "mcp")
            asked = ("schema.json", "--url", address, "--checks", "not_a_server_error", *OF_STAFF, "-H")
            ran(tmp_path, *asked, f"Authorization: Bearer {token}", "--exclude-path", "/mcp")
            ran(tmp_path, *asked, f"Authorization: Bearer {key}", "-H", "Accept: application/json, text/event-stream", "--include-path", "/mcp")
    finally:
        fake.close()
    reached = {(line["method"], line["route"], line["status"]) for line in logged(log) if line["event"] == "request"}
    assert {route for _, route, _ in reached} >= schema["paths"].keys()
    assert {("POST", "/api/v1/wechat/login", 200), ("POST", "/mcp", 200), ("GET", "/healthz", 200)} <= reached
