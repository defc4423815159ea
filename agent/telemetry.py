"""OpenTelemetry, where it is configured: spans of requests, jobs and tools; names and counts, never a person's data.

`BRIEFSMITH_OTLP_ENDPOINT` says where spans go (OTLP over gRPC; the extra `telemetry`). Without it a span is nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

    from agent.settings import Settings

NAME = "briefsmith"
Fact = str | int | float | bool


def start(settings: Settings, service: str) -> TracerProvider | None:
    """Send spans from now on, where an endpoint is configured; `shutdown` of what is returned sends the last of them.

    Args:
        service: which process it is: `briefsmith-api`, `briefsmith-worker`.

    Raises:
        ToolFailure: `no_telemetry` where the packages are not installed.
    """
    if settings.otlp_endpoint is None:
        return None
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        message = "BRIEFSMITH_OTLP_ENDPOINT is set, and OpenTelemetry is not installed: the extra `telemetry` brings it"
        raise ToolFailure("no_telemetry", message) from error
    plain = settings.otlp_endpoint.startswith("http://")
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(settings.otlp_endpoint, insecure=plain)))
    trace.set_tracer_provider(provider)
    return provider


@contextmanager
def span(name: str, facts: Mapping[str, Fact], parent: Mapping[str, str] | None = None) -> Iterator[Span]:
    """Around a piece of work. What went wrong is told by its kind: a message may quote what a person wrote.

    Args:
        parent: what `traced` gave in another process.
    """
    from opentelemetry.propagate import extract

    above = extract(dict(parent)) if parent else None
    with _tracer().start_as_current_span(
        name, context=above, attributes=dict(facts), record_exception=False, set_status_on_exception=False
    ) as made:
        whole = False
        try:
            yield made
            whole = True
        finally:
            kind = sys.exc_info()[0]
            if kind is not None and not whole:
                made.set_attribute("error.type", kind.__name__)


@cache
def _tracer() -> Tracer:
    """One for good: it hands on to whatever provider there is by then, and looking for that costs more than a span."""
    from opentelemetry import trace

    return trace.get_tracer(NAME)


def traced() -> dict[str, dict[str, str]]:
    """For the payload of a job that another process will do: the span that is on; empty where there is none."""
    from opentelemetry.propagate import inject

    carrier: dict[str, str] = {}
    inject(carrier)
    return {"trace": {"traceparent": carrier["traceparent"]}} if "traceparent" in carrier else {}
