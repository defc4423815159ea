"""The golden cases: `cases/<rule>.yaml`, a list of them a rule."""

from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from pydantic import Field

from evals.golden import base
from evals.golden.base import DOG_FOOD
from tools.compliance.check import check_message, check_plan
from tools.compliance.diversity import check_diversity
from tools.compliance.rule import rules
from tools.compliance.types import Check
from tools.vocabulary import Market, Model


class Case(Model):
    """One change of an honest message or its context, and what the rule has to say of it."""

    rule: str
    name: str
    base: str = "us_email"
    """Market (us, cn, eu, uk) and channel (email, sms, push) of the honest message."""
    goods: str = DOG_FOOD
    """What it speaks of, one of `goods.NAMES`."""
    add: str = ""
    parts: dict[str, str] = Field(default_factory=dict)
    message: dict[str, Any] = Field(default_factory=dict)
    context: dict[str, Any] = Field(default_factory=dict)
    texts: tuple[str, ...] = ()
    """Bodies of the variants, for a rule over a set."""
    expect: Literal["pass", "fail", "not_applicable"]
    severity: Literal["block", "warn"] | None = None
    says: str = ""
    """Words that the detail has to hold."""

    @property
    def negative(self) -> bool:
        """The rule must not fail."""
        return self.expect != "fail"


@cache
def cases() -> tuple[Case, ...]:
    found = []
    for entry in sorted((files("evals.golden") / "cases").iterdir(), key=lambda path: path.name):
        if entry.name.endswith(".yaml"):
            rows = yaml.safe_load(entry.read_text(encoding="utf-8"))
            found += [Case(rule=entry.name.removesuffix(".yaml"), **row) for row in rows]
    return tuple(found)


def verdict(case: Case) -> Check:
    """The case's rule, run with all the others as in a campaign."""
    if case.texts:
        return _set_verdict(case)
    facts = base.context(case.base, goods=case.goods, **case.context)
    if rules()[case.rule].scope == "plan":
        checks = check_plan(facts)
    else:
        text = base.message(case.base, goods=case.goods, add=case.add, parts=case.parts, **case.message)
        checks = check_message(text, facts)
    return next((check for check in checks if check.rule_id == case.rule), _not_run(case, facts.market))


def _not_run(case: Case, market: Market) -> Check:
    """The rule is of another market or channel, so nobody is told of it."""
    return Check(
        rule_id=case.rule,
        market=market,
        severity="block",
        verdict="not_applicable",
        subject="audience",
        detail="The rule is of another market or channel.",
        input_sha="",
    )


def _set_verdict(case: Case) -> Check:
    kind = "cn_push" if case.base.startswith("cn") else "us_push"
    parts = ({"title": "{product}", "body": text} for text in case.texts)
    variants = [base.message(kind, goods=case.goods, parts=texts, copy_id=f"v{at}") for at, texts in enumerate(parts)]
    return next(iter(check_diversity(variants)))
