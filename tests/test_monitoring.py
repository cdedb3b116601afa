from __future__ import annotations

import json
import re
from pathlib import Path

import live
import pytest
import yaml
from conftest import REPOSITORY
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app

DEPLOY = REPOSITORY / "deploy"
FUNCTIONS = {"sum", "rate", "changes", "by", "min", "max", "count", "time", "histogram_quantile", "clamp_min", "up"}
LABELS = {"le", "route", "status", "maker", "instance", "release", "job"}


def expressions() -> dict[str, str]:
    """Every Prometheus expression of the rules and the dashboard, by name."""
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    panels = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))["panels"]
    found = {rule["alert"]: rule["expr"] for rule in rules}
    return found | {f"{panel['title']} {target['refId']}": target["expr"] for panel in panels for target in panel["targets"]}


@pytest.fixture(scope="module")
def measured(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Every sample that a process tells after a question, with its labels."""
    app = create_app(live.settings(shipped_home, tmp_path_factory.mktemp("monitoring")))
    with TestClient(app, client=("127.0.0.1", 50000)) as client:
        client.post("/api/v1/chat", json={"question": "设立基金会的原始基金最低多少？"})
        page = client.get("/metrics").text
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


@pytest.mark.parametrize("name", expressions())
def test_every_metric_and_label_that_is_watched_exists(name, measured):
    expression = re.sub(r'"[^"]*"', "", expressions()[name])
    words = set(re.findall(r"[a-z][a-z_]+[a-z]", re.sub(r"\[\d+[a-z]\]", "", expression)))
    metrics = words - FUNCTIONS - LABELS
    assert metrics <= set(measured), metrics - set(measured)
    labels = words & LABELS - {"instance", "job"}  # those two Prometheus adds itself
    assert labels <= set().union(*(measured[metric] for metric in metrics)), labels


def test_parentheses_close_and_every_alert_says_what_to_do():
    for name, expression in expressions().items():
        for left, right in ("()", "{}", "[]"):
            assert expression.count(left) == expression.count(right), name
    for rule in yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]:
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["action"]


def test_a_release_that_is_not_the_current_one_is_told(shipped_home, tmp_path):
    import shutil

    home = Path(shutil.copytree(shipped_home, tmp_path / "home", symlinks=True))
    with TestClient(create_app(live.settings(home, tmp_path)), client=("127.0.0.1", 50000)) as client:
        assert "shezu_release_whole 1.0" in client.get("/metrics").text
        (home / "current").unlink()
        (home / "current").symlink_to("releases/29990101T000000000-00000000")
        page = client.get("/metrics").text
    assert "shezu_release_whole 0.0" in page
    made = float(re.search(r"^shezu_release_made_timestamp_seconds (\S+)", page, re.M)[1])
    assert made > 1.7e9


def test_the_log_line_of_a_question_tells_its_stages(shipped_home, tmp_path):
    settings = live.settings(shipped_home, tmp_path, log=str(tmp_path / "log.jsonl"))
    with TestClient(create_app(settings)) as client:
        answers = [
            client.post("/api/v1/chat", json={"question": "设立基金会的原始基金最低多少？"}, headers={"X-Request-Id": f"number-{kind}", "Accept": accept})
            for kind, accept in (("json", "application/json"), ("stream", "text/event-stream"))
        ]
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    asked = {line["request"]: line for line in lines if line.get("route") == "/api/v1/chat"}
    assert set(asked) == {"number-json", "number-stream"}
    for line in asked.values():
        assert {"screen", "retrieve", "compose", "verify"} <= set(line["stages"])
        assert all(isinstance(ms, float | int) for ms in line["stages"].values())
    assert [answer.headers["x-request-id"] for answer in answers] == ["number-json", "number-stream"]
