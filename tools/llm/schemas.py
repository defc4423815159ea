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


PIECE_FIELDS = (
    "goal", "kpi", "audience", "exclude", "products", "budget", "window", "channels", "discount", "tone",
    "copy_language", "holdout", "frequency_cap", "other",
)  # fmt: skip
"""What a piece of a brief can state."""
MOST_PIECES = 240
"""Of one brief; a page has some forty."""
TURN_ACTS = (
    "set_budget", "set_window", "set_discount", "no_discount", "set_tone", "set_language", "set_holdout",
    "set_frequency", "set_goal", "set_products", "add_channels", "only_channels", "drop_channels", "add_audience",
    "only_audience", "instead_audience", "drop_audience", "suppose", "undo", "ask_segment", "ask_more_budget",
    "ask_left_out", "ask_members", "ask_which_limit", "ask_no_offer", "ask_channel", "ask_test", "ask_basis",
    "ask_copy", "ask_products", "ask_checks", "ask_spend", "ask_expected", "ask_size", "ask_summary", "ask_changed",
    "ask_help",
)  # fmt: skip
"""What a piece of a turn can do."""
POINTING: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "brief_pieces": ("pieces", "field", PIECE_FIELDS),
    "turn_acts": ("acts", "act", TURN_ACTS),
}
"""Schema → the list that it asks for, and what is said of each numbered piece, of which words."""


@cache
def schema(name: str) -> dict[str, Any]:
    """The schema of this name; a name that is not one of the set is our bug (`KeyError`)."""
    if name in POINTING:
        return _pointing(*POINTING[name])
    name, _, form = name.partition(":")
    parts = COPY_PARTS[name]
    return {
        "type": "object",
        "properties": {part: _part(name, part, form) for part in parts},
        "required": list(parts),
        "additionalProperties": False,
    }


def _pointing(listed: str, said: str, words: tuple[str, ...]) -> dict[str, Any]:
    piece = {
        "type": "object",
        "properties": {
            "piece": {"type": "integer", "minimum": 1, "maximum": MOST_PIECES},
            said: {"type": "string", "enum": list(words)},
        },
        "required": ["piece", said],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {listed: {"type": "array", "items": piece, "maxItems": MOST_PIECES}},
        "required": [listed],
        "additionalProperties": False,
    }


def read_pointing(name: str, text: str) -> tuple[tuple[int, str], ...]:
    """A choice's text as (piece, word) pairs; empty where it is not what the schema asks for."""
    import json

    listed, said, words = POINTING[name]
    try:
        made = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    items = made.get(listed) if isinstance(made, dict) else None
    found = []
    for one in items[:MOST_PIECES] if isinstance(items, list) else ():
        number, word = (one.get("piece"), one.get(said)) if isinstance(one, dict) else (None, None)
        if type(number) is int and word in words:
            found.append((number, str(word)))
    return tuple(found)


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
