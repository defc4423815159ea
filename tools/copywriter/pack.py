"""The schema of the copy packs: hand-written messages and lines, as data (`packs/<language>/*.yaml`).

A goal's file holds whole messages, each an opening and a reason that belong together, for one channel and one angle.
What every goal shares (how a product, an offer, a call to action or a footer is worded) is in `common.yaml`.
No text holds a digit: every fact is a slot, so a number can only come from the plan or the catalogue (promise 4).
"""

import re
from typing import Literal

from pydantic import Field, model_validator

from tools.copywriter.types import SLOTS, Tone
from tools.vocabulary import Channel, Goal, Language, Model, OfferType

Angle = Literal["need", "saving", "novelty", "gratitude", "season", "ease"]
ANGLES: tuple[Angle, ...] = ("need", "saving", "novelty", "gratitude", "season", "ease")

MESSAGE_PARTS: dict[Channel, tuple[str, ...]] = {
    "email": ("subject", "preheader", "headline", "opening", "reason"),
    "sms": ("opening",),
    "push": ("title", "opening"),
    "search": ("headline_1", "headline_2", "description_1"),
    "social": ("opening", "reason", "headline"),
    "wechat": ("title", "opening", "reason"),
}
"""What a goal's message must bring for each channel; the assembly adds the common lines."""

SLOT = re.compile(r"\{([a-z0-9_]+)\}")


def slots_in(text: str) -> set[str]:
    return set(SLOT.findall(text))


def _check_text(owner: str, text: str) -> None:
    unknown = slots_in(text) - set(SLOTS)
    if unknown:
        raise ValueError(f"`{owner}` uses unknown slots {sorted(unknown)}; known are {list(SLOTS)}")
    bare = SLOT.sub("", text)
    if any(ch.isdigit() for ch in bare):
        raise ValueError(f"`{owner}` holds a digit outside a slot: {text!r}")
    if "{" in bare or "}" in bare:
        raise ValueError(f"`{owner}` has an unbalanced brace: {text!r}")


class MessageTemplate(Model):
    """One hand-written message for a goal, channel and angle."""

    id: str
    channel: Channel
    angle: Angle
    tones: tuple[Tone, ...] = Field(min_length=1)
    needs_offer: bool = False
    """Only fits where the offer is not `none` (angle `saving` always does)."""
    parts: dict[str, str]

    @model_validator(mode="after")
    def _complete(self) -> "MessageTemplate":
        expected = set(MESSAGE_PARTS[self.channel])
        if set(self.parts) != expected:
            raise ValueError(f"`{self.id}` has parts {sorted(self.parts)}, {self.channel} needs {sorted(expected)}")
        for name, text in self.parts.items():
            _check_text(f"{self.id}.{name}", text)
        if self.angle == "saving" and not self.needs_offer:
            raise ValueError(f"`{self.id}` has the angle `saving` and must say `needs_offer: true`")
        return self


class CommonLine(Model):
    """A line that every goal shares."""

    id: str
    kind: Literal["product", "offer", "call_to_action", "footer", "opt_out"]
    channels: tuple[Channel, ...] = Field(min_length=1)
    tones: tuple[Tone, ...] = Field(min_length=1)
    offer_type: OfferType | None = None
    """For kind `offer`: which offer it words."""
    text: str

    @model_validator(mode="after")
    def _complete(self) -> "CommonLine":
        _check_text(self.id, self.text)
        if (self.kind == "offer") != (self.offer_type is not None):
            raise ValueError(f"`{self.id}`: exactly the lines of kind `offer` name an offer_type")
        return self


class GoalPack(Model):
    language: Language
    goal: Goal
    messages: tuple[MessageTemplate, ...]


class CommonPack(Model):
    language: Language
    lines: tuple[CommonLine, ...]
