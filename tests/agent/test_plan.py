"""The main job: a brief in, a package out; and what a brief that cannot be planned gets."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent.campaign import Campaign
from agent.completion import unmet
from agent.deps import Deps
from agent.plan import plan
from agent.planner.playbook import PLAYBOOK
from tests.check_package import wrong_with

BRIEF = (
    "Win back customers who haven't bought anything for 30 days. $500, email and SMS, Dec 1–14, "
    "never above 15% off. Warm, a bit playful."
)


@pytest.fixture(scope="module")
def planned(deps: Deps, tmp_path_factory: pytest.TempPathFactory) -> tuple[Campaign, Path]:
    out = tmp_path_factory.mktemp("out") / "package"
    made = plan(BRIEF, deps, out=out)
    return made.campaign, made.folder


def test_the_package_is_whole_and_valid(planned: tuple[Campaign, Path]) -> None:
    campaign, folder = planned
    assert campaign.status == "draft", campaign.problem
    assert wrong_with(folder) == []


def test_the_trace_shows_the_playbook(planned: tuple[Campaign, Path]) -> None:
    campaign, folder = planned
    assert tuple(call.tool for call in campaign.trace) == PLAYBOOK
    lines = (folder / "trace.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["tool"] for line in lines] == list(PLAYBOOK)


def test_the_same_plan_has_the_same_hash(planned: tuple[Campaign, Path], deps: Deps, tmp_path: Path) -> None:
    again = plan(BRIEF, replace(deps), out=tmp_path / "again")
    assert again.campaign.plan_sha() == planned[0].plan_sha()
    for name in ("audience.csv", "messages.csv"):
        assert (again.folder / name).read_bytes() == (planned[1] / name).read_bytes()


def test_no_offer_is_above_the_cap_and_spend_is_within_the_budget(planned: tuple[Campaign, Path]) -> None:
    campaign, _ = planned
    assert campaign.allocation is not None
    assert all(offer.discount_pct <= 15 for offer in campaign.offers)
    assert 0 < campaign.allocation.spend_minor <= 50_000
    assert campaign.allocation.gap == pytest.approx(0, abs=1e-9)


def test_messages_hold_the_customers_names_and_no_open_slot(planned: tuple[Campaign, Path]) -> None:
    with (planned[1] / "messages.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert not [row for row in rows if any("{" in (value or "") for value in row.values())]


def test_a_tampered_plan_does_not_meet_the_contract(deps: Deps, planned: tuple[Campaign, Path]) -> None:
    """The verifier finds what was changed after the tools answered: it does not take their word."""
    from agent.plan import understand
    from agent.planner.loop import run
    from agent.planner.playbook import PlaybookPlanner
    from agent.workspace import Workspace

    day = deps.today()
    work = Workspace(deps=deps, brief=understand(BRIEF, deps, day), today=day, created_at=deps.now())
    run(work, PlaybookPlanner())
    good = work.campaign("draft")
    assert unmet(work, good) == ()
    assert good.allocation is not None
    assert good.audience is not None
    cells = tuple(cell.model_copy(update={"cost_minor": 60_000}) for cell in good.allocation.cells)
    dear = good.model_copy(update={"allocation": good.allocation.model_copy(update={"cells": cells})})
    assert any("spends" in line for line in unmet(work, dear))
    wider = good.model_copy(update={"audience": good.audience.model_copy(update={"size": good.audience.size + 1})})
    assert any("size" in line for line in unmet(work, wider))
    item = good.copies[0].model_copy(update={"parts": {"subject": "Now 90% off"}})
    loud = good.model_copy(update={"copies": (item, *good.copies[1:])})
    assert any("number of its own" in line for line in unmet(work, loud))


@pytest.mark.parametrize(
    ("brief", "status", "words"),
    [
        ("hello", "needs_input", ""),
        ("🎉🎉🎉", "needs_input", ""),
        ("Email everyone who likes our shop, Dec 1-14", "needs_input", "cost in total"),
        (BRIEF.replace("Dec 1–14", "Oct 1–14, 2017"), "needs_input", "Oct"),
        (BRIEF.replace("customers who", "quantum enthusiasts who"), "needs_input", "quantum"),
        (BRIEF.replace("30 days", "3000 days"), "infeasible", ""),
        (BRIEF.replace("$500", "€500"), "needs_input", "EUR"),
    ],
)
def test_what_cannot_be_planned_says_why(deps: Deps, tmp_path: Path, brief: str, status: str, words: str) -> None:
    made = plan(brief, deps, out=tmp_path / "out")
    assert made.campaign.status == status
    assert made.campaign.problem is not None
    assert words.lower() in made.campaign.problem.detail.lower()
    assert sorted(path.name for path in made.folder.iterdir()) == ["campaign.json", "trace.jsonl"]


def test_an_offer_that_loses_money_is_not_sent_and_the_plan_says_why(deps: Deps, tmp_path: Path) -> None:
    made = plan(
        "Reward our top 20% spenders with 10% off. Budget $1,500, email only, Dec 1-14.", deps, out=tmp_path / "out"
    )
    assert made.campaign.status == "infeasible"
    assert made.campaign.problem is not None
    assert "expected to lose" in made.campaign.problem.detail
    assert made.campaign.problem.suggestions == ("Allow messages without an offer.",)


def test_a_budget_below_the_cheapest_message_contacts_nobody(deps: Deps, tmp_path: Path) -> None:
    made = plan(BRIEF.replace("$500", "Budget $0.01"), deps, out=tmp_path / "out")
    assert made.campaign.allocation is not None
    assert made.campaign.allocation.spend_minor <= 1
