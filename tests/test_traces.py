from __future__ import annotations

import sys

import live
import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api import app, traces
from api.settings import BadSetting

QUESTION = "设立基金会的原始基金最低多少？"


@pytest.fixture
def spans(shipped_home, tmp_path, monkeypatch):
    """The spans of one question and one unknown path."""
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(traces, "opened", lambda: traces.Traces(exporter))
    above = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "X-Request-Id": "number-12345"}
    with TestClient(app.create_app(live.settings(shipped_home, tmp_path))) as client:
        assert client.post("/api/v1/chat", json={"question": QUESTION}, headers=above).status_code == 200
        client.get("/nowhere")
    return exporter.get_finished_spans()


def test_a_question_is_a_span_with_one_below_for_each_stage(spans):
    (asked,) = [span for span in spans if span.name == "POST /api/v1/chat"]
    assert asked.attributes["shezu.request"] == "number-12345"
    assert asked.attributes["shezu.status"] == 200
    assert f"{asked.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert f"{asked.parent.span_id:016x}" == "b7ad6b7169203331"
    stages = [span for span in spans if span.parent and span.parent.span_id == asked.context.span_id]
    assert {"screen", "retrieve", "compose", "verify"} <= {span.name for span in stages}
    for stage in stages:
        assert asked.start_time <= stage.start_time <= stage.end_time <= asked.end_time + 1_000_000


def test_nothing_of_the_content_goes_out(spans):
    told = str([(span.name, dict(span.attributes), span.resource.attributes) for span in spans])
    assert "基金" not in told
    assert len([span for span in spans if span.parent is None]) == 1


def test_without_an_endpoint_there_are_no_traces(monkeypatch):
    monkeypatch.delenv(traces.ENDPOINT, raising=False)
    assert traces.opened() is None


def test_an_endpoint_without_the_packages_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setenv(traces.ENDPOINT, "http://127.0.0.1:4317")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    with pytest.raises(BadSetting, match=r"pip install 'shezu\[trace\]'"):
        traces.opened()
