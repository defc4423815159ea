"""Verdicts of the copy checks and legal rules: the `checks` part of a campaign. Engineering, not legal advice."""

from typing import Literal

from pydantic import Field

from tools.vocabulary import Market, Model

Severity = Literal["block", "warn"]
Verdict = Literal["pass", "fail", "not_applicable"]


class Check(Model):
    rule_id: str
    """`US-EM-01`, `price_facts` …: a rule of the data files."""
    market: Market
    severity: Severity
    """What a `fail` does: `block` stops the campaign, `warn` is shown."""
    verdict: Verdict
    subject: str
    """What was checked: a copy_id, `audience`, `offer:<id>`."""
    detail: str
    """One plain sentence: what was found, the words concerned, and what to do."""
    input_sha: str = Field(default="", max_length=64)
