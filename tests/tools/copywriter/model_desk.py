"""A model writer against a server of ours, with the rules as judge; and what no message may ever say."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from evals.servers.protocol import Server
from tests.tools.copywriter.desk import WINDOW
from tools.compliance.check import check_message
from tools.compliance.message import Context, Message
from tools.compliance.types import Check
from tools.copywriter.model_writer import ModelWriter, Written
from tools.copywriter.slots import digits_outside_slots, render, slot_values
from tools.copywriter.types import CopyItem, CopyRequest
from tools.copywriter.voice import Voice
from tools.llm.account import Account
from tools.llm.client import LlmClient
from tools.llm.types import LlmConfig


def judge(item: CopyItem, asked: CopyRequest) -> Sequence[Check]:
    market = "CN" if asked.language == "zh" else "US"
    context = Context(
        today=date(2017, 11, 24),
        market="CN" if asked.language == "zh" else "US",
        channels=(asked.channel,),
        window=WINDOW,
        currency=asked.currency,
        offer=asked.offer,
        max_discount_pct=15,
        products=asked.products,
        sender=asked.sender,
        allowed_codes=("HELLO",),
        send_hours=(9, 20),
        send_hours_local=True,
    )
    message = Message(
        copy_id=item.copy_id,
        channel=asked.channel,
        language=asked.language,
        market=context.market,
        goal=asked.goal,
        parts=item.parts,
        rendered=item.rendered,
        slots=slot_values(asked, first_name="Alex" if market == "US" else "小林"),
        product_ids=item.product_ids,
        writer=item.writer,
    )
    return check_message(message, context)


def config(server: Server, **settings: float) -> LlmConfig:
    quick = {"call_seconds": 20.0, "silence_seconds": 5.0, "attempts": 2, "max_seconds": 60.0}
    return LlmConfig.model_validate({"base_urls": (server.url,), "model": "test-model", **quick, **settings})


def writer(
    server: Server, *, account: Account | None = None, voice: Voice | None = None, **settings: float
) -> ModelWriter:
    made = config(server, **settings)
    return ModelWriter(
        LlmClient(made), account or Account(made), judge, voice or Voice(), seed=0, progress=lambda done, total: None
    )


_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def wrong_facts(written: Written, requests: Sequence[CopyRequest]) -> list[str]:
    """Figures, links and slots of any message that are not the plan's, the catalogue's or the sender's."""
    of_cell = {(r.segment_id, r.channel, r.offer.offer_id): r for r in requests}
    wrong = []
    for item in written.items:
        asked = of_cell[item.segment_id, item.channel, item.offer_id]
        values = slot_values(asked, first_name="Alex" if asked.language == "en" else "小林")
        if item.rendered != render(item.parts, values):
            wrong.append(f"{item.copy_id} is not its parts filled")
        if digits_outside_slots(item.parts):
            wrong.append(f"{item.copy_id} has digits of its own")
        known = set(_FIGURE.findall(" ".join(values.values())))
        wrong += [f"{item.copy_id} says {f}" for f in set(_FIGURE.findall(_joined(item.rendered))) - known]
        links = " ".join(values.values())
        wrong += [
            f"{item.copy_id} links {u}" for u in re.findall(r"https?://\S+", _joined(item.rendered)) if u not in links
        ]
    return wrong


def _joined(parts: dict[str, str]) -> str:
    return "\n".join(parts.values())


def own_words(items: Iterable[CopyItem]) -> str:
    """Everything that a model's messages say, slots unfilled."""
    return "\n".join(_joined(item.parts) for item in items if item.writer == "llm")
