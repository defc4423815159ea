"""Copy: lawful, faithful, within the channel's limits, in the brief's language, and three variants that differ."""

import json
from collections.abc import Sequence
from functools import cache

from evals.case import Case, load_cases
from evals.golden import base
from evals.judge.asking import Exhibit
from evals.target import Target
from evals.tasks.base import Answer, EvalTask, Scored
from tools.catalog.types import ProductFact
from tools.compliance.check import check_diversity, check_message, failures
from tools.compliance.message import Context, Message
from tools.compliance.types import Check
from tools.copywriter.model_writer import ModelWriter
from tools.copywriter.slots import slot_values
from tools.copywriter.templates import write_templates
from tools.copywriter.types import CopyItem, CopyRequest
from tools.copywriter.voice import Voice
from tools.llm.account import Account
from tools.response.types import Offer

METRICS = ("lawful", "faithful", "within_limits", "in_language", "readable", "diverse", "complete", "own")
"""`own`: the share of the messages that are the target's own words, and not the template's in their place."""
PROMPTS = ("copy", "copy_cell", "copy_repair")
ASPECTS: dict[str, tuple[str, ...]] = {
    "faithful": ("price_facts", "attr_facts", "link_facts", "offer_cap", "placeholders"),
    "within_limits": ("channel_limits", "render"),
    "in_language": ("language",),
    "readable": ("readability",),
    "diverse": ("diversity",),
}
"""Metric → the rules that it is made of; every other rule is `lawful`."""
VARIANTS = 3


@cache
def task() -> EvalTask:
    return EvalTask("copy", METRICS, load_cases("copy"), answer, score, PROMPTS, exhibit=exhibit)


def request_of(case: Case) -> CopyRequest:
    """The unit of copy that a case asks for."""
    given = case.input
    return CopyRequest(
        segment_id="s1",
        segment_name="Frequent big spenders",
        channel=given["channel"],
        language=given["language"],
        goal=given["goal"],
        tone=given["tone"],
        offer=Offer.model_validate(given["offer"]),
        products=tuple(ProductFact.model_validate(product) for product in given["products"]),
        window=base.WINDOW,
        sender=base.SENDER,
        currency=given["currency"],
        code=given["code"],
    )


def answer(case: Case, target: Target) -> Answer:
    """The three messages; of a model's, also which are the template's in its place, and why."""
    request, client = request_of(case), target.client()
    if client is None:
        templates = write_templates([request], seed=target.seed, variants=VARIANTS)
        return Answer(json.dumps([item.model_dump(mode="json") for item in templates], ensure_ascii=False))

    def judge(item: CopyItem, asked: CopyRequest) -> Sequence[Check]:
        return check_message(_message(case, item, asked), _context(case, asked))

    writer = ModelWriter(client, Account(client.config), judge, Voice(), target.seed, _unwatched)
    made = writer.write([request], variants=VARIANTS)
    replaced = [one.model_dump(mode="json") for one in made.replaced]
    written = {"items": [item.model_dump(mode="json") for item in made.items], "replaced": replaced}
    return Answer(json.dumps(written, ensure_ascii=False))


def _unwatched(_done: int, _total: int) -> None:
    """No progress is shown."""


def score(case: Case, text: str) -> Scored:
    got = json.loads(text)
    made = got if isinstance(got, dict) else {"items": got, "replaced": []}
    request = request_of(case)
    items = [CopyItem.model_validate(item) for item in made["items"]]
    messages = [_message(case, item, request) for item in items]
    checks = [check for message in messages for check in check_message(message, _context(case, request))]
    failed = failures([*checks, *check_diversity(messages)])
    scores: dict[str, float | None] = {
        name: float(not any(check.rule_id in rules for check in failed)) for name, rules in ASPECTS.items()
    }
    named = {rule for rules in ASPECTS.values() for rule in rules}
    scores["lawful"] = float(not any(check.rule_id not in named for check in failed))
    scores["complete"] = float(len(items) == VARIANTS and len({item.angle for item in items}) == VARIANTS)
    scores["own"] = 1 - len(made["replaced"]) / VARIANTS
    instead = [f"{one['copy_id']} is the template's: {'; '.join(one['reasons'][:2])}" for one in made["replaced"]]
    return Scored(scores, "; ".join([*(_said(check) for check in failed), *instead]))


def exhibit(case: Case, text: str) -> Exhibit:
    """The first message, and the template's for the same cell where that is another one."""
    got, request = json.loads(text), request_of(case)
    items = got["items"] if isinstance(got, dict) else got
    template = write_templates([request], seed=0, variants=1)[0].rendered
    asked = {name: str(case.input[name]) for name in ("goal", "channel", "language", "tone")}
    message = items[0]["rendered"]
    return Exhibit(asked | {"offer": request.offer.type}, message, {} if message == template else template)


def _said(check: Check) -> str:
    return f"{check.rule_id} in {check.subject}: {check.detail}"


def _context(case: Case, request: CopyRequest) -> Context:
    return base.context(
        f"{case.input['market'].lower()}_{request.channel}",
        offer=request.offer.model_dump(),
        products=request.products,
        allowed_codes=(request.code,),
        currency=request.currency,
    )


def _message(case: Case, item: CopyItem, request: CopyRequest) -> Message:
    return Message(
        copy_id=item.copy_id,
        channel=item.channel,
        language=item.language,
        market=case.input["market"],
        goal=request.goal,
        parts=item.parts,
        rendered=item.rendered,
        slots=slot_values(request, first_name="Alex" if item.language == "en" else "小林"),
        product_ids=item.product_ids,
        first_message=True,
        writer=item.writer,
    )
