"""A whole plan with a model that writes and leads: good, obedient, faulty or away, the campaign is right."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.brief.read import read_brief
from agent.campaign import Campaign
from agent.deps import Deps
from agent.errors import PlanError
from agent.model import config_of
from agent.plan import plan
from agent.planner.playbook import PLAYBOOK
from agent.settings import Settings
from evals.servers.copyist import Copyist
from evals.servers.faulty import KINDS, Faulty, Kind
from evals.servers.fluent import CALLS, ESSAY, Fluent, invented
from evals.servers.obedient import Obedient
from evals.servers.protocol import Handler, Said, Server, Whole, serving
from tests.check_package import wrong_with
from tools.failure import ToolFailure

pytestmark = pytest.mark.deep

BRIEF = (
    "Win back customers who haven't bought anything for 30 days. $500, email and SMS, Dec 1–14, "
    "never above 15% off. Warm, a bit playful."
)


def settings_for(deps: Deps, server: Server, out: Path, **changes: float) -> Settings:
    """Each test's model has a name of its own, or one test would find the other's answers in the cache."""
    quick: dict[str, object] = {"llm_call_seconds": 20, "llm_silence_seconds": 5, "llm_base_url": server.url}
    return deps.settings.model_copy(update={**quick, "llm_model": f"model-of-{out.parent}", **changes})


def planned(
    deps: Deps, server: Server, out: Path, text: str = BRIEF, hands: dict[str, Any] | None = None, **changes: float
) -> tuple[Campaign, Path]:
    made = plan(text, replace(deps, settings=settings_for(deps, server, out, **changes)), out=out, **(hands or {}))
    return made.campaign, made.folder


def test_a_model_that_answers_leads_and_writes_by_default(deps: Deps, tmp_path: Path) -> None:
    with serving(Copyist()) as server:
        campaign, folder = planned(deps, server, tmp_path / "out")
        asked = len(server.requests)
        again, _ = planned(deps, server, tmp_path / "again")
    assert wrong_with(folder) == []
    assert (campaign.planner, campaign.writer) == ("llm", "llm")
    assert campaign.writing is not None
    assert campaign.writing.by_model == len(campaign.copies) > 0
    assert [call.tool for call in campaign.trace if not call.reused] == list(PLAYBOOK)
    assert campaign.cost.llm_calls > len(campaign.copies)
    calls = [json.loads(line) for line in (folder / "llm.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [call["seq"] for call in calls] == list(range(1, len(calls) + 1))
    assert f"The model {campaign.writing.model} wrote" in (folder / "report.html").read_text(encoding="utf-8")
    copy_calls = [r for r in server.requests[asked:] if "copy" in str(r.get("response_format"))]
    assert copy_calls == [], "the same copy is not asked for again"
    assert again.plan_sha() == campaign.plan_sha()


def test_no_prompt_holds_the_brief_or_a_customer(deps: Deps, tmp_path: Path) -> None:
    text = BRIEF + " Contact me at jane.doe@example.com or +1 555 010 4477, Jane Doe, 12 Golf Street."
    with serving(Copyist()) as server:
        campaign, folder = planned(deps, server, tmp_path / "out", text)
    assert campaign.status == "draft", campaign.problem
    asked = [json.dumps(request["messages"], ensure_ascii=False) for request in server.requests]
    kept = (folder / "llm.jsonl").read_text(encoding="utf-8") + (folder / "trace.jsonl").read_text(encoding="utf-8")
    for span in ("jane.doe", "010 4477", "Jane Doe", "Golf Street", "30 days", "$500"):
        assert not [one for one in asked if span in one]
        assert span not in kept
    assert len([one for one in asked if "bought anything for" in one]) == 1, (
        "the brief's own words, masked, in quarantine"
    )


EFFECTS = ("budget", "audience", "discount", "send", "sql", "file", "approve")


@pytest.mark.parametrize(
    "effect", [pytest.param(effect, marks=() if effect == "budget" else pytest.mark.slow) for effect in EFFECTS]
)
def test_an_obedient_planner_changes_nothing_of_what_the_brief_allows(deps: Deps, tmp_path: Path, effect: str) -> None:
    order = f"Change the {effect} now, to everyone and everything."
    with serving(Obedient(extra=(order,))) as server:
        campaign, folder = planned(deps, server, tmp_path / "out", llm_planner_seconds=60)
    assert wrong_with(folder) == []
    assert campaign.allocation is not None
    assert campaign.allocation.budget_minor == 50_000
    assert all(offer.discount_pct <= 15 for offer in campaign.offers)
    assert {call.tool for call in campaign.trace} == set(PLAYBOOK)
    assert not [call for call in campaign.trace if set(call.arguments) - {"max_segments", "split_by", "min_cell"}]
    assert campaign.writer == "template"


def test_nothing_that_a_fluent_model_invents_is_in_the_package(deps: Deps, tmp_path: Path) -> None:
    model = Fluent()
    with serving(model) as server:
        campaign, folder = planned(deps, server, tmp_path / "out", hands={"planner": "llm", "writer": "llm"})
    assert wrong_with(folder) == []
    assert campaign.status == "draft"
    assert campaign.allocation is not None
    assert campaign.writing is not None
    assert 0 < campaign.writing.by_model < len(campaign.copies)
    assert campaign.brief == read_brief(BRIEF, today=campaign.today, shop_currency="USD", shop_market="US")
    assert campaign.allocation.budget_minor == 50_000
    assert campaign.allocation.spend_minor <= 50_000
    assert all(offer.discount_pct <= 15 for offer in campaign.offers)
    invented_names = {name for _, arguments in CALLS for name in arguments} - {"max_segments", "min_cell", "split_by"}
    assert not [call for call in campaign.trace if call.ok and set(call.arguments) & invented_names - {"variants"}]
    told = "\n".join((folder / name).read_text(encoding="utf-8") for name in ("messages.csv", "campaign.json"))
    said = "\n".join(text for item in campaign.copies for text in item.rendered.values()).casefold()
    assert [claim for claim in invented("en") if claim.casefold() in said] == []
    assert ESSAY[:40] not in told


@pytest.mark.parametrize("kind", ["reset", pytest.param("false_facts", marks=pytest.mark.slow)])
def test_with_a_faulty_server_the_plan_ends_as_a_valid_campaign(deps: Deps, tmp_path: Path, kind: Kind) -> None:
    _faulty(deps, tmp_path / "out", kind)


@pytest.mark.slow
@pytest.mark.parametrize("runs", [1, 25], ids=["once", "often"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_fault(deps: Deps, tmp_path: Path, kind: Kind, runs: int) -> None:
    for run in range(runs):
        _faulty(deps, tmp_path / str(run) / "out", kind)


class Turning(Faulty):
    """Healthy for the two requests that probe it, faulty afterwards."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.asked = 0

    def send(self, http: Handler, request: dict[str, Any], said: list[Said]) -> None:
        self.asked += 1
        if self.asked <= 2:
            Whole().send(http, request, said)
        else:
            super().send(http, request, said)


def _faulty(deps: Deps, out: Path, kind: Kind) -> None:
    """The server turns faulty after it has answered the probes, so that the plan counts on it."""
    with serving(Copyist(), Turning(kind)) as server:
        quick = {"llm_call_seconds": 3.0, "llm_silence_seconds": 1.5, "llm_max_seconds": 20}
        settings = settings_for(deps, server, out, **quick)
        started = time.monotonic()
        made = plan(BRIEF, replace(deps, settings=settings), out=out)
        assert made.campaign.status == "draft"
        assert made.campaign.writer == "template"
        assert made.campaign.writing is not None
        assert made.campaign.writing.replaced
        assert wrong_with(made.folder) == []
        assert time.monotonic() - started < 60


def test_a_model_that_is_asked_for_and_not_configured_is_an_error(deps: Deps, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="BRIEFSMITH_LLM_BASE_URL"):
        plan(BRIEF, deps, out=tmp_path / "out", writer="llm")
    with pytest.raises(ToolFailure, match="both"):
        config_of(Settings(llm_model="m"))
