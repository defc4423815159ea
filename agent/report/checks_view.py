"""The checks: what blocks and what warns in full, and the whole list folded by rule and finding."""

from dataclasses import dataclass

from agent.campaign import Campaign
from tools.compliance.types import Check


@dataclass(frozen=True)
class CheckRow:
    rule_id: str
    market: str
    outcome: str
    """pass · warning · block · does not apply"""
    detail: str
    subjects: tuple[str, ...]


@dataclass(frozen=True)
class ChecksView:
    passed: int
    warned: int
    blocked: int
    not_applicable: int
    problems: tuple[CheckRow, ...]
    rows: tuple[CheckRow, ...]


def checks_view(campaign: Campaign) -> ChecksView:
    """Copy's own checks and the campaign's, each once."""
    checks = list(dict.fromkeys([*campaign.checks, *(check for one in campaign.copies for check in one.checks)]))
    outcomes = [_outcome(one) for one in checks]
    rows = _rows(checks)
    problems = [one for word in ("block", "warning") for one in rows if one.outcome == word]
    return ChecksView(
        passed=outcomes.count("pass"),
        warned=outcomes.count("warning"),
        blocked=outcomes.count("block"),
        not_applicable=outcomes.count("does not apply"),
        problems=tuple(problems),
        rows=tuple(rows),
    )


def _outcome(one: Check) -> str:
    if one.verdict == "fail":
        return "block" if one.severity == "block" else "warning"
    return "pass" if one.verdict == "pass" else "does not apply"


def _rows(checks: list[Check]) -> list[CheckRow]:
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for one in checks:
        found.setdefault((one.rule_id, one.market, _outcome(one), one.detail), []).append(one.subject)
    return [CheckRow(*key, subjects=tuple(dict.fromkeys(subjects))) for key, subjects in found.items()]
