"""Traces for OpenTelemetry, where an office collects them: a span for each request and one below it for each stage of its answer.

They say which route and stage took how long under which request number, and nothing of what was asked. The only module that names
opentelemetry.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from api.settings import BadSetting

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TOLD = ("request", "route", "method", "status", "message", "bytes")


class Traces:
    """Where spans go; `exporter` is OTLP over gRPC, set up by the standard OTEL_… variables, unless another is given."""

    def __init__(self, exporter: Any = None) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        if exporter is None:
            from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

            exporter = OTLPSpanExporter()
        self._provider = TracerProvider(resource=Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or "shezu"}))
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("shezu")
        self._context = TraceContextTextMapPropagator()

    def request(self, headers: Mapping[str, str], facts: Mapping[str, Any], seconds: float, failed: bool) -> None:
        """Tell of a request that is over: the facts of its log line; a caller's traceparent is taken up."""
        from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

        end = time.time_ns()
        above = self._context.extract({"traceparent": headers.get("traceparent", "")})
        kept = {f"shezu.{name}": facts[name] for name in TOLD if name in facts}
        span = self._tracer.start_span(f"{facts['method']} {facts['route']}", above, SpanKind.SERVER, kept, start_time=end - int(seconds * 1e9))
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        stages = facts.get("stages", {})
        moment = end - int(sum(stages.values()) * 1e6)
        for name, ms in stages.items():
            stage = self._tracer.start_span(name, set_span_in_context(span), start_time=moment)
            moment += int(ms * 1e6)
            stage.end(moment)
        span.end(end)

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def opened() -> Traces | None:
    """Traces where an endpoint for them is set. Raises BadSetting where the packages are missing."""
    if not os.environ.get(ENDPOINT):
        return None
    try:
        return Traces()
    except ModuleNotFoundError as missing:
        raise BadSetting(f"设了 {ENDPOINT}，但没有装追踪组件：请运行 pip install 'shezu[trace]'，或去掉这个变量") from missing
