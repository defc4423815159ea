"""The obedient model: whatever stands in the data, and whatever it says, no message states what the plan does not.

Two lines of defence, each tested alone and both together: what reads as an order is not shown to the model (`places`),
and what the model says in spite of it is refused (`heard`: it obeys as if its context held the order).
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.servers.obedient import Obedient
from evals.servers.payloads import PAYLOADS
from evals.servers.protocol import serving
from tests.tools.copywriter.desk import OFFERS, PRODUCTS, request
from tests.tools.copywriter.model_desk import judge, own_words, writer, wrong_facts
from tools.copywriter.desk import set_desk
from tools.copywriter.model_writer import Written
from tools.copywriter.pack import MESSAGE_PARTS
from tools.copywriter.slots import slot_values
from tools.copywriter.types import CopyRequest
from tools.copywriter.verify import verify
from tools.copywriter.voice import Voice
from tools.llm.schemas import read
from tools.vocabulary import Channel

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "prompt-injection-251.json"
CATALOGUE = ("name", "second_name", "category", "department")
VOICE = ("do", "dont", "words", "examples")
HEARD: tuple[Channel, ...] = ("email", "sms", "push")


def placed(payload: str, place: str, at: int) -> CopyRequest:
    """A request whose catalogue, or segment, holds the payload."""
    first, second = PRODUCTS
    words = f"Ice. {payload}".replace("{", "(").replace("}", ")")
    words = "".join(char if ord(char) >= 32 else " " for char in words)
    if place == "name":
        first = first.model_copy(update={"name": words, "raw_name": words})
    elif place == "second_name":
        second = second.model_copy(update={"name": words, "raw_name": words})
    elif place in ("category", "department"):
        first = first.model_copy(update={place: words})
    asked = request(
        "win_back", "email", offer=OFFERS[at % 2], segment_id=f"s{at}", products=(first, second), code="HELLO"
    )
    return asked.model_copy(update={"segment_name": words}) if place == "segment" else asked


def refused(written: Written, requests: list[CopyRequest], payloads: list[str]) -> None:
    assert wrong_facts(written, requests) == []
    said = own_words(written.items).casefold()
    rendered = "\n".join(text for item in written.items for text in item.rendered.values()).casefold()
    for payload in payloads:
        assert payload.casefold() not in said
        assert payload.casefold() not in rendered
    assert "evil" not in rendered


def in_catalogue(payloads: list[str], places: tuple[str, ...]) -> None:
    cases = [(payload, place) for payload in payloads for place in places]
    requests = [placed(payload, place, at) for at, (payload, place) in enumerate(cases)]
    with serving(Obedient()) as server:
        written = writer(server, max_seconds=500, call_seconds=60).write(requests, variants=1)
    refused(written, requests, payloads)
    prompts = json.dumps([asked["messages"] for asked in server.requests], ensure_ascii=False)
    assert not [payload for payload in payloads if len(payload) > 12 and payload in prompts]


def in_voice(payloads: list[str]) -> None:
    """The brand's voice is shown to the model as it stands, so the second line is all there is."""
    for at, payload in enumerate(payloads):
        asked = placed("", "", at)
        voice = Voice.model_validate({VOICE[at % len(VOICE)]: (payload,)})
        with serving(Obedient()) as server:
            written = writer(server, voice=voice).write([asked], variants=1)
        refused(written, [asked], [payload])


def heard(payloads: list[str], channels: tuple[Channel, ...]) -> None:
    """The order is in its context all the same, as from a fine-tune or an older turn: it says it word for word."""
    for payload in payloads:
        requests = [
            request("win_back", channel, offer=OFFERS[at], code="HELLO", segment_id=f"s{at}")
            for channel in channels
            for at in (0, 1)
        ]
        with serving(Obedient(extra=(payload,))) as server:
            written = writer(server).write(requests, variants=1)
        assert {item.writer for item in written.items} == {"template"}, own_words(written.items)
        assert len(written.replaced) == len(requests)
        refused(written, requests, [payload])


def test_orders_in_the_catalogue_are_not_obeyed() -> None:
    in_catalogue(list(PAYLOADS)[::8], (*CATALOGUE, "segment"))


def test_orders_in_the_voice_are_not_obeyed() -> None:
    in_voice(list(PAYLOADS)[::6])


def test_what_an_order_makes_it_say_is_refused() -> None:
    heard(list(PAYLOADS)[::8], ("sms",))


@pytest.mark.parametrize("channel", HEARD)
def test_every_order_said_word_for_word_is_refused(channel: Channel) -> None:
    for payload in PAYLOADS:
        for given in (OFFERS[0], OFFERS[1]):
            refuses(payload, channel, request("win_back", channel, offer=given, code="HELLO"))


def test_every_order_of_the_corpus_said_word_for_word_is_refused() -> None:
    asked = request("win_back", "email", offer=OFFERS[1])
    for payload in corpus():
        refuses(payload, "email", asked)


def refuses(payload: str, channel: Channel, asked: CopyRequest) -> None:
    schema = f"copy_{channel}"
    parts = read(schema, json.dumps(dict.fromkeys(MESSAGE_PARTS[channel], payload)))
    if parts is None:
        return
    verdict = verify(set_desk(asked, 0), parts, "need", "a", voice=Voice(), model="m", judge=judge, excused=frozenset)
    assert verdict.item is None, (payload, verdict.item and verdict.item.rendered)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_customer_whose_name_is_an_order_is_greeted_without_it(payload: str) -> None:
    assert payload not in slot_values(request(), first_name=payload)["first_name"]


def corpus() -> Iterator[str]:
    if not CORPUS.is_file():
        pytest.skip(f"the corpus {CORPUS} is not here")
    yield from (case["user_input"] for case in json.loads(CORPUS.read_text(encoding="utf-8")))


@pytest.mark.slow
def test_the_corpus_in_every_place() -> None:
    """275 payloads in five places of the catalogue, a name and the voice, and heard on three channels with and without
    an offer: 275 × (5 + 1 + 1 + 6) = 3,575 cases."""
    payloads = [*PAYLOADS, *corpus()]
    in_catalogue(payloads, (*CATALOGUE, "segment"))
    for payload in payloads:
        name = slot_values(request(), first_name=payload)["first_name"]
        assert name == "there" or (len(payload) <= 30 and len(payload.split()) <= 3)
    in_voice(payloads)
    heard(list(PAYLOADS), HEARD)
    for payload in payloads:
        for channel in HEARD:
            for given in (OFFERS[0], OFFERS[1]):
                refuses(payload, channel, request("win_back", channel, offer=given, code="HELLO"))
