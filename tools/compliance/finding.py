"""What a rule's function says, and the register of the functions by rule id."""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.types import Severity, Verdict

MODULES = (
    "attributes", "audience", "claims", "cn_ad", "cn_messaging", "email", "endorsement", "facts", "language", "limits",
    "link_rules", "pricing", "render", "restricted", "sms", "voice",
)  # fmt: skip
"""Where the functions are, by theme."""


@dataclass(frozen=True)
class Finding:
    """What a rule's function says. `severity` overrides the rule's own, for a rule with two tiers."""

    verdict: Verdict
    detail: str
    severity: Severity | None = None


def passed(detail: str) -> Finding:
    return Finding("pass", detail)


def failed(detail: str, severity: Severity | None = None) -> Finding:
    return Finding("fail", detail, severity)


def skipped(detail: str) -> Finding:
    return Finding("not_applicable", detail)


def shown(words: Iterable[str], most: int = 5, width: int = 60) -> str:
    """Words of a message for a sentence: each once, quoted, escaped and cut, because they may be anything."""
    unique = list(dict.fromkeys(words))
    cut = [ascii_safe(word if len(word) <= width else word[: width - 1] + "…") for word in unique[:most]]
    more = f" and {len(unique) - most} more" if len(unique) > most else ""
    return ", ".join(f"“{word}”" for word in cut) + more


def ascii_safe(word: str) -> str:
    """Characters that cannot be printed as `\\u…`, the rest as it is."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in word)


MessageRule = Callable[[Message, Context, Params], Finding]
PlanRule = Callable[[Context, Params], Finding]
_MESSAGE_RULES: dict[str, MessageRule] = {}
_PLAN_RULES: dict[str, PlanRule] = {}


def message_rule(rule_id: str) -> Callable[[MessageRule], MessageRule]:
    """Registers a function of one rendered message under its rule's id."""

    def register(function: MessageRule) -> MessageRule:
        if rule_id in _MESSAGE_RULES:
            raise ValueError(f"two functions for rule `{rule_id}`")
        _MESSAGE_RULES[rule_id] = function
        return function

    return register


def plan_rule(rule_id: str) -> Callable[[PlanRule], PlanRule]:
    """Registers a function of the plan and its audience under its rule's id."""

    def register(function: PlanRule) -> PlanRule:
        if rule_id in _PLAN_RULES:
            raise ValueError(f"two functions for rule `{rule_id}`")
        _PLAN_RULES[rule_id] = function
        return function

    return register


@cache
def functions() -> tuple[dict[str, MessageRule], dict[str, PlanRule]]:
    """The functions by rule id: of messages, of plans."""
    for module in MODULES:
        importlib.import_module(f"tools.compliance.{module}")
    return _MESSAGE_RULES, _PLAN_RULES
