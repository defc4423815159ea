"""What copy by a model costs: requests a cell, prompt that a prefix cache can serve, rendering.

The model is the copyist of `evals.servers`, so requests are counted and not words. Requests depend on cells, never on
customers: the same cells are written for a thousand customers or a million. The prefix share is of characters, in
blocks of 64 (about vLLM's 16 tokens), against all prompts before: what a cache of enough size could serve, not what a
vLLM has served.
"""

import time
from datetime import date

from evals.servers.copyist import Copyist
from evals.servers.protocol import serving
from tools.catalog.types import ProductFact
from tools.clock import Window
from tools.compliance.types import Check
from tools.copywriter.model_writer import ModelWriter
from tools.copywriter.slots import render_many, slot_values
from tools.copywriter.templates import write_templates
from tools.copywriter.types import CopyItem, CopyRequest
from tools.copywriter.voice import Voice
from tools.llm.account import Account
from tools.llm.client import LlmClient
from tools.llm.types import LlmConfig
from tools.response.types import CostModel, Offer
from tools.shop.profile import Sender
from tools.vocabulary import ADDRESSED, Channel

SEGMENTS, BLOCK, MESSAGES = 20, 64, 1_000_000
OFFERS = (("none", 0.0), ("percent", 10.0))


def cell(segment: int, channel: Channel, kind: str, value: float) -> CopyRequest:
    fact = ProductFact(
        product_id="p",
        name="Dry dog food",
        raw_name="Dry dog food",
        category="Dog food",
        price_minor=999,
        currency="USD",
    )
    sender = Sender(
        brand="Corner Market",
        postal_address="12 Main Street, Springfield, IL 62701",
        website="https://www.cornermarket.example/",
        unsubscribe_url="https://cornermarket.example/leave",
    )
    return CopyRequest(
        segment_id=f"s{segment}",
        segment_name=f"Shoppers of group {'abcdefghijklmnopqrstuvwxyz'[segment % 26]}",
        channel=channel,
        language="en",
        goal="win_back",
        tone="warm",
        offer=Offer.model_validate(
            {"offer_id": kind, "type": kind, "value": value, "discount_pct": value}
            | {"cost_model": CostModel(kind="none", text="not costed here")}
        ),
        products=(fact,),
        window=Window(start=date(2026, 12, 1), end=date(2026, 12, 14)),
        sender=sender,
        currency="USD",
    )


def unchecked(_item: CopyItem, _asked: CopyRequest) -> tuple[Check, ...]:
    """The rules of law and fact are timed by `evals.bench.plan`."""
    return ()


def untold(_done: int, _total: int) -> None:
    """No progress is shown."""


def prefix_share(prompts: list[str]) -> float:
    """Share of the characters after the first prompt that stand in whole blocks some earlier prompt began with."""
    known: set[str] = set()
    served = total = 0
    for at, text in enumerate(prompts):
        blocks = [text[: end + BLOCK] for end in range(0, len(text) - BLOCK + 1, BLOCK)]
        if at:
            served += BLOCK * sum(block in known for block in blocks)
            total += len(text)
        known.update(blocks)
    return served / total


def main() -> None:
    cells = [cell(s, c, kind, value) for s in range(SEGMENTS) for c in ADDRESSED for kind, value in OFFERS]
    with serving(Copyist()) as server:
        config = LlmConfig(base_urls=(server.url,), model="copyist")
        account = Account(config)
        writer = ModelWriter(LlmClient(config), account, unchecked, Voice(), 0, untold)
        written = writer.write(cells)
        prompts = ["".join(m["content"] for m in asked["messages"]) for asked in server.requests]
    by_model = sum(item.writer == "llm" for item in written.items)
    print(f"cells {len(cells)}, messages {len(written.items)}, by the model {by_model}, requests {account.calls}")
    print(
        f"requests a cell {account.calls / len(cells):.2f}; so 1,000 cells take {1000 * account.calls / len(cells):.0f}"
    )
    print(f"prompt characters in a known prefix, after the first prompt: {prefix_share(prompts):.1%}")
    item = write_templates([cells[0]], seed=0, variants=1)[0]
    names = ["Alex", "Mary", "Jo", "Tamika"] * (MESSAGES // 4)
    started = time.process_time()
    render_many(item.parts, {"first_name": names}, slot_values(cells[0], first_name=None))
    print(f"rendered e-mails a second a core: {MESSAGES / (time.process_time() - started):,.0f}")


if __name__ == "__main__":
    main()
