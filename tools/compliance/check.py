"""Runs the rules: over one rendered message, over a plan and its audience. Engineering, not legal advice."""

import hashlib
from collections.abc import Callable, Iterable
from functools import cache

from tools.compliance.diversity import check_diversity
from tools.compliance.finding import Finding, functions
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.rule import Rule, rules
from tools.compliance.types import Check
from tools.vocabulary import Channel, Market

__all__ = ["blocked", "check_diversity", "check_message", "check_plan", "failures"]


def check_message(message: Message, context: Context) -> list[Check]:
    """Every message rule of the recipient's market and the message's channel, in the order of their ids.

    An unknown market (`XX`) takes the rules of all. A rule that is not yet in force warns where it would fail; one
    that has run out is not applicable.
    """
    from_message, _ = functions()
    inputs = _sha(message.model_dump_json(), context.model_dump_json())

    def run(rule: Rule) -> Finding:
        return from_message[rule.id](message, context, _params(rule.id))

    chosen = _chosen("message", message.market, (message.channel,))
    return [_check(rule, run, message.market, message.copy_id, inputs, context) for rule in chosen]


def check_plan(context: Context) -> list[Check]:
    """Every rule of the plan and its audience for `context.market`, and a warning for each rule long unreviewed."""
    _, from_plan = functions()
    inputs = _sha(context.model_dump_json())

    def run(rule: Rule) -> Finding:
        return from_plan[rule.id](context, _params(rule.id))

    checks = []
    for rule in _chosen("plan", context.market, context.channels):
        checks.append(_check(rule, run, context.market, "audience", inputs, context))
    return [*checks, *_stale(context)]


@cache
def _params(rule_id: str) -> Params:
    return Params(rules()[rule_id].params)


@cache
def _rule_sha(rule_id: str) -> str:
    return rules()[rule_id].sha()


def failures(checks: Iterable[Check], severity: str | None = None) -> list[Check]:
    """The failed checks; of one severity if it is named."""
    return [check for check in checks if check.verdict == "fail" and severity in (None, check.severity)]


def blocked(checks: Iterable[Check]) -> bool:
    """Whether anything stops this copy or plan."""
    return bool(failures(checks, "block"))


def _chosen(scope: str, market: Market, channels: tuple[Channel, ...]) -> list[Rule]:
    return [
        rule
        for rule in rules().values()
        if rule.scope == scope
        and rule.concerns(market)
        and (not rule.channels or not channels or set(rule.channels) & set(channels))
    ]


def _check(
    rule: Rule, run: Callable[[Rule], Finding], market: Market, subject: str, inputs: str, context: Context
) -> Check:
    if rule.effective_until is not None and context.today > rule.effective_until:
        finding = Finding("not_applicable", f"The rule ended on {rule.effective_until.isoformat()}.")
    else:
        finding = run(rule)
    severity, detail = finding.severity or rule.severity, finding.detail
    if finding.verdict == "fail" and severity == "block" and context.today < rule.effective_from:
        severity, detail = "warn", f"{detail} (In force from {rule.effective_from.isoformat()}.)"
    return Check(
        rule_id=rule.id,
        market=rule.verdict_market(market),
        severity=severity,
        verdict=finding.verdict,
        subject=subject,
        detail=detail,
        input_sha=_sha(_rule_sha(rule.id), inputs),
    )


def _stale(context: Context) -> list[Check]:
    return [
        Check(
            rule_id=rule.id,
            market=rule.verdict_market(context.market),
            severity="warn",
            verdict="fail",
            subject=f"rule:{rule.id}",
            detail=f"Nobody has reviewed this rule since {rule.reviewed_on.isoformat()}: have it read by a lawyer.",
            input_sha=_sha(_rule_sha(rule.id), context.today.isoformat()),
        )
        for rule in rules().values()
        if rule.concerns(context.market) and rule.stale(context.today)
    ]


def _sha(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
