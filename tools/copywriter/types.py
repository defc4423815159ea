"""Copy with typed slots: the `copy` part of a campaign. The words are free; every fact is a slot."""

from typing import Literal

from pydantic import Field

from tools.catalog.types import ProductFact
from tools.clock import Window
from tools.compliance.types import Check
from tools.response.types import Offer
from tools.shop.profile import Sender
from tools.vocabulary import Channel, Goal, Language, Model

Tone = Literal["warm", "playful", "plain", "premium", "urgent"]
TONES: tuple[Tone, ...] = ("warm", "playful", "plain", "premium", "urgent")

SLOTS = (
    "first_name",
    "product",
    "product_2",
    "category",
    "offer",
    "price",
    "expiry",
    "code",
    "brand",
    "shop_url",
    "unsubscribe_url",
    "postal_address",
)
"""Every slot there is; `{name}` in a part. `offer` renders as words ("10% off"), `expiry` as a date."""

CHANNEL_PARTS: dict[Channel, tuple[str, ...]] = {
    "email": ("subject", "preheader", "headline", "body", "call_to_action", "footer"),
    "sms": ("text",),
    "push": ("title", "body"),
    "search": ("headline_1", "headline_2", "headline_3", "description_1", "description_2"),
    "social": ("primary_text", "headline", "description"),
    "wechat": ("title", "body", "call_to_action"),
}


class CopyRequest(Model):
    """One unit of copy: segment × channel × offer × language."""

    segment_id: str
    segment_name: str
    channel: Channel
    language: Language
    goal: Goal
    tone: Tone
    offer: Offer
    products: tuple[ProductFact, ...]
    window: Window
    sender: Sender
    currency: str
    must_include: tuple[str, ...] = ()
    must_avoid: tuple[str, ...] = ()
    code: str = ""
    """What the customer types to redeem the offer; empty: none is needed, and no line with `{code}` is used."""


class CopyItem(Model):
    copy_id: str
    segment_id: str
    channel: Channel
    language: Language
    variant: str
    """a · b · c"""
    angle: str
    """need · saving · novelty · gratitude · season · ease"""
    offer_id: str
    product_ids: tuple[str, ...]
    parts: dict[str, str]
    """Part name → text with slots, never with a digit of its own."""
    rendered: dict[str, str]
    """The same for an example customer."""
    writer: Literal["template", "llm"]
    model: str | None = None
    prompt_id: str | None = None
    prompt_sha: str | None = None
    template_ids: tuple[str, ...] = ()
    checks: tuple[Check, ...] = Field(default=())


class CopyEdit(Model):
    """A person's words in one part of a message, in the place of the writer's. Slots stand in both."""

    copy_id: str
    part: str
    was: str
    """The writer's words: where they are not there any more, the edit changes nothing."""
    now: str

    @property
    def back(self) -> "CopyEdit":
        """What takes it back."""
        return self.model_copy(update={"was": self.now, "now": self.was})


class Replaced(Model):
    """A message of the template's that stands where the model's was wanted."""

    copy_id: str
    code: str
    """`rejected` where the words were found wanting, twice; else the failure of the model's server (`llm_silent` …)."""
    reasons: tuple[str, ...]
    """What was found, or what failed, in plain sentences."""


class Writing(Model):
    """How the copy came about, where a model was asked to write it."""

    model: str
    by_model: int = Field(ge=0)
    """Messages of the model's."""
    by_template: int = Field(ge=0)
    replaced: tuple[Replaced, ...] = ()
    problem: str = ""
    """Why the model was not asked at all; empty where it was."""
    ranked_by: str = ""
    """What chose among its fit variants, and what that rests on; empty where it was not asked."""
