"""Every route of the OpenAPI description against generated requests, good and bad: no 5xx, and no answer that it does not describe.

As a program of its own: its pytest plugin relies on insides of pytest that pytest 9 changed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import live
import pytest
from fastapi import FastAPI
from office_staff import hired
from patience import PATIENCE
from test_staff_roles import PREFIX, staff_routes

from api.app import create_app
from api.staff.roles import Role
from api.staff.sessions import csrf

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
# In every test run the console gets a few random requests a route; every edge of every parameter in `make fuzz`.
OF_STAFF = ("--max-examples", str(EXAMPLES)) if "FUZZ_EXAMPLES" in os.environ else ("--max-examples", "2", "--phases", "fuzzing")
# What only the tools themselves can judge, such as the name of an event, no schema can tell; WeChat answers 503 until it is set up.
CONFIGURATION = """
[[operations]]
include-path-regex = "^/api/v1/(tools|tickets)"
checks.positive_data_acceptance.enabled = false

[[operations]]
include-path-regex = "^/api/v1/wechat"
enabled = false
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


def test_generated_requests_are_answered_as_described(shipped_home: Path, tmp_path: Path):
    log = tmp_path / "log.jsonl"
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION, encoding="utf-8")
    chosen = live.settings(shipped_home, tmp_path, log=str(log))
    with live.serving(chosen) as address:
        key = ["-H", f"Authorization: Bearer {live.token(chosen, 'chat', 'retrieval')}"]
        said = ran(tmp_path, f"{address}/api/v1/openapi.json", "--max-examples", str(EXAMPLES), *key)
    generated = re.search(r"(\d+) generated, (\d+) passed", said)
    assert generated, said[-2000:]
    assert int(generated[1]) > 300
    assert len(logged(log)) > 300


def described(app: FastAPI) -> dict[str, Any]:
    """The console's routes as OpenAPI; they are left out of the public description."""
    bare = FastAPI()
    for route in app.routes:
        for one in route.effective_route_contexts() if hasattr(route, "effective_route_contexts") else ():
            if (one.path or "").startswith(PREFIX):
                bare.add_api_route(one.path, one.endpoint, methods=sorted(one.methods), response_model=None)
    return bare.openapi()


# Somebody who may do everything reaches every route; each role for itself takes minutes: `make fuzz`.
WHO = [pytest.param(tuple(Role), id="all"), *(pytest.param((role,), id=role, marks=pytest.mark.slow) for role in Role)]


@pytest.mark.parametrize("roles", WHO)
def test_no_generated_request_of_a_member_of_staff_breaks_the_console(shipped_home: Path, tmp_path: Path, roles: tuple[Role, ...]):
    """Answers are not described there: what counts is that nothing fails on our side."""
    log = tmp_path / "log.jsonl"
    chosen = live.settings(shipped_home, tmp_path, log=str(log))
    app = create_app(chosen)
    schema = described(app)
    assert sum(len(of) for of in schema["paths"].values()) == len(staff_routes(app))
    (tmp_path / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    (tmp_path / "schemathesis.toml").write_text(SIGNED_IN, encoding="utf-8")
    with live.serving(chosen, app) as address:
        token = app.state.service.sessions.begin(hired(app, "one", *roles))
        signed = ["-H", f"Cookie: shezu-staff={token}", "-H", f"X-CSRF: {csrf(token)}"]
        ran(tmp_path, "schema.json", "--url", address, "--checks", "not_a_server_error", *OF_STAFF, *signed)
    lines = logged(log)
    assert len({line["route"] for line in lines if line["event"] == "request"}) > 30
    assert {line["status"] for line in lines if line["event"] == "request"} & {200, 201, 404, 422}
