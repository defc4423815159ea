"""Planted regressions: one thing made worse in a prompt or a part, as a careless change would, to see whether the gate
catches it. Each is applied in a process of its own, before anything is read: `python -m evals.planted NAME --out DIR`.
"""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Plant:
    """What is made worse, the tasks that could see it, and how it is done."""

    what: str
    tasks: tuple[str, ...]
    apply: Callable[[], None]


def _put(module: str, name: str, worse: object) -> None:
    """Lay `worse` over a name of a module; the name has to be there, or nothing was planted."""
    target = importlib.import_module(module)
    if not hasattr(target, name):
        raise AttributeError(f"`{module}` has no `{name}`: the plant has to follow the code")
    setattr(target, name, worse)


def _over(module: str, name: str, worse: object) -> Callable[[], None]:
    return lambda: _put(module, name, worse)


def _trigger_dropped() -> None:
    from agent.brief.lexicon import lexicon

    del lexicon("suspicious")["triggers"][0]


def _zhe_is_a_percentage_off() -> None:
    from agent.brief import percents

    real = percents._zhe

    def off(match: re.Match[str]) -> Any:
        share = real(match)
        return None if share is None else replace(share, value=100 - share.value)

    _put("agent.brief.percents", "_zhe", off)


def _texts_are_no_sms() -> None:
    from agent.brief.lexicon import lexicon

    for kind in ("clear", "listed"):
        lexicon("channels")[kind]["sms"] = ["sms"]


def _caps_are_offers() -> None:
    from agent.brief import discounts

    real = discounts._cap
    _put("agent.brief.discounts", "_cap", lambda caps, offers: real(offers, caps))


def _rule_passes(rule_id: str) -> Callable[[], None]:
    def apply() -> None:
        from tools.compliance.finding import functions, passed

        def anything(*given: object) -> Any:
            return passed("nothing looked at")

        messages, plans = functions()
        register: dict[str, Any] = messages if rule_id in messages else plans
        register[rule_id] = anything

    return apply


def _diversity_passes() -> None:
    from tools.compliance.finding import passed

    _put("tools.compliance.diversity", "_finding", lambda messages, params: passed("nothing looked at"))


def _templates(change: Callable[[str], str], language: str, goal: str) -> None:
    """Every template of a language and goal, changed."""
    from tools.copywriter.packs import goal_pack

    def worse(wanted: Any, about: Any) -> Any:
        pack = goal_pack(wanted, about)
        if (wanted, about) != (language, goal):
            return pack
        messages = tuple(
            message.model_copy(update={"parts": {part: change(text) for part, text in message.parts.items()}})
            for message in pack.messages
        )
        return pack.model_copy(update={"messages": messages})

    _put("tools.copywriter.desk", "goal_pack", worse)


def _number_leaked() -> None:
    _templates(lambda text: text + " Now 40% off.", "en", "retain")


def _wrong_slot() -> None:
    _templates(lambda text: text.replace("{product}", "{prodct}"), "en", "launch")


def _claim_leaked() -> None:
    _templates(lambda text: text + " 全网最佳。", "zh", "upsell")


def _english_for_chinese() -> None:
    from tools.copywriter.packs import common_pack, goal_pack

    _put("tools.copywriter.desk", "goal_pack", lambda language, goal: goal_pack("en", goal))
    _put("tools.copywriter.desk", "common_pack", lambda language: common_pack("en"))


def _two_variants() -> None:
    from tools.copywriter.templates import write_templates

    def fewer(requests: Any, *, seed: int, variants: int) -> Any:
        return write_templates(requests, seed=seed, variants=variants - 1)

    _put("evals.tasks.copy", "write_templates", fewer)


def _no_typos() -> None:
    from tools.catalog.keywords import KeywordIndex

    worse: Any = KeywordIndex
    worse._mistyped = lambda self, word: []
    worse._corrected = lambda self, word: word


def _undo_revises() -> None:
    from agent.conversation.planner import TOOL_FOR

    TOOL_FOR["undo"] = "revise_plan"


