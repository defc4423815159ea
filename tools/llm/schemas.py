"""The fixed set of JSON Schemas that a server is ever sent.

vLLM compiles each schema it meets, and a malformed one can kill its engine for everybody. So there is no schema made
at run time: these are built once from the copy channels' parts, and every string in them has a longest length.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tools.llm.wording import pattern

PART_LENGTHS: Mapping[str, int] = {
    "subject": 90,
    "preheader": 160,
    "headline": 90,
    "opening": 600,
    "reason": 600,
    "title": 70,
    "headline_1": 40,
    "headline_2": 40,
    "description_1": 110,
}
"""Part → most characters that a model may write in it, slots as they are written; the channel's limits are tighter."""
SHORTEST: Mapping[str, int] = {"opening": 16, "reason": 16}
LEAST = 3
"""Characters of a part at least, of those that `SHORTEST` names and of the others."""
WORDS, OFFER_WORDS = "words", "offer_words"
"""Forms of a copy schema (`copy_sms:words`): English held to `tools.llm.wording`, without an offer and with one."""

COPY_PARTS: Mapping[str, tuple[str, ...]] = {
    "copy_email": ("subject", "preheader", "headline", "opening", "reason"),
    "copy_sms": ("opening",),
    "copy_push": ("title", "opening"),
    "copy_search": ("headline_1", "headline_2", "description_1"),
    "copy_social": ("opening", "reason", "headline"),
    "copy_wechat": ("title", "opening", "reason"),
}
"""Schema → the parts of a message, in the order in which they are written."""


@cache
def schema(name: str) -> dict[str, Any]:
    """The schema of this name; a name that is not one of the set is our bug (`KeyError`)."""
    name, _, form = name.partition(":")
    parts = COPY_PARTS[name]
    return {
        "type": "object",
        "properties": {part: _part(name, part, form) for part in parts},
        "required": list(parts),
        "additionalProperties": False,
    }


def _part(name: str, part: str, form: str) -> dict[str, Any]:
    bare = {"type": "string", "minLength": SHORTEST.get(part, LEAST), "maxLength": PART_LENGTHS[part]}
    return {"type": "string", "pattern": pattern(name, part, offer=form == OFFER_WORDS)} if form else bare


def read(name: str, text: str) -> dict[str, str] | None:
    """A choice's text as the object its schema asks for; null where it is not one, whatever else it may be."""
    import json

    try:
        made = json.loads(text)
    except (ValueError, RecursionError):
        return None
    wanted = COPY_PARTS[name.partition(":")[0]]
    if not isinstance(made, dict) or set(made) != set(wanted):
        return None
    fits = all(isinstance(value, str) and len(value) <= PART_LENGTHS[part] for part, value in made.items())
    return {part: made[part] for part in wanted} if fits else None
