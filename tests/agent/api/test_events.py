"""The stream of events: from the first, resumed after any, in order, without a gap; and what a worker tells."""

import asyncio
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent import sofar
from agent.ledger import jobs
from agent.ledger.tables import JobRow
from agent.workspace import Workspace
from tests.agent.api.conftest import House
from tests.agent.launching import BRIEF


async def read(api: House, campaign_id: str, after: int | None, most: int) -> list[tuple[int, str, dict[str, Any]]]:
    """The next `most` events, by the hub's own generator; the HTTP client of the tests cannot stop a stream."""
    hub = api.client.app.state.api.hub  # type: ignore[attr-defined]
    found: list[tuple[int, str, dict[str, Any]]] = []
    source = hub.follow(campaign_id, await hub.open(campaign_id), after or 0, 60)
    async with asyncio.timeout(20):
        async for frames in source:
            for frame in frames.decode().strip().split("\n\n"):
                fields = dict(line.split(": ", 1) for line in frame.splitlines())
                found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
            if len(found) >= most:
                break
    await source.aclose()
    assert hub.streams == 0
    return found[:most]


def post(api: House, brief: str = BRIEF) -> str:
    return str(api.client.post("/v1/campaigns", json={"brief": brief}).json()["campaign_id"])


def test_a_brief_becomes_a_draft_and_every_step_is_told(api: House) -> None:
    made = post(api)
    assert api.client.get(f"/v1/campaigns/{made}").json()["status"] == "planning"
    assert api.work()
    assert not api.work()
    told = asyncio.run(read(api, made, None, 11))
    assert [seq for seq, _, _ in told] == list(range(1, 12))
    kinds = [kind for _, kind, _ in told]
    assert kinds == ["accepted", *["step"] * 8, "planned", "finished"]
    shown = api.client.get(f"/v1/campaigns/{made}")
    assert shown.json()["status"] == "draft"
    assert told[9][2]["plan_sha"] == shown.headers["Plan-Sha"]
    assert asyncio.run(read(api, made, 9, 2)) == told[9:]
    assert api.approve(made).status_code == 200
    assert asyncio.run(read(api, made, 11, 1))[0][1] == "approved"


