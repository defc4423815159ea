"""E-mail: the US CAN-SPAM Act, and what the large mailbox providers require of bulk senders."""

from datetime import date, timedelta

from tools.compliance.finding import Finding, failed, message_rule, passed, plan_rule, shown, skipped
from tools.compliance.links import host_of
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.phrases import found_words
from tools.compliance.text import clauses, fold, joined


@message_rule("US-EM-01")
def postal_address(message: Message, context: Context, params: Params) -> Finding:
    """A valid physical postal address stands in the e-mail."""
    address = clauses(context.sender.postal_address or "")
    if len(address) < params.number("shortest") or not any(char.isalpha() for char in address):
        return failed("The sender has no postal address: declare `postal_address` in the shop's sender.")
    if fold(address) not in fold(clauses(joined(message.rendered))):
        return failed(f"The e-mail does not show the postal address {shown([address])}: put it in the footer.")
    return passed("The e-mail shows the sender's postal address.")


@message_rule("US-EM-02")
def unsubscribe(message: Message, context: Context, params: Params) -> Finding:
    """A working unsubscribe link on an allowed host, live for thirty days after sending."""
    link, days = context.sender.unsubscribe_url, int(params.number("live_days"))
    if not link:
        return failed("The sender has no unsubscribe link: declare `unsubscribe_url` in the shop's sender.")
    hosts = {host_of(entry) for entry in (*context.allowed_links, context.sender.website or "") if entry}
    if not link.startswith("https://") or host_of(link) not in hosts:
        return failed(f"The unsubscribe link {shown([link])} must be https on the sender's site or an allowed host.")
    if not _shows(message, link):
        return failed(f"The e-mail does not show the unsubscribe link {shown([link])}: put it in the footer.")
    live = context.sender.unsubscribe_live_days
    if live is None or live < days:
        return failed(
            f"The link has to work for {days} days after sending: declare `unsubscribe_live_days` in the shop's sender."
        )
    return passed(f"The unsubscribe link is shown, and is declared to work for {live} days.")


def _shows(message: Message, link: str) -> bool:
    return link in joined(message.rendered) or (message.html is not None and link in message.html.replace("&amp;", "&"))


def business_days(first: date, last: date) -> int:
    """Weekdays after `first` up to and with `last`. Holidays count as business days, which is the stricter reading."""
    return sum((first + timedelta(days=day)).weekday() < 5 for day in range(1, (last - first).days + 1))


@plan_rule("US-EM-03")
def suppression(context: Context, params: Params) -> Finding:
    """Opt-outs are honoured within ten business days: the export is fresh, and nobody on it is in the audience."""
    if context.audience.suppressed_in_audience:
        return failed(
            f"{context.audience.suppressed_in_audience} customers of the audience have opted out: take them out."
        )
    age, most = context.audience.suppression_age_days, int(params.number("business_days"))
    if age is None:
        return failed("There is no suppression list: import `suppressions`, an empty one if nobody has opted out.")
    days = business_days(context.today - timedelta(days=min(age, 3650)), context.today)
    if days > most:
        return failed(f"The suppression list is {days} business days old, {most} are allowed: import a new export.")
    return passed(f"Nobody who opted out is in the audience; the list is {days} business days old.")


@message_rule("US-EM-04")
def honest_subject(message: Message, _context: Context, params: Params) -> Finding:
    """No `RE:` without a thread; what the subject claims comes again in the body."""
    subject = message.rendered.get("subject", "")
    body = joined({part: text for part, text in message.rendered.items() if part not in ("subject", "preheader")})
    start = fold(subject).lstrip()
    if prefixes := [mark for mark in params.words("reply_marks") if start.startswith(fold(mark))]:
        return failed(f"The subject begins with {shown(prefixes)}, but this e-mail answers none: take it out.")
    missing = []
    for claims in params.groups("claims").values():
        claimed = _words_of(subject, claims, params)
        if claimed and not _words_of(body, claims, params):
            missing += claimed
    if missing:
        return failed(f"The subject says {shown(missing)}, and the body does not come back to it: say it there too.")
    return passed("The subject claims nothing that the body does not.")


def _words_of(text: str, claims: tuple[str, ...], params: Params) -> list[str]:
    han = [word for word in claims if not word.isascii()]
    latin = [word for word in claims if word.isascii()]
    return found_words(text, latin, params.words("unless")) + [word for word in han if word in text]


@message_rule("XX-EM-05")
def bulk_sender(_message: Message, context: Context, _params: Params) -> Finding:
    """One-click unsubscribe headers (RFC 8058) and an aligned From domain, as the shop declares."""
    sender = context.sender
    missing = []
    if not sender.list_unsubscribe_one_click:
        missing.append("`list_unsubscribe_one_click` (both RFC 8058 headers are set)")
    if not sender.from_domain_aligned:
        missing.append("`from_domain_aligned` (SPF or DKIM agrees with the From domain)")
    if not (sender.unsubscribe_url or "").startswith("https://"):
        missing.append("an https `unsubscribe_url`")
    if missing:
        return failed(f"Declare in the shop's sender, once the sending system does it: {', '.join(missing)}.")
    return passed("One-click unsubscribe and an aligned From domain are declared.")


@message_rule("EU-CO-02")
def opt_out(message: Message, context: Context, params: Params) -> Finding:
    """Each e-mail and SMS offers the way out; who has objected is not in the audience."""
    if context.audience.suppressed_in_audience:
        return failed(
            f"{context.audience.suppressed_in_audience} customers of the audience have objected: take them out."
        )
    if message.channel == "push":
        return skipped("A push message is refused in the device's settings.")
    text = joined(message.rendered)
    link = context.sender.unsubscribe_url
    if link and _shows(message, link):
        return passed("The message shows the way out.")
    if message.channel == "sms" and (
        found_words(text, params.words("sms_words")) or any(word in text for word in params.words("sms_words_zh"))
    ):
        return passed("The message says how to opt out.")
    return failed("The message does not say how to opt out: add the unsubscribe link, or for SMS the reply word.")
