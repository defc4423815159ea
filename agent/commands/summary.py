"""A campaign in a screenful of plain text."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

from agent.brief.fields import Brief, Default, Quote
from agent.campaign import Campaign
from agent.report.language import language_of, sayer
from tools.budget.types import AllocationPart
from tools.copywriter.types import Writing
from tools.money import format_money
from tools.response.offers import offered
from tools.segments.types import AudiencePart

WIDTH = 12
Line = tuple[str, str]
"""A part's name, or nothing where it goes on, and what is said of it."""


def brief_lines(brief: Brief) -> list[str]:
    """The fields with the words they came from, then questions and notes."""
    lines = [f"status: {brief.status}"]
    stated = brief.fields.model_dump(mode="json")
    for name, entry in brief.evidence.items():
        quotes = entry if isinstance(entry, tuple) else (entry,)
        said = " · ".join(f"“{q.quote}”" for q in quotes if isinstance(q, Quote))
        default = " ".join(q.default for q in quotes if isinstance(q, Default))
        lines.append(f"{name + ':':<20}{_value(stated.get(name))}{'  ← ' + said if said else ''}{default}")
    lines += [f"question ({q.field}): {q.question}" for q in brief.questions]
    lines += [f"note: {note}" for note in brief.notes]
    return lines


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item["text"]) if isinstance(item, dict) else str(item) for item in value)
    if isinstance(value, dict) and "amount_minor" in value:
        return format_money(int(value["amount_minor"]), str(value["currency"]))
    return "" if value is None else str(value)


def summary_lines(campaign: Campaign, folder: Path) -> list[str]:
    """What was planned, in the order of the flow; each line begins with the part's name, in the brief's language."""
    t = sayer(language_of(campaign))
    return [_printed(t(name), t(text)) for name, text in _lines(campaign, folder)]


def _lines(campaign: Campaign, folder: Path) -> list[Line]:
    lines = [("Campaign", f"{campaign.campaign_id} · {campaign.status} · today is {campaign.today}")]
    lines.append(("Brief", _brief(campaign)))
    if campaign.audience:
        lines += _audience(campaign.audience)
    if campaign.allocation:
        lines += _allocation(campaign, campaign.allocation)
    if campaign.copies:
        first = campaign.copies[0].rendered
        shown = next(iter(first.values()))
        lines.append(("Copy", f"{len(campaign.copies)} messages, 3 variants a cell; one begins: “{shown}”"))
    if campaign.writing:
        lines += [("", sentence) for sentence in _writing(campaign.writing)]
    if campaign.checks:
        lines.append(("Checks", _checks(campaign)))
    if campaign.experiment:
        lines.append(("Test", campaign.experiment.note))
    if campaign.data and campaign.data.synthetic:
        columns = "; ".join(f"{table}: {', '.join(names)}" for table, names in campaign.data.synthetic.items())
        lines.append(("Synthetic", f"made by a generator, nobody's real data: {columns}"))
    lines += [("Question", question.question) for question in campaign.brief.questions if not question.blocking]
    if campaign.status == "draft":
        lines.append(("Approve", f"briefsmith approve {campaign.campaign_id} --as NAME --sha {sha(campaign)}"))
    else:
        lines.append(("Hash", sha(campaign)))
    report = folder / "report.html"
    lines.append(("Report" if report.is_file() else "Folder", str(report if report.is_file() else folder)))
    return lines


def sha(campaign: Campaign) -> str:
    """As much of the plan's hash as a person compares: what an approval is for."""
    return campaign.plan_sha()[:16]


def _printed(name: str, text: str) -> str:
    """Chinese characters are two columns wide."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in name)
    return f"{name:<{WIDTH - wide}}{text}"


def _brief(campaign: Campaign) -> str:
    fields = campaign.brief.fields
    words = [
        fields.goal or "no goal stated",
        f"{fields.start} to {fields.end}" if fields.start and fields.end else "no window",
        ", ".join(fields.channels) or "any channel",
        format_money(fields.budget.amount_minor, fields.budget.currency, trim=True) if fields.budget else "no budget",
    ]
    if fields.max_discount_pct is not None:
        words.append(f"at most {fields.max_discount_pct:g} % off")
    return " · ".join(words)


def _audience(part: AudiencePart) -> list[Line]:
    funnel = " → ".join(f"{step.customers:,} {step.step.replace('_', ' ')}" for step in part.funnel)
    lines = [("Audience", funnel)]
    lines += [("", note) for note in part.notes]
    lines += [("Segment", f"{segment.name}: {segment.size:,}") for segment in part.segments]
    return lines


def _allocation(campaign: Campaign, allocation: AllocationPart) -> list[Line]:
    currency = campaign.data.currency if campaign.data else "USD"

    def money(minor: float) -> str:
        return format_money(round(minor), currency)

    names = {s.segment_id: s.name for s in campaign.audience.segments} if campaign.audience else {}
    weakest = min((c.basis for c in campaign.forecast), key=("assumed", "observational", "randomised").index)
    lines = [
        (
            "Budget",
            f"spends {money(allocation.spend_minor)} of {money(allocation.budget_minor)} ({allocation.status}, "
            f"gap {allocation.gap:.1e}); expected incremental margin {money(allocation.objective)} ({weakest}); "
            f"the next {money(100)} would bring {money(100 * allocation.shadow_price)}",
        )
    ]
    lines += [
        (
            "",
            f"{names.get(cell.segment_id, cell.segment_id)} by {cell.channel} {offered(cell.offer_id)}: "
            f"{cell.customers:,} customers, cost {money(cell.cost_minor)}, "
            f"margin {money(cell.incremental_margin_minor)}",
        )
        for cell in allocation.cells
    ]
    return lines + [("", sentence) for sentence in allocation.explanation]


def _writing(writing: Writing) -> list[str]:
    """Who wrote how much, and the commonest reasons for which the model's words were not taken."""
    if writing.problem:
        return [f"The templates wrote it: the model {writing.model} was not asked. {writing.problem}"]
    lines = [f"The model {writing.model} wrote {writing.by_model} of them, the templates {writing.by_template}."]
    if writing.ranked_by:
        lines.append(f"Among its fit variants chose {writing.ranked_by}.")
    reasons = Counter(reason for one in writing.replaced for reason in one.reasons)
    return lines + [f"Not taken: {reason} ({times} times)" for reason, times in reasons.most_common(3)]


def _checks(campaign: Campaign) -> str:
    verdicts = [check.verdict for check in campaign.checks]
    warned = sorted({c.rule_id for c in campaign.checks if c.verdict == "fail" and c.severity == "warn"})
    rules = len({check.rule_id for check in campaign.checks})
    words = f"{rules} rules, {verdicts.count('pass')} checks passed, {verdicts.count('fail')} warnings"
    return f"{words} ({', '.join(warned)})" if warned else words
