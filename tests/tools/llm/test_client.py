"""The client against servers that behave and servers that do not, over real HTTP."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from evals.servers.copyist import Copyist
from evals.servers.faulty import KINDS, Faulty, Kind
from evals.servers.protocol import Handler, Said, Whole, serving
from evals.servers.slow import Slow
from tests.tools.llm.asking import ask, config, once
from tools.failure import ToolFailure
from tools.llm.account import Account
from tools.llm.client import LlmClient, Session
from tools.llm.doctor import inspect, probe
from tools.llm.schemas import read
from tools.llm.types import Answer

ENDS_AS: dict[Kind, tuple[str, ...]] = {
    "refuses": ("llm_unreachable",),
    "429": ("llm_busy",),
    "500": ("llm_busy",),
    "503": ("llm_busy",),
    "hangs_before": ("llm_unavailable", "llm_silent"),
    "hangs_after": ("llm_unavailable", "llm_silent"),
    "one_byte_a_second": ("llm_unavailable", "llm_silent"),
    "half_json": ("llm_unreadable",),
    "white_space": ("llm_endless",),
    "context_too_long": ("llm_rejected",),
    "reset": ("llm_unreachable",),
    "healthy_but_dead": ("llm_unavailable", "llm_silent"),
}
"""Kind → the failure's code; the other kinds answer, with something that a reader must refuse."""
NEVER_TWICE = ("context_too_long", "white_space")


def test_a_healthy_server_is_asked_once_and_every_choice_is_whole() -> None:
    with serving(Copyist()) as server:
        account = Account(config(server.url))
        answer = once(server, ask(n=3), account=account)
    assert len(server.requests) == account.calls == 1
    assert [read("copy_sms", choice.text) is not None for choice in answer.choices] == [True] * 3
    assert account.prompt_tokens == answer.usage.prompt_tokens > 0
    assert server.requests[0]["response_format"]["json_schema"]["schema"]["additionalProperties"] is False


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_ends_in_time_as_a_failure_or_as_an_answer_that_is_refused(kind: Kind) -> None:
    with serving(Copyist(), Faulty(kind)) as server:
        started = time.monotonic()
        if kind in ENDS_AS:
            with pytest.raises(ToolFailure) as failed:
                once(server, ask(), call_seconds=1.2, silence_seconds=0.4)
            assert failed.value.code in ENDS_AS[kind]
        else:
            choice = once(server, ask()).choices[0]
            assert kind in ("false_facts", "wrong_language") or read("copy_sms", choice.text) is None
        assert time.monotonic() - started < 3.5
        if kind in NEVER_TWICE:
            assert len([asked for asked in server.requests if asked["max_tokens"] > 1]) == 1


def test_a_busy_server_is_asked_again_and_then_answers() -> None:
    with serving(Copyist(), _HealthyFrom(2)) as server:
        assert read("copy_sms", once(server, ask()).choices[0].text)
    assert len(server.requests) == 2


class _HealthyFrom(Faulty):
    def __init__(self, request: int) -> None:
        super().__init__("503")
        self.request, self.seen = request, 0

    def send(self, http: Handler, request: dict[str, Any], said: list[Said]) -> None:
        self.seen += 1
        if self.seen >= self.request:
            Whole().send(http, request, said)
        else:
            super().send(http, request, said)


def test_a_silent_replica_is_ejected_and_the_other_one_serves() -> None:
    with serving(Copyist(), Faulty("hangs_after")) as sick, serving(Copyist()) as well:
        client = LlmClient(config(sick.url, well.url, eject_seconds=60.0, silence_seconds=0.4))

        async def many(session: Session) -> list[Answer]:
            return [await session.ask(ask(seed=seed)) for seed in range(5)]

        answers = client.run(Account(client.config), many)
    assert all(read("copy_sms", answer.choices[0].text) for answer in answers)
    assert len(sick.requests) == 2, "a request, and the probe that condemned it"


