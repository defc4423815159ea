"""Spans of request, job and tools, as a collector gets them: one trace, and nothing of a person in it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as messages
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as service

from agent.planner.playbook import PLAYBOOK
from agent.settings import Settings
from agent.telemetry import span, start, traced
from tests.agent.api.conftest import House
from tests.agent.launching import BRIEF


class Collector(service.TraceServiceServicer):
    def __init__(self) -> None:
        self.got: list[Any] = []

    def Export(self, request: Any, context: Any) -> Any:
        self.got.append(request)
        return messages.ExportTraceServiceResponse()

    @property
    def spans(self) -> dict[str, Any]:
        scopes = (scope for request in self.got for one in request.resource_spans for scope in one.scope_spans)
        return {found.name: found for scope in scopes for found in scope.spans}


@contextmanager
def collecting() -> Iterator[tuple[Collector, str]]:
    """An OTLP collector on loopback, and its address."""
    server, collector = grpc.server(ThreadPoolExecutor(2)), Collector()
    service.add_TraceServiceServicer_to_server(collector, server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield collector, f"http://127.0.0.1:{port}"
    server.stop(None).wait()


def test_without_an_endpoint_a_span_is_nothing() -> None:
    assert start(Settings(), "briefsmith-api") is None
    with span("job plan", {"briefsmith.job": "plan"}) as made:
        assert not made.is_recording()
        assert traced() == {}


def test_a_collector_gets_one_trace_from_request_to_tools(make_house: Callable[..., House]) -> None:
    with collecting() as (collector, address):
        api = make_house(otlp_endpoint=address)
        provider = start(api.deps.settings, "briefsmith-api")
        assert provider is not None
        made = api.client.post("/v1/campaigns", json={"brief": BRIEF}).json()["campaign_id"]
        assert api.work()
        assert api.client.get(f"/v1/campaigns/{made}?secret=ann@example.com").status_code == 200
        with pytest.raises(ValueError, match="ann"), span("job plan again", {}):
            raise ValueError("ann@example.com")
        provider.shutdown()
    spans = collector.spans
    request, job = spans["POST /v1/campaigns"], spans["job plan"]
    assert job.parent_span_id == request.span_id
    for tool in PLAYBOOK:
        assert spans[f"tool {tool}"].parent_span_id == job.span_id
    assert {one.trace_id for name, one in spans.items() if name.startswith(("tool", "job plan"))} >= {request.trace_id}
    shown = {one.key: one.value for one in spans["GET /v1/campaigns/{campaign_id}"].attributes}
    assert shown["http.response.status_code"].int_value == 200
    assert [one.key for one in spans["job plan again"].attributes] == ["error.type"]
    sent = b"".join(request.SerializeToString() for request in collector.got)
    for private in ("Win back", made, "ann@example.com", "127.0.0.1:50000"):
        assert private.encode() not in sent
