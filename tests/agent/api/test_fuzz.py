"""Whatever is sent, the answer is one that the OpenAPI document names, and never a 5xx."""

import resource
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.agent.api.conftest import House
from tests.agent.launching import BRIEF

pytestmark = pytest.mark.deep

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PHASES = (Phase.explicit, Phase.generate)
GENEROUS = {"reads_per_minute": 10**7, "writes_per_minute": 10**7, "max_queue": 10**6}


def fuzz(api: House, examples: int) -> Counter[str]:
    """Generate `examples` requests for each operation but the endless stream: how many were answered with what."""
    app = api.client.app
    schema = schemathesis.openapi.from_dict(app.openapi()).exclude(path_regex="/events$")  # type: ignore[attr-defined]
    head, seen = api.key("approver"), Counter[str]()
    operations: list[Any] = [found.ok() for found in cast(Any, schema.get_all_operations())]
    for operation in operations:

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def one(case: Any) -> None:
            answer = case.call(app=app, base_url="http://127.0.0.1", headers=head)
            seen[str(answer.status_code)] += 1
            case.validate_response(answer, checks=CHECKS)

        one()
    return seen


def test_generated_requests_get_documented_answers(make_house: Callable[..., House]) -> None:
    seen = fuzz(make_house(**GENEROUS), 8)
    assert seen["200"]
    assert not [status for status in seen if status.startswith("5")]


@pytest.mark.slow
def test_many_generated_requests_get_documented_answers(make_house: Callable[..., House]) -> None:
    """20,000 and more, and what the first thousands left in memory the later ones do not add to."""
    api = make_house(**GENEROUS)
    fuzz(api, 200)  # the same as the first of the next
    warm = peak_mib()
    seen = fuzz(api, 1600)
    sys.stdout.write(f"{seen.total():,} requests, {dict(seen)}; peak {warm:.0f} MiB, then {peak_mib():.0f} MiB\n")
    assert seen.total() >= 20_000, seen
    assert not [status for status in seen if status.startswith("5")]
    assert peak_mib() < warm + 256


def peak_mib() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
BODIES = st.one_of(
    st.binary(max_size=300),
    st.fixed_dictionaries({"brief": st.text(max_size=200)}, optional={"today": st.text() | st.dates().map(str)}),
    st.dictionaries(st.sampled_from(["brief", "today", "planner", "format", "plan_sha", "approver", "text"]), JSONISH),
)


def bodies(api: House, examples: int) -> None:
    """Bodies that no schema describes: bytes, odd numbers, odd texts, to every endpoint that takes one."""
    import json

    made = api.draft()
    head = {**api.key("approver"), "Content-Type": "application/json"}

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(body=BODIES, action=st.sampled_from(["", f"/{made}/approve", f"/{made}/export", f"/{made}/revise"]))
    def one(body: Any, action: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8", "surrogatepass")
        answer = api.client.post(f"/v1/campaigns{action}", content=content, headers=head)
        assert answer.status_code < 500, answer.text

    one()
    assert api.client.post("/v1/campaigns", json={"brief": BRIEF}, headers=head).status_code == 202


def test_any_bytes_are_answered(make_house: Callable[..., House]) -> None:
    bodies(make_house(**GENEROUS), 60)


@pytest.mark.slow
def test_many_bytes_are_answered(make_house: Callable[..., House]) -> None:
    bodies(make_house(**GENEROUS), 5000)
