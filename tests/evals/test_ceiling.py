"""A run's ceilings under the runner: what is over them is never sent, and a stopped run goes on from the cache."""

import gc
from pathlib import Path

import anyio
import pytest

pytest.importorskip("inspect_ai", reason="the extra `evals` is not installed")

from evals.bridge import Conditions, run_inspect
from evals.providers.ceiling import NO_CEILING, CeilingReached, Ceilings, purse_of
from evals.results import Row
from evals.target import parse_target
from evals.tasks import task
from tests.evals.test_targets import configured
from tools.failure import ToolFailure
from tools.llm.types import Usage

IDS = ("win_back-sms-en-none", "launch-sms-en-none", "retain-sms-en-none")


def rows(logs: Path, ceilings: Ceilings) -> list[Row]:
    chosen = [(task("writing"), [case for case in task("writing").cases if case.id in IDS])]
    how = Conditions(ceilings=ceilings, prompt_price=1, completion_price=4)
    try:
        return list(run_inspect(chosen, parse_target("model:briefsmith/live"), logs, how))
    finally:
        gc.collect()


# Inspect leaves the streams of a sample that ended in an error to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_run_stops_at_its_ceiling_and_goes_on_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "cache"))
    with configured(monkeypatch) as server:
        stopped = rows(tmp_path / "a", Ceilings(calls=4))
        assert len(server.requests) == 4
        errors = [row.error for row in stopped if row.error]
        assert errors
        assert all("the run's ceiling of calls is reached" in error for error in errors)
        whole = rows(tmp_path / "b", NO_CEILING)
        assert not any(row.error for row in whole)
        assert sum(row.cached for row in whole) == 4
        assert len(server.requests) == 4 + sum(row.calls for row in whole)
        assert not any(row.error for row in rows(tmp_path / "c", Ceilings(calls=1, tokens=1, cost=0)))


def test_what_is_out_is_waited_for_and_no_more_than_the_ceiling_is_spent() -> None:
    purse = purse_of(Ceilings(tokens=250), 0, 0)
    spent = []

    async def one() -> None:
        await purse.take(Usage(60, 60))
        await anyio.sleep(0)
        await purse.settle(Usage(60, 60), Usage(40, 20))
        spent.append(60)

    async def several() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(one)
        assert spent == [60] * 3
        with pytest.raises(CeilingReached, match="ceiling of tokens"):
            await purse.take(Usage(60, 60))
        with pytest.raises(CeilingReached):
            await purse.take(Usage(1, 1))

    anyio.run(several)
    assert purse.account.tokens == 180


def test_money_needs_prices() -> None:
    with pytest.raises(ToolFailure, match="BRIEFSMITH_LLM_PROMPT_PRICE"):
        purse_of(Ceilings(cost=5), 0, 0)
    purse = purse_of(Ceilings(cost=0.0005), 1, 4)
    with pytest.raises(CeilingReached, match="ceiling of cost"):
        anyio.run(purse.take, Usage(600, 0))
