"""What the channel takes: lengths, by each channel's own counting."""

from tools.compliance.finding import Finding, failed, message_rule, passed, shown, skipped
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.placeholder import unfilled


@message_rule("channel_limits")
def channel_limits(message: Message, _context: Context, _params: Params) -> Finding:
    """Hard limits block (the message would be cut or refused); soft ones warn (part of it is folded away)."""
    from tools.copywriter.limits import channel_findings

    if not any(text.strip() for text in message.rendered.values()):
        return failed("The message is empty: write its parts.")
    findings = channel_findings(message.channel, message.rendered)
    if not findings:
        return passed(f"Every part fits {message.channel}.")
    hard = [finding for finding in findings if finding.hard]
    worst = "; ".join(
        f"`{finding.part}` has {finding.length} {finding.unit}, at most {finding.limit} fit"
        for finding in hard or findings
    )
    if hard:
        return failed(f"{worst}: shorten it, or it is cut or refused.")
    return failed(f"{worst} on common screens: shorten it.", "warn")


@message_rule("placeholders")
def placeholders(message: Message, _context: Context, params: Params) -> Finding:
    """Nothing unfilled: no brace, merge tag, `[NAME]`, filler text; no slot with an empty or computer-made value."""
    if not message.rendered:
        return skipped("The message has no text.")
    empty = {value.casefold() for value in params.words("empty_values")} | {""}
    found = [word for text in message.rendered.values() for word in unfilled(text, params)]
    found += [f"{{{slot}}} = {value!r}" for slot, value in message.slots.items() if value.strip().casefold() in empty]
    if found:
        return failed(f"Unfilled: {shown(found)}. Give each slot a value, or a fallback.")
    return passed("Every slot is filled.")