def test_a_slow_server_that_lives_is_given_as_much_as_it_keeps_up_with() -> None:
    """Thirty requests at once would take it three seconds, and none may take two."""
    slow = Slow(seconds=0.1, at_once=1)
    with serving(Copyist(), slow) as server:
        client = LlmClient(config(server.url, call_seconds=2.0, silence_seconds=0.4, attempts=1, max_seconds=60.0))

        async def many(session: Session) -> list[Answer]:
            return await asyncio.gather(*(session.ask(ask(seed=seed)) for seed in range(30)))

        answers = client.run(Account(client.config), many)
    assert all(read("copy_sms", answer.choices[0].text) for answer in answers)
    assert len([asked for asked in server.requests if asked["max_tokens"] > 1]) == 30
    assert 2 < slow.most_waiting < 30


def test_a_server_that_brings_nothing_for_long_and_lives_is_waited_for() -> None:
    class Pausing(Whole):
        def send(self, http: Handler, request: dict[str, Any], said: list[Said]) -> None:
            if request["max_tokens"] > 1:
                http.pause(1.5)
            super().send(http, request, said)

    with serving(Copyist(), Pausing()) as server:
        answer = once(server, ask(), call_seconds=10.0, silence_seconds=0.4, attempts=1)
        probes = [asked for asked in server.requests if asked["max_tokens"] == 1]
    assert read("copy_sms", answer.choices[0].text)
    assert len(probes) >= 1


def test_what_does_not_fit_the_context_is_not_sent() -> None:
    with serving(Copyist()) as server:
        with pytest.raises(ToolFailure, match="8192") as refused:
            once(server, ask("angle: ease " * 4_000))
        fits = once(server, ask("angle: ease " * 1_000))
    assert refused.value.code == "llm_too_long"
    assert fits.choices
    assert len(server.requests) == 1


def test_no_more_requests_are_in_flight_than_allowed() -> None:
    flying: list[int] = []

    class Counting(Copyist):
        def answer(self, request: dict[str, Any]) -> list[Said]:
            flying.append(1)
            time.sleep(0.02)
            most.append(len(flying))
            flying.pop()
            return super().answer(request)

    most: list[int] = []
    with serving(Counting()) as server:
        client = LlmClient(config(server.url, concurrency=3))

        async def many(session: Session) -> list[Answer]:
            return await asyncio.gather(*(session.ask(ask(seed=seed)) for seed in range(12)))

        assert len(client.run(Account(client.config), many)) == 12
    assert 1 < max(most) <= 3


def test_the_same_request_is_answered_from_the_cache(tmp_path: Path) -> None:
    with serving(Copyist()) as server:
        first, again = once(server, ask(n=2), cache=tmp_path), once(server, ask(n=2), cache=tmp_path)
        other = once(server, ask(n=2, seed=1), cache=tmp_path)
    assert again.cached
    assert not other.cached
    assert [c.text for c in again.choices] == [c.text for c in first.choices]
    assert len(server.requests) == 2


def test_the_trace_keeps_prompt_and_answer_without_personal_data() -> None:
    with serving(Copyist()) as server:
        account = Account(config(server.url))
        once(server, ask("write to jane.doe@example.com or 555-010-4477, angle: ease"), account=account)
    call = account.trace[0]
    assert call.outcome == "ok"
    assert call.messages[0]["content"] == "write to [redacted] or [redacted], angle: ease"
    assert "{first_name}" in call.answers[0]


def test_ceilings_hold_before_a_request_is_sent() -> None:
    with serving(Copyist()) as server:
        account = Account(config(server.url, max_calls=1))
        once(server, ask(), account=account)
        with pytest.raises(ToolFailure, match="ceiling of calls"):
            once(server, ask(seed=1), account=account)
        with pytest.raises(ToolFailure, match="ceiling of tokens"):
            once(server, ask(), account=Account(config(server.url, max_tokens=100)))
        priced = config(server.url, completion_price_micro=60, max_cost_micro=100)
        with pytest.raises(ToolFailure, match="ceiling of cost"):
            once(server, ask(), account=Account(priced))
    assert len(server.requests) == 1


def test_doctor_says_what_the_server_can_do() -> None:
    with serving(Copyist()) as server:
        found = inspect(config(server.url))
    assert found.answers, found.problem
    assert found.schemas
    assert found.tools
    assert found.context_tokens == 8192
    assert found.tokens_per_second is not None


@pytest.mark.parametrize("kind", ["refuses", "healthy_but_dead"])
def test_a_probe_does_not_believe_health(kind: Kind) -> None:
    with serving(Copyist(), Faulty(kind)) as server:
        assert probe(config(server.url), seconds=0.4)
