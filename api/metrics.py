"""Counts and times for Prometheus; the only module that names prometheus_client."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics, generate_latest

disable_created_metrics()  # type: ignore[no-untyped-call]

TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The numbers of one process; labels are route patterns and statuses, never anything that a client wrote."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter("shezu_requests", "Requests by route and status.", ["method", "route", "status"], registry=self._registry)
        self._request = Histogram("shezu_request_seconds", "Time to the last byte.", ["route"], registry=self._registry, buckets=BUCKETS)
        self._flying = Gauge("shezu_requests_in_flight", "Requests being served.", registry=self._registry)
        self._answers = Counter("shezu_answers", "Answers by status and maker.", ["status", "maker"], registry=self._registry)
        self._withheld = Counter("shezu_withheld_sentences", "Sentences that verification withheld.", registry=self._registry)
        self._answer = Histogram("shezu_answer_seconds", "Time to make an answer.", registry=self._registry, buckets=BUCKETS)
        self._turned_away = Counter("shezu_shed", "Questions turned away because too many waited.", registry=self._registry)
        self._made = Gauge("shezu_release_made_timestamp_seconds", "When the release being served was made.", registry=self._registry)
        self._whole = Gauge("shezu_release_whole", "0 where the current release is damaged and an older one stands in.", registry=self._registry)
        self._free = Gauge("shezu_home_free_bytes", "Free space where the home lies.", registry=self._registry)
        self._rests = Gauge("shezu_vector_failures", "How often the embedder or the vector server failed over this release.", registry=self._registry)
        self._release = Gauge("shezu_release", "1 for the release being served.", ["release"], registry=self._registry)

    def began(self) -> None:
        """A request has come in."""
        self._flying.inc()

    def ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request is over."""
        self._flying.dec()
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._request.labels(route).observe(seconds)

    def answered(self, status: str, maker: str, withheld: int, seconds: float) -> None:
        """An answer was made."""
        self._answers.labels(status, maker).inc()
        self._withheld.inc(withheld)
        self._answer.observe(seconds)

    def shed(self) -> None:
        """A question was turned away."""
        self._turned_away.inc()

    def page(self, release: str, made: float, whole: bool, free: int, rests: int) -> bytes:
        """Everything in the Prometheus text format; when the release was made (Unix time), whether it is the current one, free bytes, how
        often vectors failed."""
        self._release.clear()
        self._release.labels(release).set(1)
        self._made.set(made)
        self._whole.set(whole)
        self._free.set(free)
        self._rests.set(rests)
        return generate_latest(self._registry)


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
