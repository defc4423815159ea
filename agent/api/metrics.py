"""Prometheus metrics in a registry of the app's own: no customer, brief or address is ever a label."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counts of requests by route template, their duration, and what waits."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route")
        self.requests = Counter(
            "briefsmith_http_requests_total", "Answered requests.", (*labels, "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "briefsmith_http_request_seconds",
            "Until the answer began.",
            (*labels, "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.jobs = Gauge("briefsmith_jobs", "Jobs in the ledger.", ("state",), registry=self.registry)
        self.streams = Gauge("briefsmith_event_streams", "Open event streams.", registry=self.registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route, str(status)).observe(seconds)

    def text(self, jobs: dict[str, int], streams: int) -> bytes:
        """The exposition format, with the gauges as they stand."""
        for state in ("queued", "running", "done", "failed"):
            self.jobs.labels(state).set(jobs.get(state, 0))
        self.streams.set(streams)
        return generate_latest(self.registry)
