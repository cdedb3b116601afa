"""The personal-data cases through the real API: nothing personal in answers, in the database's bytes, or in the log."""

from __future__ import annotations

import re
from pathlib import Path

import live
from fastapi.testclient import TestClient

from api.app import create_app
from evals.case import load

CASES = [case for case in load() if case.secrets]


def forms(secret: str) -> set[bytes]:
    """The secret as it might stand in bytes: as written, and with its digits run together."""
    return {secret.encode(), re.sub(r"[\s-]", "", secret).encode()}


def test_nothing_personal_is_answered_stored_or_logged(shipped_home: Path, tmp_path: Path) -> None:
    answered = []
    with TestClient(create_app(live.settings(shipped_home, tmp_path, log=str(tmp_path / "log.jsonl")))) as client:
        for case in CASES:
            body = {"question": case.turns[-1], "history": list(case.turns[:-1]), "audience": "clerk" if case.audience == "clerk" else "applicant"}
            reply = client.post("/api/v1/chat", json=body)
            assert reply.status_code == 200, case.id
            answered.append(reply.content)
    kept = {"answers": b"\n".join(answered)} | {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert any(name.endswith(".sqlite") and b"answered" in content for name, content in kept.items())
    assert kept["log.jsonl"].count(b"/api/v1/chat") >= len(CASES)
    found = [(case.id, where) for case in CASES for secret in case.secrets for where, content in kept.items() if any(form in content for form in forms(secret))]
    assert found == []
