"""How well turns of a conversation are read: what each is, what it changes in the brief, what it asks.

A case holds a brief, a turn about it, its kind, and `changes`: the fields that differ afterwards, written as
`evals.briefs` writes them (null: not scored). `ask` is the kind of question, `asks` the fields asked back, `steps` the
arguments of steps. No shop is needed. Run as `python -m evals.chat [--failures]`.
"""

import argparse
import json
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from agent.brief.fields import BriefFields
from agent.brief.read import read_brief
from agent.conversation.apply import applied
from agent.conversation.hearing import Ear
from agent.conversation.read import read_turn
from agent.conversation.turn import STEP, Turn
from evals.briefs import read_values

CASES = Path(__file__).parent / "cases" / "chat.jsonl"


@dataclass
class Report:
    """`wrong`: case id → what was expected and what was read, by what differs."""

    cases: int = 0
    kind_right: int = 0
    changed_wrongly: int = 0
    """Turns that changed a field which they should not have changed."""
    wrong: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def exact(self) -> int:
        return self.cases - len(self.wrong)


def load(path: Path = CASES) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def score(cases: list[dict[str, Any]]) -> Report:
    """Reads each turn and holds it against its case."""
    report = Report()
    for case in cases:
        found = read(case)
        wanted = {name: case.get(name) for name in ("kind", "ask", "asks", "steps")}
        wrong = {k: {"expected": v, "read": found[k]} for k, v in wanted.items() if v != found[k]}
        changes = {k: v for k, v in found["changes"].items() if case["changes"].get(k, ...) is not None}
        expected = {k: v for k, v in case["changes"].items() if v is not None}
        if changes != expected:
            wrong["changes"] = {"expected": expected, "read": changes}
            report.changed_wrongly += bool(set(changes) - set(expected))
        report.cases += 1
        report.kind_right += "kind" not in wrong
        if wrong:
            report.wrong[case["id"]] = {"turn": case["turn"], **wrong}
    return report


def read(case: dict[str, Any]) -> dict[str, Any]:
    """Kind, ask, fields asked back, arguments of steps, and the fields of the brief that the turn changes."""
    ear = Ear(date.fromisoformat(case["today"]), "USD", "US")
    brief = read_brief(case["brief"], today=ear.today, shop_currency=ear.currency, shop_market=ear.market)
    turn = read_turn(case["turn"], brief, ear)
    whole = turn.heard.get("brief")
    after = whole.fields if whole else applied(brief, turn.edits, 1).fields
    return {
        "kind": turn.kind,
        "ask": turn.ask.kind if turn.ask else None,
        "asks": sorted({question.field for question in turn.questions}) or None,
        "steps": _steps(turn),
        "changes": _changes(brief.fields, after),
    }


def _steps(turn: Turn) -> dict[str, Any] | None:
    return {e.field.removeprefix(STEP): e.value for e in turn.edits if e.field.startswith(STEP)} or None


def _changes(old: BriefFields, new: BriefFields) -> dict[str, Any]:
    before, after = read_values(old), read_values(new)
    return {name: after.get(name) for name in {*before, *after} if before.get(name) != after.get(name)}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.chat", description="Scores the reader of turns.")
    parser.add_argument("--failures", action="store_true", help="show what was misread, as JSON lines")
    options = parser.parse_args(arguments)
    report = score(load())
    sys.stdout.write(
        f"turns {report.cases} · exact {report.exact / max(1, report.cases):.1%} · kind "
        f"{report.kind_right / max(1, report.cases):.1%} · changed what they should not: {report.changed_wrongly}\n"
    )
    if options.failures:
        for name, wrong in report.wrong.items():
            sys.stdout.write(json.dumps({"id": name, **wrong}, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
