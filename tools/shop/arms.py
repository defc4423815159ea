"""Which arm of a test was left without contact, by what it is called."""

from __future__ import annotations

from collections.abc import Sequence

UNCONTACTED = frozenset(
    {"holdout", "heldout", "control", "controlgroup", "ctrl", "nocontact", "nocampaign", "notreatment", "untreated"}
    | {"none", "nothing", "notcontacted", "nottreated", "unexposed"}
    | {f"no{what}" for what in ("email", "mail", "sms", "push", "message", "offer")}
)
"""Names of an arm that was left without contact, without case, spaces and dashes."""
FLAGS = ({"0", "1"}, {"0.0", "1.0"}, {"false", "true"}, {"no", "yes"}, {"f", "t"}, {"n", "y"})
"""Two arms that are a flag: the first of each pair says that nothing was done."""
NAY = frozenset({"0", "0.0", "false", "no", "f", "n"})


def left_alone(word: str) -> bool:
    """Whether the name of an arm or channel says that nobody is contacted."""
    return "".join(c for c in word.casefold() if c.isalnum()) in UNCONTACTED


def arms_left_alone(arms: Sequence[str]) -> list[str]:
    """Arms whose name says so; of two that are a flag (0 and 1, no and yes) the one that says no."""
    named = [arm for arm in arms if left_alone(arm)]
    if named or {arm.casefold() for arm in arms} not in FLAGS:
        return named
    return [arm for arm in arms if arm.casefold() in NAY]
