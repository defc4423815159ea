"""Texts with marked personal data in every place that reaches a prompt or a trace: no marked span in any of them."""

import gzip
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest

from evals.servers.copyist import Copyist
from evals.servers.protocol import Handler, Said, Whole, error_body, serving
from tests.tools.copywriter.desk import PRODUCTS, request
from tests.tools.copywriter.model_desk import config, writer
from tools.copywriter.desk import set_desk
from tools.copywriter.prompting import copy_ask
from tools.copywriter.types import CopyRequest
from tools.copywriter.voice import Voice
from tools.failure import ToolFailure
from tools.llm.account import Account
from tools.llm.client import LlmClient
from tools.llm.types import Ask

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "pii-synth-1500.json.gz"
SHORTEST = 3
"""Characters of a span; shorter ones ("NY") stand in ordinary words."""


def cases() -> list[dict[str, Any]]:
    if not CORPUS.is_file():
        pytest.skip(f"the corpus {CORPUS} is not here")
    with gzip.open(CORPUS) as file:
        found: list[dict[str, Any]] = json.load(file)
    return [case for case in found if case["spans"]]


def asked_with(text: str) -> CopyRequest:
    """The text as a product's name and department, and as the segment's name."""
    words = " ".join(text.replace("{", "(").replace("}", ")").split())
    first = PRODUCTS[0].model_copy(update={"name": words, "raw_name": words, "department": words})
    return request(products=(first, PRODUCTS[1])).model_copy(update={"segment_name": words})


def leaked(case: dict[str, Any], told: str) -> list[str]:
    spans = {str(span["entity_value"]).strip() for span in case["spans"]}
    return [span for span in spans if len(span) >= SHORTEST and re.search(rf"\b{re.escape(span)}\b", told)]


@pytest.mark.parametrize("every", [40, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def test_no_span_is_in_a_prompt(every: int) -> None:
    wrong = []
    for case in cases()[::every]:
        ask = copy_ask(set_desk(asked_with(case["full_text"]), 0), "need", Voice(), n=1, seed=0)
        told = "".join(str(message["content"]) for message in ask.messages).split("RULES END")[1]
        wrong += leaked(case, told)
    assert wrong == []


@pytest.mark.parametrize("every", [300, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def test_no_span_is_in_a_trace(every: int) -> None:
    chosen = cases()[::every]
    with serving(Copyist()) as server:
        account = Account(config(server, max_seconds=500))
        requests = [
            asked_with(case["full_text"]).model_copy(update={"segment_id": f"s{at}"}) for at, case in enumerate(chosen)
        ]
        writer(server, account=account, max_seconds=500).write(requests, variants=1)
    kept = "\n".join(call.model_dump_json() for call in account.trace).replace("\\n", "\n")
    told = "\n".join(part.split("RULES END")[-1] for part in kept.splitlines() if "You write marketing" not in part)
    assert account.trace
    assert [span for case in chosen for span in leaked(case, told)] == []


class Quoting(Whole):
    """Refuses, and quotes the prompt in its refusal, as servers do."""

    def send(self, http: Handler, request: dict[str, Any], said: list[Said]) -> None:
        http.json(400, error_body(f"cannot parse: {json.dumps(request['messages'], ensure_ascii=False)}", 400))


@pytest.mark.parametrize("every", [100, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def test_no_span_of_a_server_that_quotes_the_prompt_is_in_an_error_or_log(
    every: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    told: list[str] = []
    with serving(Copyist(), Quoting()) as server:
        client = LlmClient(config(server, max_seconds=500))
        for case in cases()[::every]:
            account = Account(client.config)
            ask = Ask(({"role": "user", "content": case["full_text"]},), "test", "sha", schema="copy_sms")
            with pytest.raises(ToolFailure) as refused:
                client.run(account, lambda session, ask=ask: session.ask(ask))  # type: ignore[misc]
            kept = [call.model_dump(exclude={"messages"}) for call in account.trace]
            words = f"{refused.value.message} {refused.value.detail} {kept} {caplog.text}"
            told += leaked(case, words)
            caplog.clear()
    assert told == []
