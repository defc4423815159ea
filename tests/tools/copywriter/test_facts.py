"""3,000 rendered messages of a model that lies every other time: no wrong price, per cent, date, code or product."""

import json
import re
from typing import Any

import pytest

from evals.servers.copyist import Copyist
from evals.servers.faulty import FALSE
from evals.servers.protocol import Said, serving
from tests.tools.copywriter.desk import OFFERS, request
from tests.tools.copywriter.model_desk import writer, wrong_facts
from tools.copywriter.slots import render_many, slot_values
from tools.vocabulary import GOALS, Channel

NAMES = ("Alex", "Mary Ann", "", "90% OFF", "https://evil.example", "José", "{offer}", "O'Neil", "小林", "x" * 40)
ADDRESSED: tuple[Channel, ...] = ("email", "sms", "push")
LIES = (FALSE, "Now 5 dollars, was ten.", "Get {price} off until {expiry}.", "Save up to {offer} on {product_2}.")


class HalfLiar(Copyist):
    """One choice of each answer is a lie in words that the schema allows."""

    def choice(self, request: dict[str, Any], at: int) -> Said:
        made = super().choice(request, at)
        if at % 2:
            return made
        return Said(json.dumps(dict.fromkeys(json.loads(made.text), LIES[len(made.text) % len(LIES)])))


@pytest.mark.parametrize("goals", [GOALS[:1], pytest.param(GOALS, marks=pytest.mark.slow)], ids=["one", "all"])
def test_no_message_states_what_plan_and_catalogue_do_not(goals: tuple[Any, ...]) -> None:
    requests = [
        request(goal, channel, offer=OFFERS[at], segment_id=f"{goal}{at}", code="HELLO" if at in (1, 2) else "")
        for goal in goals
        for channel in (ADDRESSED if len(goals) > 1 else ADDRESSED[:1])
        for at in range(4 if len(goals) > 1 else 2)
    ]
    with serving(HalfLiar()) as server:
        written = writer(server, max_seconds=500).write(requests)
    assert wrong_facts(written, requests) == []
    assert sum(item.writer == "llm" for item in written.items) > len(written.items) / 2
    of_cell = {(one.segment_id, one.channel, one.offer.offer_id): one for one in requests}
    rendered = 0
    for item in written.items:
        asked = of_cell[item.segment_id, item.channel, item.offer_id]
        values = slot_values(asked, first_name=None)
        names = [slot_values(asked, first_name=name)["first_name"] for name in NAMES]
        parts = render_many(item.parts, {"first_name": names}, values)
        known = set(_figures(" ".join(values.values())))
        for text in (text for column in parts.values() for text in column):
            assert set(_figures(text)) <= known, text
            assert "evil" not in text
            assert "{" not in text
        rendered += len(NAMES)
    assert rendered >= (3_000 if len(goals) > 1 else 60)


def _figures(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,]\d+)*%?", text)
