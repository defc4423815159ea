"""A real vLLM: what the client asks of it works, and with a model whose words are poor the campaign is right."""

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from agent.campaign import Campaign
from agent.deps import Deps
from agent.plan import plan
from agent.planner.playbook import PLAYBOOK
from tests.check_package import wrong_with
from tests.tools.copywriter.desk import OFFERS, request
from tests.tools.copywriter.model_desk import judge, wrong_facts
from tests.vllm.conftest import ADAPTER, Vllm
from tools.copywriter.model_writer import ModelWriter
from tools.copywriter.voice import Voice
from tools.failure import ToolFailure
from tools.llm.account import Account
from tools.llm.client import LlmClient, Session
from tools.llm.context import context_tokens
from tools.llm.doctor import inspect
from tools.llm.schemas import COPY_PARTS, OFFER_WORDS, WORDS, read
from tools.llm.serving.adapter import Trained
from tools.llm.types import Answer, Ask, LlmConfig

pytestmark = pytest.mark.vllm

LEADS_SECONDS = 30
"""What a model that calls no tool is given to lead a plan: it says the same in any time."""
BRIEF = "Win back customers who haven't bought anything for 30 days. $500, SMS only, Dec 1–14, no discount."


def asked(text: str, **changes: object) -> Ask:
    return Ask(({"role": "user", "content": text},), "test", "sha", **{"max_tokens": 40, **changes})  # type: ignore[arg-type]


def answered(config: LlmConfig, *asks: Ask) -> list[Answer]:
    """All at once."""

    async def work(session: Session) -> list[Answer]:
        return list(await asyncio.gather(*(session.ask(ask) for ask in asks)))

    return LlmClient(config).run(Account(config), work)


def context(config: LlmConfig) -> int | None:
    async def work(session: Session) -> int | None:
        return await context_tokens(session.connections[config.base_urls[0]], config.model)

    return LlmClient(config).run(Account(config), work)


def test_the_doctor_finds_what_it_can_do(vllm: Vllm) -> None:
    found = inspect(vllm.config())
    assert found.answers, found.problem
    assert found.context_tokens == 4096
    assert found.schemas
    assert found.tokens_per_second
    assert found.tools is False, "a model of this size calls no tool, so the playbook leads"


def test_every_schema_of_the_set_is_compiled_and_binds(vllm: Vllm) -> None:
    forms = [name + form for name in COPY_PARTS for form in ("", f":{WORDS}", f":{OFFER_WORDS}")]
    config = vllm.config()
    answers = answered(config, *(asked("Write to a customer.", schema=form, max_tokens=160) for form in forms))
    whole = [
        (form, choice) for form, answer in zip(forms, answers, strict=True) for choice in answer.choices if choice.whole
    ]
    assert len(whole) > len(forms) / 3
    for form, choice in whole:
        made = json.loads(choice.text)
        assert list(made) == list(COPY_PARTS[form.partition(":")[0]])
        if ":" in form:
            assert not re.search(r"[0-9<>@%$/]", " ".join(made.values()))
            assert read(form, choice.text) is not None


def test_one_request_brings_several_different_choices_and_a_seed_brings_them_again(vllm: Vllm) -> None:
    config = vllm.config()
    ask = asked("Tell a story of a dog.", n=3, temperature=0.9, seed=7, max_tokens=24)
    (first,), (again,) = answered(config, ask), answered(config, ask)
    (other,) = answered(config, replace(ask, seed=8))
    texts = [choice.text for choice in first.choices]
    assert len(set(texts)) == 3
    assert texts == [choice.text for choice in again.choices]
    assert texts != [choice.text for choice in other.choices]
    assert first.usage.prompt_tokens > 0
    assert 3 < first.usage.completion_tokens <= 72


def test_what_does_not_fit_its_context_is_not_sent(vllm: Vllm) -> None:
    before = vllm.metric("request_success_total")
    with pytest.raises(ToolFailure, match="4096") as refused:
        answered(vllm.config(), asked("word " * 5_000))
    assert refused.value.code == "llm_too_long"
    assert vllm.metric("request_success_total") == before