def _instruction_dropped() -> None:
    """The first rule of the copy prompt: the recorded answers were given to another question."""
    from prompts import load

    real = load.prompt("copy")
    lines = real.template.splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith("- Write the words only"))
    worse = real.model_copy(update={"template": "".join(lines[:at] + lines[at + 1 :])})
    _put("tools.copywriter.prompting", "prompt", lambda name: worse if name == "copy" else load.prompt(name))


def _never(*given: object) -> bool:
    return False


def _nothing(*given: object) -> tuple[Any, ...]:
    return ()


def _no_ranks(*given: object) -> dict[int, int]:
    return {}


def _as_it_is(word: str) -> str:
    return word


PLANTS: dict[str, Plant] = {
    "trigger-dropped": Plant("the first trigger of planted text is lost", ("injection",), _trigger_dropped),
    "carries-on": Plant(
        "the sentence after a planted one is read",
        ("injection", "briefs"),
        _over("agent.brief.suspicious", "_carries_on", _never),
    ),
    "refusals-dropped": Plant("nothing is refused", ("briefs",), _over("agent.brief.read", "refusals", _nothing)),
    "thousands-dropped": Plant("`20k` is twenty", ("briefs",), _over("agent.brief.money", "_scale_words", _nothing)),
    "zhe": Plant("8折 is 80 % off", ("briefs",), _zhe_is_a_percentage_off),
    "no-texts": Plant("`texts` are no SMS", ("briefs",), _texts_are_no_sms),
    "past-taken": Plant("last year's figures are taken", ("briefs",), _over("agent.brief.past", "past", _nothing)),
    "caps": Plant("offers and caps are taken for each other", ("briefs",), _caps_are_offers),
    "price-facts": Plant("digits outside slots pass", ("compliance",), _rule_passes("price_facts")),
    "link-facts": Plant("foreign links pass", ("compliance",), _rule_passes("link_facts")),
    "cn-ad-01": Plant("superlatives pass", ("compliance",), _rule_passes("CN-AD-01")),
    "us-sms-01": Plant("night-time SMS passes", ("compliance",), _rule_passes("US-SMS-01")),
    "placeholders": Plant("unfilled slots pass", ("compliance",), _rule_passes("placeholders")),
    "diversity": Plant("three equal variants pass", ("compliance",), _diversity_passes),
    "number-leaked": Plant("templates of `retain` state a number", ("copy",), _number_leaked),
    "wrong-slot": Plant("templates of `launch` use a slot that is not there", ("copy",), _wrong_slot),
    "claim-leaked": Plant("Chinese templates of `upsell` claim to be the best", ("copy",), _claim_leaked),
    "english": Plant("Chinese copy is English", ("copy",), _english_for_chinese),
    "undo-revises": Plant("an undo plans anew", ("chat",), _undo_revises),
    "question-changes": Plant(
        "a question about the plan is read as an edit of it",
        ("chat",),
        _over("agent.conversation.planner", "TOOL_FOR", {"question": "revise_plan"}),
    ),
    "instruction-dropped": Plant("a rule of the copy prompt is lost", ("writing",), _instruction_dropped),
    "two-variants": Plant("two variants instead of three", ("copy",), _two_variants),
    "no-keywords": Plant(
        "search by vectors alone", ("retrieval",), _over("tools.catalog.search", "_keyword_ranks", _no_ranks)
    ),
    "no-vectors": Plant(
        "search by keywords alone", ("retrieval",), _over("tools.catalog.search", "_vector_ranks", _no_ranks)
    ),
    "no-stems": Plant("plurals are other words", ("retrieval",), _over("tools.catalog.keywords", "stem", _as_it_is)),
    "no-typos": Plant("misspelt words are not corrected", ("retrieval",), _no_typos),
}


def main(arguments: list[str] | None = None) -> None:
    from evals.run import run
    from evals.target import Target

    parser = argparse.ArgumentParser(prog="python -m evals.planted", description=__doc__)
    parser.add_argument("name", choices=PLANTS)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    plant = PLANTS[options.name]
    plant.apply()
    run(plant.tasks, Target(), options.out, now=datetime.now(UTC))


if __name__ == "__main__":
    main()
