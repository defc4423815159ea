"""The packs against the checks that another tool makes: what a hand wrote passes the rules that a model's copy must."""

from datetime import date

import pytest

from tests.tools.copywriter.desk import OFFERS, WINDOW, request
from tools.compliance.check import check_message
from tools.compliance.message import Context, Message
from tools.copywriter.slots import slot_values
from tools.copywriter.templates import every_message
from tools.vocabulary import CHANNELS, GOALS, LANGUAGES, Channel, Goal, Language, Market

MARKET: dict[Language, Market] = {"en": "US", "zh": "CN"}
OF_THE_SENDER = {"US-EM-02", "US-SMS-03", "XX-EM-05"}
"""Rules that ask what the shop has declared of its sending system; no words can help there."""


GOAL_CASES = [pytest.param(goal, marks=() if goal == "win_back" else pytest.mark.slow) for goal in GOALS]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("goal", GOAL_CASES)
def test_hand_written_copy_passes_every_rule(goal: Goal, channel: Channel, language: Language) -> None:
    for given in (OFFERS[0], OFFERS[1 + GOALS.index(goal) % 4]):
        code = "HELLO" if given.type in ("percent", "bogo") else ""
        asked = request(goal, channel, offer=given, language=language, code=code)
        context = Context(
            today=date(2017, 11, 24),
            market=MARKET[language],
            channels=(channel,),
            window=WINDOW,
            currency=asked.currency,
            offer=given,
            products=asked.products,
            sender=asked.sender,
            allowed_codes=("HELLO",),
            send_hours=(9, 20),
            send_hours_local=True,
        )
        for item in every_message(asked, seed=3):
            message = Message(
                copy_id=item.copy_id,
                channel=channel,
                language=language,
                market=MARKET[language],
                goal=goal,
                parts=item.parts,
                rendered=item.rendered,
                slots=slot_values(asked, first_name={"en": "Alex", "zh": "小林"}[language]),
                product_ids=item.product_ids,
            )
            failed = [check for check in check_message(message, context) if check.verdict == "fail"]
            blocking = [c.detail for c in failed if c.severity == "block" and c.rule_id not in OF_THE_SENDER]
            assert not blocking, (item.template_ids, blocking, item.rendered)
