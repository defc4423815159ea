"""Who may do what in which state: every role × endpoint × state is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.agent.api.conftest import ROLES, House
from tests.agent.launching import BRIEF

CHANGING = ("approve", "export", "revise", "readout")
UNKNOWN = "c-20171124-ffffffffff"
STATES = ("unknown", "planning", "failed", "needs_input", "draft", "approved", "exported", "measured")
AFTER = datetime(2017, 12, 20, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Endpoint:
    """`least` is the role that it needs; `answers` what it says in each state to whoever may."""

    method: str
    path: str
    least: str
    answers: dict[str, int]
    body: Callable[[House, str], dict[str, Any]] | None = None

    @property
    def changes(self) -> bool:
        return self.method == "POST" and self.path.endswith(CHANGING)


def sha(house: House, campaign_id: str) -> str:
    shown = house.client.get(f"/v1/campaigns/{campaign_id}", headers=house.key("approver"))
    return str(shown.headers.get("Plan-Sha", "0" * 64))


ENDPOINTS = (
    Endpoint(
        "GET", "/v1/campaigns/{id}", "viewer", dict.fromkeys(STATES, 200) | {"unknown": 404, "failed": 409}
    ),
    Endpoint(
        "GET", "/v1/campaigns/{id}/report", "viewer",
        dict.fromkeys(STATES, 200) | {"unknown": 404, "planning": 409, "failed": 409, "needs_input": 404},
    ),
    Endpoint(
        "POST", "/v1/campaigns/{id}/approve", "approver",
        {"unknown": 404, "planning": 409, "failed": 409, "needs_input": 409, "draft": 200, "approved": 409,
         "exported": 409, "measured": 409},
        lambda house, made: {"plan_sha": sha(house, made)},
    ),
    Endpoint(
        "POST", "/v1/campaigns/{id}/export", "planner",
        {"unknown": 404, "planning": 409, "failed": 409, "needs_input": 409, "draft": 409, "approved": 200,
         "exported": 200, "measured": 409},
        lambda house, made: {"format": "csv"},
    ),
    Endpoint(
        "POST", "/v1/campaigns/{id}/readout", "planner",
        # What was approved has just been exported by the call above.
        dict.fromkeys(STATES, 409) | {"unknown": 404, "approved": 200, "exported": 200, "measured": 200},
        lambda house, made: {"rows": None},
    ),
    Endpoint(
        "POST", "/v1/campaigns/{id}/revise", "planner",
        dict.fromkeys(STATES, 202) | {"unknown": 404, "planning": 409, "failed": 409},
        lambda house, made: {"text": "drop SMS"},
    ),
    Endpoint(
        "GET", "/v1/campaigns/{id}/exports/csv/messages.csv", "planner",
        dict.fromkeys(STATES, 404) | {"exported": 200, "measured": 200},
    ),
    Endpoint("GET", "/v1/campaigns/{id}/readout", "viewer", dict.fromkeys(STATES, 404) | {"measured": 200}),
    Endpoint("GET", "/v1/campaigns/{id}/readout/report", "viewer", dict.fromkeys(STATES, 404) | {"measured": 200}),
    Endpoint("POST", "/v1/campaigns", "planner", dict.fromkeys(STATES, 202), lambda house, made: {"brief": BRIEF}),
    Endpoint("GET", "/v1/campaigns", "viewer", dict.fromkeys(STATES, 200)),
    Endpoint("GET", "/v1/products/search?q=milk", "viewer", dict.fromkeys(STATES, 200)),
    Endpoint("GET", "/v1/segments", "viewer", dict.fromkeys(STATES, 200)),
    Endpoint("GET", "/v1/schema", "viewer", dict.fromkeys(STATES, 200)),
    Endpoint("GET", "/metrics", "viewer", dict.fromkeys(STATES, 200)),
)  # fmt: skip


def bring(house: House, state: str) -> str:
    """A campaign in that state: its id."""
    head = house.key("approver")
    if state == "unknown":
        return UNKNOWN
    if state in ("planning", "failed", "needs_input"):
        brief = "hello" if state == "needs_input" else BRIEF
        made = str(house.client.post("/v1/campaigns", json={"brief": brief}, headers=head).json()["campaign_id"])
        if state == "needs_input":
            house.work()
        if state == "failed":
            fail(house)
        return made
    made = house.draft()
    house.own_shop()
    if state != "draft":
        assert house.approve(made).status_code == 200
    if state in ("exported", "measured"):
        done = house.client.post(f"/v1/campaigns/{made}/export", json={"format": "csv"}, headers=head)
        assert done.status_code == 200, done.text
    if state == "measured":
        house.deps.now = lambda: AFTER
        done = house.client.post(f"/v1/campaigns/{made}/readout", json={}, headers=head)
        assert done.status_code == 200, done.text
    return made


def fail(house: House) -> None:
    """A worker was cut off at this job as often as it is tried."""
    from agent.ledger import jobs
    from agent.ledger.tables import JobRow

    with house.deps.ledger.write() as session:
        session.query(JobRow).one().attempts = jobs.ATTEMPTS
    house.work()


@pytest.mark.parametrize("state", STATES)
def test_every_role_endpoint_and_state(api: House, state: str) -> None:
    made = bring(api, state)
    for number, endpoint in enumerate(ENDPOINTS):
        path = endpoint.path.format(id=made)
        # Each from an address of its own: who guesses keys is soon not answered at all.
        elsewhere = TestClient(api.client.app, base_url="http://127.0.0.1", client=(f"10.0.0.{number}", 5))
        body = endpoint.body(api, made) if endpoint.body else None
        strangers: list[dict[str, str]] = [{}, {"Authorization": "Bearer bs_000000000000_" + "x" * 43}]
        for headers in strangers:
            answer = elsewhere.request(endpoint.method, path, json=body, headers=headers)
            assert answer.status_code == 401, (endpoint, headers)
            assert answer.headers["www-authenticate"] == "Bearer"
        for role in ROLES[: ROLES.index(endpoint.least)]:
            answer = api.client.request(endpoint.method, path, json=body, headers=api.key(role))
            assert answer.status_code == 403, (endpoint, role)
    for endpoint in ENDPOINTS:
        if endpoint.changes:
            continue
        _may(api, endpoint, made, state, repeat=True)
    for endpoint in ENDPOINTS:
        if endpoint.changes and (state != "draft" or endpoint.path.endswith("approve")):
            _may(api, endpoint, made, state, repeat=False)


def _may(api: House, endpoint: Endpoint, made: str, state: str, repeat: bool) -> None:
    """Every role that may gets the state's answer; where an answer changes the state, only the least role is asked."""
    for role in ROLES[ROLES.index(endpoint.least) :]:
        body = endpoint.body(api, made) if endpoint.body else None
        answer = api.client.request(endpoint.method, endpoint.path.format(id=made), json=body, headers=api.key(role))
        wanted = endpoint.answers[state]
        assert answer.status_code == wanted, (endpoint.path, role, state, answer.text[:300])
        if wanted >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == wanted
        if not repeat:
            return


