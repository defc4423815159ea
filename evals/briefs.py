"""How well the reader of briefs reads: precision and recall a field, exact matches, and values it made up.

A case's `expected` holds what the brief states; a field that is absent is not stated, one that is null may be read
either way and is not scored. Audience conditions are written as `shown` writes them. Lists are scored by item.
Run as `python -m evals.briefs [--split dev|held] [--failures]`.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from agent.brief.fields import Brief, BriefFields
from agent.brief.read import read_brief
from tools.segments.filter import (
    AllOf,
    AnyOf,
    Attribute,
    Bought,
    Contacted,
    Everyone,
    Filter,
    Measure,
    Not,
    Ranked,
    Scope,
    Within,
)

CASES = Path(__file__).parent / "cases" / "briefs.jsonl"
INVENTED_COSTS = 10
"""A value that the brief does not support, against one that was missed."""
SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "eq": "="}
NAMES = {
    "recency_days": "recency",
    "spend_minor": "spend",
    "average_order_minor": "aov",
    "tenure_days": "tenure",
    "coupon_redemptions": "coupons",
}


@dataclass
class Counts:
    """Items of one field. `invented`: read where the brief states nothing of it."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    invented: int = 0

    @property
    def precision(self) -> float | None:
        """Null where nothing was read: no data."""
        read = self.right + self.wrong
        return self.right / read if read else None

    @property
    def recall(self) -> float | None:
        said = self.right + self.missed
        return self.right / said if said else None


@dataclass
class Report:
    cases: int = 0
    exact: int = 0
    status_right: int = 0
    status_scored: int = 0
    fields_right: int = 0
    fields_scored: int = 0
    """Fields that the brief states or that were read, over all cases."""
    questions: int = 0
    by_field: dict[str, Counts] = field(default_factory=dict)
    failures: list[dict[str, Any]] = field(default_factory=list)

    @property
    def invented(self) -> int:
        return sum(counts.invented for counts in self.by_field.values())

    @property
    def penalty(self) -> int:
        """Missed values, and values that were made up at ten times the cost."""
        return sum(counts.missed for counts in self.by_field.values()) + INVENTED_COSTS * self.invented


def shown(condition: Filter) -> str:
    """A filter in one line: `recency>=60`, `bought:coffee|tea@90d`, `(bought:coffee & !(bought:tea))`."""
    if isinstance(condition, AllOf | AnyOf):
        join = " & " if isinstance(condition, AllOf) else " | "
        return "(" + join.join(shown(part) for part in condition.of) + ")"
    if isinstance(condition, Not):
        return f"!({shown(condition.of)})"
    if isinstance(condition, Everyone):
        return "everyone"
    if isinstance(condition, Attribute):
        return f"attr:{condition.term or condition.column}"
    if isinstance(condition, Bought):
        times = f"x{condition.min_orders}" if condition.min_orders > 1 else ""
        return f"bought:{_things(condition.scope) or '*'}{_within(condition.within)}{times}"
    if isinstance(condition, Contacted):
        outcome = () if condition.outcome == "sent" else (condition.outcome,)
        kind = ",".join((*((condition.channel,) if condition.channel else ()), *outcome))
        return f"contacted{f'[{kind}]' if kind else ''}{_within(condition.within)}"
    if isinstance(condition, Ranked):
        name = NAMES.get(condition.measure, condition.measure)
        return f"{condition.end}{condition.share * 100:g}%:{name}{_within(condition.within)}"
    return _measure(condition)


def _measure(condition: Measure) -> str:
    value = condition.value / 100 if condition.measure.endswith("_minor") else condition.value
    scope = f":{_things(condition.scope)}" if condition.scope.terms else ""
    name = NAMES.get(condition.measure, condition.measure)
    return f"{name}{SIGNS[condition.op]}{value:g}{scope}{_within(condition.within)}"


def _things(scope: Scope) -> str:
    return "|".join(scope.terms)


def _within(within: Within | None) -> str:
    if within is None:
        return ""
    return f"@{within.days}d" if within.days else f"@{within.since or ''}..{within.until or ''}"


