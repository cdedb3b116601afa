"""The mini-program's own tests (Node, Chromium, the real server), as one test; and what can be checked without Node."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from api.settings import default_home

REPOSITORY = Path(__file__).resolve().parent.parent
PROJECT = REPOSITORY / "api" / "miniprogram"
CANNOT = 3
PATIENCE = 3600  # ends what hangs; what is slow is not hanging


@pytest.mark.parametrize("name", ["stream.js", "personal.js"])
def test_shared_modules_are_the_web_pages_own(name: str):
    ours, theirs = PROJECT / "miniprogram" / "shared" / name, REPOSITORY / "api" / "web" / "js" / name
    assert ours.read_bytes() == theirs.read_bytes(), f"{name} differs from the web page's: run `npm run share` in api/miniprogram"


def test_the_mini_program():
    if shutil.which("node") is None:
        pytest.skip("Node is not here: only the mini-program's tests need it")
    if not (Path(os.environ.get("SHEZU_HOME") or default_home()) / "current").exists():
        pytest.skip("there is no release for the server to answer from: run make setup first")
    done = subprocess.run([REPOSITORY / "tests" / "miniprogram" / "run"], capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode == CANNOT:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    assert "fail 0" in done.stdout
