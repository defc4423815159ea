"""SMS in the US: hours, consent, brand and opt-out words, and how many."""

from tools.compliance.finding import Finding, failed, message_rule, passed, plan_rule, shown, skipped
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.phrases import found_words
from tools.compliance.text import clauses, fold, joined


@plan_rule("US-SMS-01")
def quiet_hours(context: Context, params: Params) -> Finding:
    """Sending hours are within the federal and the states' windows, in each recipient's own time."""
    if "sms" not in context.channels:
        return skipped("The plan sends no SMS.")
    hours = context.send_hours
    if hours is None:
        return failed("No sending hours are set: set `send_hours`, such as 10 to 17 in the recipient's time.")
    if not context.send_hours_local:
        return failed("The hours are not kept in each recipient's own time zone: send by the recipient's local time.")
    windows = [("federal", params.hours("federal")["US"]), *_states(context, params)]
    if context.audience.unknown_zone:
        windows.append((f"{context.audience.unknown_zone} customers of unknown zone", params.hours("unknown")["US"]))
    first, last = max(window[0] for _, window in windows), min(window[1] for _, window in windows)
    if hours[0] < first or hours[1] > last:
        names = [name for name, window in windows if hours[0] < window[0] or hours[1] > window[1]]
        return failed(
            f"{hours[0]}:00 to {hours[1]}:00 is outside the window of {shown(names)}: send {first} to {last}."
        )
    return passed(f"{hours[0]}:00 to {hours[1]}:00 local time is within every window.")


def _states(context: Context, params: Params) -> list[tuple[str, tuple[int, int]]]:
    windows = params.hours("states")
    if context.recipient_states is None:
        return list(windows.items())
    return [(state, windows[state]) for state in context.recipient_states if state in windows]


@plan_rule("US-SMS-02")
def written_consent(context: Context, _params: Params) -> Finding:
    """Prior express written consent of each recipient is on record."""
    if "sms" not in context.channels:
        return skipped("The plan sends no SMS.")
    if context.audience.missing_consent:
        return failed(f"{context.audience.missing_consent} customers have given no consent: take them out.")
    if not context.sender.sms_consent_written:
        return failed(
            "Consent to SMS must be written, with its time, text and channel on record: "
            "declare `sms_consent_written` in the shop's sender."
        )
    return passed("Everyone's written consent is on record, as the shop declares.")


@message_rule("US-SMS-03")
def brand_and_stop(message: Message, context: Context, params: Params) -> Finding:
    """The text names the brand, says how to opt out when that is due, and STOP is handled."""
    text = fold(clauses(joined(message.rendered)))
    names = [name for name in (context.sender.brand, context.sender.legal_name, context.sender.sms_signature) if name]
    if not any(fold(clauses(name)) in text for name in names):
        return failed(f"The SMS does not name the brand {shown([context.sender.brand])}: say who writes.")
    if message.first_message and not _opt_out(text, params):
        return failed("The SMS does not say how to opt out: add “Reply STOP to opt out”.")
    if not context.sender.sms_stop_handled:
        return failed(
            "Each of the words STOP, QUIT, END, REVOKE, OPT OUT, CANCEL and UNSUBSCRIBE has to suppress the number: "
            "declare `sms_stop_handled` in the shop's sender."
        )
    return passed("The SMS names the brand and the way out.")


def _opt_out(text: str, params: Params) -> bool:
    return bool(found_words(text, params.words("opt_out"))) or any(word in text for word in params.words("opt_out_zh"))


@plan_rule("US-SMS-04")
def most_a_day(context: Context, params: Params) -> Finding:
    """No more than three marketing messages to a number within 24 hours, where a state says so."""
    if "sms" not in context.channels:
        return skipped("The plan sends no SMS.")
    states = params.words("states")
    here = context.recipient_states
    if here is not None and not set(here) & set(states):
        return skipped("No recipient lives in a state that limits the number.")
    day = context.audience.sms_per_day_max
    most, planned = int(params.number("most")), context.audience.contacts_per_customer_max if day is None else day
    if planned > most:
        return failed(
            f"A customer may get {planned} SMS within 24 hours, {most} are allowed in {shown(states)}: plan fewer, "
            "or say the most a day in `sms_per_day_max`."
        )
    return passed(f"At most {planned} SMS within 24 hours.")