def test_the_prefix_cache_serves_most_of_a_campaigns_prompts_and_the_words_state_nothing(vllm: Vllm) -> None:
    config = vllm.config(grammar="words", max_seconds=900)
    requests = [
        request("win_back", "sms", offer=OFFERS[at % 2], segment_id=f"s{at}", code="HELLO" if at % 2 else "")
        for at in range(4)
    ]
    account = Account(config)
    writer = ModelWriter(LlmClient(config), account, judge, Voice(), 0, lambda done, total: None)
    asked_before, hit_before = vllm.metric("prefix_cache_queries_total"), vllm.metric("prefix_cache_hits_total")
    written = writer.write(requests)
    tokens = vllm.metric("prefix_cache_queries_total") - asked_before
    hits = vllm.metric("prefix_cache_hits_total") - hit_before
    share = hits / (tokens - max(call.prompt_tokens for call in account.trace))
    by_model = [item for item in written.items if item.writer == "llm"]
    print(f"prompt tokens {tokens:.0f}, from the prefix cache {hits:.0f}, after the first call {share:.1%}")
    print(f"by the model {len(by_model)} of {len(written.items)}, calls {account.calls}")
    for item in by_model:
        print("accepted:", item.rendered)
    assert {one.code for one in written.replaced} <= {"rejected"}, "no fault of a living server"
    assert share >= 0.9
    assert wrong_facts(written, requests) == []


def test_a_voice_is_trained_on_approved_copy_and_served_by_name(vllm: Vllm, voice: Trained) -> None:
    assert voice.loss_after < voice.loss_before
    assert (voice.folder / "adapter_model.safetensors").is_file()
    ask = asked("Write a letter to a customer.", max_tokens=48, temperature=1.0, seed=3)
    (plain,), (again,) = answered(vllm.config(), ask), answered(vllm.config(), ask)
    (voiced,) = answered(vllm.config(model=ADAPTER), ask)
    assert plain.choices[0].text == again.choices[0].text, "the same seed draws the same words"
    assert plain.choices[0].text != voiced.choices[0].text, "so other words are the adapter's"
    print("loss", voice.loss_before, "→", voice.loss_after, "| plain:", plain.choices[0].text, "| voiced:", voiced)
    assert context(vllm.config(model=ADAPTER)) == 4096, "an adapter's context is its base's"
    with pytest.raises(ToolFailure) as unknown:
        answered(vllm.config(model="no-such-voice"), ask)
    assert unknown.value.code == "llm_rejected"


def planned(deps: Deps, vllm: Vllm, out: Path, **hands: str) -> tuple[Campaign, Path]:
    server: dict[str, object] = {"llm_base_url": vllm.url, "llm_model": vllm.model, "llm_grammar": "words"}
    patient = {"llm_call_seconds": 180, "llm_max_seconds": 900, "max_seconds": 1_800}
    settings = deps.settings.model_copy(update={**server, **patient, "llm_planner_seconds": LEADS_SECONDS})
    made = plan(BRIEF, replace(deps, settings=settings), out=out, **hands)  # type: ignore[arg-type]
    return made.campaign, made.folder


def test_a_whole_plan_that_it_writes_is_right_and_says_what_was_rejected(
    deps: Deps, vllm: Vllm, tmp_path: Path
) -> None:
    campaign, folder = planned(deps, vllm, tmp_path / "out", writer="llm", planner="playbook")
    assert wrong_with(folder) == []
    assert campaign.status == "draft"
    writing = campaign.writing
    assert writing is not None
    assert not writing.problem
    assert writing.by_model + writing.by_template == len(campaign.copies) > 0
    assert {one.code for one in writing.replaced} <= {"rejected"}
    assert all(one.reasons for one in writing.replaced)
    print(f"by the model {writing.by_model}, by templates {writing.by_template}")
    for one in writing.replaced:
        print("rejected:", one.copy_id, one.reasons[0])


def test_a_whole_plan_that_it_leads_is_finished_by_the_playbook(deps: Deps, vllm: Vllm, tmp_path: Path) -> None:
    campaign, folder = planned(deps, vllm, tmp_path / "out", writer="template", planner="llm")
    assert wrong_with(folder) == []
    assert campaign.status == "draft"
    assert {call.tool for call in campaign.trace} == set(PLAYBOOK)
    assert campaign.cost.llm_calls > 0
