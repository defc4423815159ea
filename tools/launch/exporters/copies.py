"""The campaign's copy in another system's template language: the customer's own words become its merge tags."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tools.copywriter.slots import render, slot_values
from tools.copywriter.types import CHANNEL_PARTS, CopyItem, CopyRequest
from tools.copywriter.words import NAMELESS
from tools.failure import ToolFailure
from tools.launch.exporters.codes import shared_code
from tools.launch.exporters.sheet import sheet
from tools.launch.exporters.types import ExportInput, Writers
from tools.vocabulary import Channel

_NAME, _CODE = "\ue000", "\ue001"
"""Private-use characters that stand for the name and the code until the tags replace them; no checked copy has any."""


@dataclass(frozen=True)
class Dialect:
    """How a target names a customer's first name (with words where there is none) and code in its templates."""

    name: Callable[[str], str]
    """The words for a customer without a name → the merge tag."""
    code: str
    marks: tuple[str, ...]
    """What the target's template language gives a meaning: copy that holds any is refused."""


def template_rows(data: ExportInput, channel: Channel, dialect: Dialect) -> list[tuple[str, ...]]:
    """One row a copy: copy_id, segment_id, offer_id, language, variant, and the channel's parts as templates.

    Raises:
        ToolFailure: `template_mark` where a text would be read as a command of the target.
        ValueError: a copy cannot be rendered to its own example.
    """
    used = set(data.audience["copy_id"].dropna())
    return [
        (item.copy_id, item.segment_id, item.offer_id, item.language, item.variant, *_parts(data, item, dialect))
        for item in data.copies
        if item.channel == channel and item.copy_id in used
    ]


def templates(data: ExportInput, target: str, channel: Channel, dialect: Dialect) -> Writers:
    """`TARGET-CHANNEL-copy.csv`."""
    columns = ("copy_id", "segment_id", "offer_id", "language", "variant", *CHANNEL_PARTS[channel])
    return sheet(f"{target}-{channel}-copy", columns, template_rows(data, channel, dialect))


def _parts(data: ExportInput, item: CopyItem, dialect: Dialect) -> list[str]:
    values = slot_values(_request(data, item), first_name=None)
    texts = render(item.parts, values | {"first_name": _NAME})
    _check_example(item, texts)
    if data.unique_codes and "code" in values:
        texts = render(item.parts, values | {"first_name": _NAME, "code": _CODE})
    tag = dialect.name(NAMELESS[item.language])
    done = []
    for part in CHANNEL_PARTS[item.channel]:
        text = texts.get(part, "")
        for mark in dialect.marks:
            if mark in text:
                raise ToolFailure(
                    "template_mark", f"The {part} of `{item.copy_id}` holds {mark!r}, which the target would execute."
                )
        done.append(text.replace(_NAME, tag).replace(_CODE, dialect.code))
    return done


def _request(data: ExportInput, item: CopyItem) -> CopyRequest:
    """What the copy was written for, as far as the slots need it."""
    facts = {choice.product_id: choice.fact for choice in data.products}
    return CopyRequest(
        segment_id=item.segment_id,
        segment_name=item.segment_id,
        channel=item.channel,
        language=item.language,
        goal="retain",
        tone="plain",
        offer=next(offer for offer in data.offers if offer.offer_id == item.offer_id),
        products=tuple(facts[product] for product in item.product_ids),
        window=data.window,
        sender=data.sender,
        currency=data.currency,
        code=shared_code(item),
    )


def _check_example(item: CopyItem, texts: dict[str, str]) -> None:
    """The example is these texts with some name in them: so the other slots hold what was shown and approved."""
    for part, text in texts.items():
        pattern = re.escape(text).replace(re.escape(_NAME), ".{1,40}?")
        if not re.fullmatch(pattern, item.rendered[part], re.DOTALL):
            raise ValueError(f"the {part} of `{item.copy_id}` does not render to its example")