def test_planning_waits_for_no_sync_and_an_approval_does(api: House) -> None:
    """A plan that a power cut undoes is planned again; what a person decided stays, and what came before it."""
    from sqlalchemy import event

    synced: list[str] = []

    @event.listens_for(api.deps.ledger.engine, "before_cursor_execute")
    def _said(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        synced.extend([statement] if statement == "PRAGMA synchronous=FULL" else [])

    post(api, "hello")
    assert synced, "what was accepted is on the disk"
    synced.clear()
    assert api.work()
    assert not synced
    api.approve(api.draft())
    assert synced


def test_parts_are_shown_as_they_are_made(api: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before each step the campaign is looked at, as the page does: it holds what the steps before have made."""
    made, looks = post(api), list[list[str]]()
    whole = sofar.keep

    def keep(work: Workspace, path: Path) -> tuple[str, ...]:
        parts = whole(work, path)
        shown = api.client.get(f"/v1/campaigns/{made}")
        assert "Plan-Sha" not in shown.headers, "what is not finished cannot be approved"
        assert shown.json()["status"] == "planning"
        looks.append([part for part in sofar.PARTS if shown.json()[part]])
        return parts

    monkeypatch.setattr(sofar, "keep", keep)
    assert api.work()
    assert looks[0] == []
    assert looks[-1] == list(sofar.PARTS[:-1]), "the experiment is the last step's"
    assert all(set(before) <= set(after) for before, after in pairwise(looks))
    told = [data["known"] for _, kind, data in asyncio.run(read(api, made, None, 11)) if kind == "step"]
    assert told == looks
    assert list((api.deps.settings.home / "planning").iterdir()) == [], "nothing is left of it"
    final = api.client.get(f"/v1/campaigns/{made}").json()
    assert final["status"] == "draft"
    assert [part for part in sofar.PARTS if final[part]] == list(sofar.PARTS)


def test_what_happens_later_is_heard(api: House) -> None:
    """Also what another process wrote: the stream is woken by the ledger."""
    made = api.draft()

    async def listen() -> list[tuple[int, str, dict[str, Any]]]:
        hub = asyncio.create_task(api.client.app.state.api.hub.run())  # type: ignore[attr-defined]
        heard = asyncio.create_task(read(api, made, 1, 1))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(api.approve, made)
        found = await heard
        hub.cancel()
        return found

    assert [kind for _, kind, _ in asyncio.run(listen())] == ["approved"]


@pytest.mark.parametrize("last", ["x", "-1", "1e3", "9999999999", "1 2", "NaN"])
def test_a_last_event_id_is_a_number_of_the_stream(api: House, last: str) -> None:
    made = api.draft()
    answer = api.client.get(f"/v1/campaigns/{made}/events", headers={"Last-Event-ID": last})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_a_stream_of_nothing_is_a_404(api: House) -> None:
    assert api.client.get("/v1/campaigns/c-20171124-ffffffffff/events").status_code == 404


def test_a_job_whose_worker_died_is_taken_up_and_is_the_same_campaign(api: House) -> None:
    made = post(api, "hello")
    ledger = api.deps.ledger
    with ledger.write() as session:
        assert jobs.claim(session, "killed", ledger.now() - 2 * jobs.LEASE) is not None
    assert api.client.get(f"/v1/campaigns/{made}").json()["status"] == "planning"
    assert api.work()
    with ledger.read() as session:
        job = session.query(JobRow).one()
        assert (job.state, job.attempts) == ("done", 2)
    assert api.client.get(f"/v1/campaigns/{made}").json()["status"] == "needs_input"


def test_a_failed_plan_says_why_and_can_be_posted_again(api: House) -> None:
    made = post(api)
    with api.deps.ledger.write() as session:
        session.query(JobRow).one().attempts = jobs.ATTEMPTS
    assert api.work()
    said = api.client.get(f"/v1/campaigns/{made}")
    assert (said.status_code, said.json()["type"].rsplit("/", 1)[1]) == (409, "plan-failed")
    assert json.dumps(asyncio.run(read(api, made, 1, 1))[0][2]).count("cut off")
    assert post(api) == made
    assert api.client.get(f"/v1/campaigns/{made}").json()["status"] == "planning"
    assert api.work()
    assert api.client.get(f"/v1/campaigns/{made}").json()["status"] == "draft"


def revise(api: House, campaign_id: str, text: str, **more: str) -> Any:
    return api.client.post(f"/v1/campaigns/{campaign_id}/revise", json={"text": text, **more})


def test_a_turn_makes_a_new_version_and_voids_the_approval(api: House) -> None:
    made = post(api)
    assert api.work()
    first = api.sha(made)
    assert api.approve(made).status_code == 200
    assert revise(api, made, "drop SMS", plan_sha="0" * 64).status_code == 409
    assert revise(api, made, "drop SMS", plan_sha=first).status_code == 202
    assert api.client.get(f"/v1/campaigns/{made}").json()["status"] == "planning"
    assert revise(api, made, "and push").status_code == 409, "one turn at a time"
    assert api.work()
    shown = api.client.get(f"/v1/campaigns/{made}")
    assert (shown.json()["status"], shown.json()["version"]) == ("draft", 2)
    assert {cell["channel"] for cell in shown.json()["allocation"]["cells"]} == {"email"}
    kinds = [kind for _, kind, _ in asyncio.run(read(api, made, 11, 2))]
    assert kinds == ["approved", "accepted"]
    assert api.client.post(f"/v1/campaigns/{made}/export", json={"format": "csv"}).status_code == 409
    assert api.approve(made, plan_sha=first).status_code == 409, "the old hash is worth nothing"
    assert api.approve(made).status_code == 200
    assert api.client.post(f"/v1/campaigns/{made}/export", json={"format": "csv"}).status_code == 200
    assert revise(api, made, "drop email").status_code == 202
    api.work()
    assert api.client.get(f"/v1/campaigns/{made}").json()["version"] == 2, "what was exported stays as it was"


def test_a_question_is_answered_and_changes_nothing(api: House) -> None:
    made = api.draft()
    sha = api.sha(made)
    assert revise(api, made, "why these segments?").status_code == 202
    assert api.work()
    told = asyncio.run(read(api, made, 1, 3))
    assert [kind for _, kind, _ in told] == ["accepted", "replied", "finished"]
    assert told[1][2]["lines"]
    assert api.sha(made) == sha