def test_a_draft_cannot_be_exported_by_anybody(api: House) -> None:
    made = api.draft()
    for role in ("planner", "approver"):
        answer = api.client.post(f"/v1/campaigns/{made}/export", json={"format": "csv"}, headers=api.key(role))
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (409, "not-approved")


def test_a_revoked_key_is_worth_nothing_at_once(api: House) -> None:
    from agent.ledger import keys

    head = api.key("viewer")
    assert api.client.get("/v1/campaigns", headers=head).status_code == 200
    api.key("approver")
    with api.deps.ledger.write() as session:
        keys.revoke(session, "The viewer", api.deps.now())
    assert api.client.get("/v1/campaigns", headers=head).status_code == 401


def test_a_key_approves_in_its_own_name_alone(api: House) -> None:
    made, _ = api.draft(), api.key("approver")
    assert api.approve(made, approver="Somebody else").status_code == 403
    assert api.approve(made).json()["approver"] == "The approver"


@pytest.mark.parametrize(
    ("base", "client", "headers", "status"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1", {}, 200),
        ("http://localhost:8000", "::1", {}, 200),
        ("http://[::1]:8000", "::1", {}, 200),
        ("http://evil.example", "127.0.0.1", {}, 403),
        ("http://127.0.0.1:8000", "10.0.0.7", {}, 403),
        ("http://127.0.0.1:8000", "testclient", {}, 403),
        ("http://127.0.0.1:8000", "127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}, 403),
        ("http://127.0.0.1:8000", "127.0.0.1", {"Origin": "http://evil.example"}, 403),
        ("http://127.0.0.1:8000", "127.0.0.1", {"Origin": "http://127.0.0.1:8000"}, 200),
        ("http://127.0.0.1:8000", "127.0.0.1", {"Authorization": "Bearer x"}, 401),
    ],
)
def test_without_keys_only_this_machine_may_call(
    api: House, base: str, client: str, headers: dict[str, str], status: int
) -> None:
    there = TestClient(api.client.app, base_url=base, client=(client, 5))
    assert there.get("/v1/campaigns", headers=headers).status_code == status


def test_cors_is_closed(api: House) -> None:
    asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    answer = api.client.options("/v1/campaigns", headers=asked)
    assert "access-control-allow-origin" not in answer.headers
