"""The model's writer with a good model, a lying one, a broken one and none: right copy every time, and told why."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from evals.servers.copyist import Copyist
from evals.servers.faulty import KINDS, Faulty, Kind
from evals.servers.fluent import Fluent, invented
from evals.servers.protocol import Said, serving
from tests.tools.copywriter.desk import OFFERS, request
from tests.tools.copywriter.model_desk import config, judge, writer, wrong_facts
from tools.compliance.check import blocked
from tools.copywriter.desk import set_desk
from tools.copywriter.model_writer import ModelWriter
from tools.copywriter.prompting import slots_offered
from tools.copywriter.score import rubric, shared
from tools.copywriter.voice import Voice, load_voice
from tools.failure import ToolFailure
from tools.llm.account import Account
from tools.llm.client import LlmClient
from tools.vocabulary import Channel, Language

ADDRESSED: tuple[Channel, ...] = ("email", "sms", "push")
REQUESTS = [
    request("win_back", channel, offer=OFFERS[at], segment_id=f"s{at}", code="HELLO" if at else "")
    for channel in ADDRESSED
    for at in (0, 1)
]


class Liar(Copyist):
    """Writes what is not true `lies` times, then as a good model does."""

    def __init__(self, lies: int) -> None:
        self.lies = lies

    def answer(self, request: dict[str, Any]) -> list[Said]:
        if self.lies <= 0:
            return super().answer(request)
        self.lies -= 1
        parts = request["response_format"]["json_schema"]["schema"]["properties"]
        return [Said(json.dumps(dict.fromkeys(parts, "Everything is half price until Sunday.")))] * request["n"]


def test_a_good_model_writes_three_angles_a_cell_and_is_asked_once_for_each() -> None:
    with serving(Copyist()) as server:
        account = Account(config(server))
        written = writer(server, account=account).write(REQUESTS)
    assert {item.writer for item in written.items} == {"llm"}, written.replaced
    assert len(written.items) == account.calls == 3 * len(REQUESTS)
    assert wrong_facts(written, REQUESTS) == []
    for asked in REQUESTS:
        own = [i for i in written.items if (i.segment_id, i.channel) == (asked.segment_id, asked.channel)]
        assert len({item.angle for item in own}) == 3
        assert not any(
            blocked(check for check in judge(item, asked) if check.rule_id in ("price_facts", "link_facts"))
            for item in own
        )
    first = written.items[0]
    assert first.model == "test-model"
    assert first.prompt_id == "copy"
    assert first.prompt_sha


def test_a_rejected_message_is_repaired_once_with_what_was_found() -> None:
    with serving(Liar(lies=1)) as server:
        written = writer(server).write(REQUESTS[:1], variants=1)
    assert [item.writer for item in written.items] == ["llm"]
    assert len(server.requests) == 2
    assert "half" in server.requests[1]["messages"][-1]["content"]


def test_what_is_rejected_twice_is_the_templates_and_the_reason_is_told() -> None:
    with serving(Liar(lies=9)) as server:
        written = writer(server).write(REQUESTS[:1], variants=1)
    assert [item.writer for item in written.items] == ["template"]
    assert len(server.requests) == 2
    assert written.replaced[0].code == "rejected"
    assert any("half" in reason for reason in written.replaced[0].reasons)


def test_no_figure_of_the_plan_is_told_and_what_is_shared_comes_first() -> None:
    with serving(Copyist()) as server:
        writer(server).write(REQUESTS[:3], variants=1)
    prompts = [asked["messages"] for asked in server.requests]
    for system, user in prompts:
        told = system["content"].split("RULES END")[1] + user["content"]
        for fact in ("10", "HELLO", "4.99", "499", "December", "cornermarket.example", "Main Street"):
            assert fact not in told.replace('"opening": 150', "").replace('"preheader": 100', ""), fact
    beginnings = {system["content"].split("CHANNEL")[0] for system, _ in prompts}
    assert len(beginnings) == 1


def test_the_same_campaign_again_makes_no_call(tmp_path: Path) -> None:
    with serving(Copyist()) as server:
        made = config(server)

        def write(requests: list[Any]) -> tuple[Any, ...]:
            client = LlmClient(made, tmp_path)
            return ModelWriter(client, Account(made), judge, Voice(), 0, lambda done, total: None).write(requests).items

        first = write(REQUESTS[1:3])
        asked = len(server.requests)
        assert write(REQUESTS[1:2]) == first[:3]
        assert len(server.requests) == asked


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_ends_in_the_templates_messages_in_time(kind: Kind) -> None:
    with serving(Copyist(), Faulty(kind)) as server:
        started = time.monotonic()
        written = writer(server, call_seconds=0.8, silence_seconds=0.3).write(REQUESTS[1:3], variants=1)
        assert time.monotonic() - started < 6
    assert [item.writer for item in written.items] == ["template"] * 2
    assert all(one.reasons for one in written.replaced)
    assert len(written.replaced) == 2
    assert wrong_facts(written, REQUESTS) == []


def test_a_ceiling_stops_the_model_and_not_the_campaign() -> None:
    with serving(Copyist()) as server:
        written = writer(server, max_calls=4).write(REQUESTS[:2])
    assert len(server.requests) == 4
    assert sum(item.writer == "llm" for item in written.items) == 4
    assert {one.code for one in written.replaced} == {"llm_ceiling"}
    assert len(written.items) == 6


def test_the_rubric_prefers_what_is_shown_whole_personal_and_unlike_the_others() -> None:
    plain = {"opening": "Hi {first_name}, have a look at {product} when you like."}
    long = {"opening": "Considerations concerning the aforementioned merchandise necessitate deliberation. " * 5}
    assert rubric(plain, 0, [], 280) > rubric(plain, 5, [], 280) > rubric(long, 5, [], 280)
    assert rubric(plain, 0, [plain], 280) < rubric(plain, 0, [long], 280)
    assert shared(plain, plain) == 1


def test_the_voice_file_is_read_and_a_bad_one_is_named(tmp_path: Path) -> None:
    assert load_voice(tmp_path) == Voice()
    (tmp_path / "voice.yaml").write_text("do: [short sentences]\nnever: [shopper]\n", encoding="utf-8")
    assert load_voice(tmp_path).never == ("shopper",)
    for bad in ("do: 7", "mood: [x]", "do: [", "- x"):
        (tmp_path / "voice.yaml").write_text(bad, encoding="utf-8")
        with pytest.raises(ToolFailure, match=r"voice\.yaml"):
            load_voice(tmp_path)


def test_a_word_that_the_brand_never_says_rejects() -> None:
    with serving(Copyist()) as server:
        written = writer(server, voice=Voice(never=("shelves", "cupboard", "basket"))).write(REQUESTS[:1], variants=1)
    assert written.replaced
    assert "never says" in " ".join(written.replaced[0].reasons)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_a_fluent_model_that_invents_only_the_true_messages_are_kept(language: Language) -> None:
    requests = [
        request("win_back", channel, offer=OFFERS[at], language=language, segment_id=f"{channel}{at}")
        for channel in ADDRESSED
        for at in (0, 1)
    ]
    model = Fluent()
    with serving(model) as server:
        written = writer(server).write(requests)
    said = "\n".join(text for item in written.items for text in item.parts.values()).casefold()
    assert [claim for claim in model.said if claim and claim.casefold() in said] == []
    assert wrong_facts(written, requests) == []
    assert 0 < sum(item.writer == "llm" for item in written.items) < len(written.items)
    assert len(invented(language)) > 300


def test_an_ad_is_asked_for_without_a_name_and_refused_with_one() -> None:
    ad = request("launch", "social", offer=OFFERS[0])
    assert "first_name" not in slots_offered(set_desk(ad, 0))
    assert "first_name" in slots_offered(set_desk(request("launch", "push", offer=OFFERS[0]), 0))
    with serving(Copyist()) as server:
        written = writer(server).write([ad], variants=1)
    assert "first_name" in written.replaced[0].reasons[0]
    assert "{first_name}" not in "".join(text for item in written.items for text in item.parts.values())