def read_values(fields: BriefFields) -> dict[str, Any]:
    """The stated fields in the form in which cases state them."""
    values: dict[str, Any] = fields.model_dump(mode="json", exclude_defaults=True)
    for name, conditions in (("audience", fields.audience), ("exclude", fields.exclude)):
        if conditions:
            values[name] = [shown(condition.filter) for condition in conditions]
    if fields.products:
        values["products"] = [product.text for product in fields.products]
    return values


def _same(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.lower().split()).strip(" .,")
    return float(value) if isinstance(value, int | float) else value


def same_items(value: Any) -> set[str]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return {json.dumps(_same(item), sort_keys=True, ensure_ascii=False) for item in listed}


def read_case(case: dict[str, Any]) -> Brief:
    shop = case.get("shop", {})
    return read_brief(
        case["text"],
        today=date.fromisoformat(case["today"]),
        shop_currency=shop.get("currency"),
        shop_market=shop.get("market"),
    )


def load(path: Path = CASES, split: str | None = None) -> list[dict[str, Any]]:
    """The cases of a JSON Lines file, of one split if given."""
    with path.open(encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines if line.strip()]
    return [case for case in cases if split in (None, case["split"])]


def score(cases: Iterable[dict[str, Any]]) -> Report:
    """Reads each case and counts what is right, missed, wrong and made up."""
    report = Report(by_field={name: Counts() for name in BriefFields.model_fields})
    for case in cases:
        _score_case(case, read_case(case), report)
    return report


def _score_case(case: dict[str, Any], brief: Brief, report: Report) -> None:
    expected, read = case["expected"], read_values(brief.fields)
    wrong: dict[str, Any] = {}
    for name, counts in report.by_field.items():
        if name in expected and expected[name] is None:
            continue
        said, got = same_items(expected.get(name)), same_items(read.get(name))
        counts.right += len(said & got)
        counts.wrong += len(got - said)
        counts.missed += len(said - got)
        counts.invented += max(0, len(got - said) - len(said - got))
        report.fields_scored += bool(said or got)
        report.fields_right += bool(said or got) and said == got
        if said != got:
            wrong[name] = {"expected": expected.get(name), "read": read.get(name)}
    if case["status"] is not None:
        report.status_scored += 1
        report.status_right += brief.status == case["status"]
        if brief.status != case["status"]:
            wrong["status"] = {
                "expected": case["status"],
                "read": brief.status,
                "questions": [q.question for q in brief.questions if q.blocking],
            }
    report.cases += 1
    report.exact += not wrong
    report.questions += len(brief.questions)
    if wrong:
        report.failures.append({"id": case["id"], "text": case["text"], "wrong": wrong})


def table(report: Report) -> str:
    """The report as lines of text."""

    def rate(value: float | None) -> str:
        return "no data" if value is None else f"{value:7.1%}"

    lines = [
        f"cases {report.cases} · exact {report.exact / max(1, report.cases):.1%} · fields right "
        f"{report.fields_right / max(1, report.fields_scored):.1%} · "
        f"status {report.status_right / max(1, report.status_scored):.1%} · "
        f"invented {report.invented} · penalty {report.penalty} · questions {report.questions}",
        f"{'field':<18}{'precision':>10}{'recall':>10}{'right':>7}{'wrong':>7}{'missed':>7}{'invented':>9}",
    ]
    for name, counts in report.by_field.items():
        lines.append(
            f"{name:<18}{rate(counts.precision):>10}{rate(counts.recall):>10}{counts.right:>7}{counts.wrong:>7}"
            f"{counts.missed:>7}{counts.invented:>9}"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.briefs", description="Scores the reader of briefs.")
    parser.add_argument("--split", choices=["dev", "held"])
    parser.add_argument("--failures", action="store_true", help="show what was misread, as JSON lines")
    options = parser.parse_args(arguments)
    report = score(load(split=options.split))
    sys.stdout.write(table(report) + "\n")
    if options.failures:
        for failure in report.failures:
            sys.stdout.write(json.dumps(failure, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
