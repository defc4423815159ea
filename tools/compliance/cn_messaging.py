"""China: short messages, personal recommendations, marks on what a model wrote."""

from tools.compliance.finding import Finding, failed, message_rule, passed, plan_rule, shown, skipped
from tools.compliance.han import simplified
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.phrases import found_words
from tools.compliance.text import fold, joined


@message_rule("CN-SMS-01")
def signature_and_refusal(message: Message, context: Context, params: Params) -> Finding:
    """Consent of each number, the registered 【signature】, a way to refuse, and decent hours."""
    signature = (context.sender.sms_signature or "").strip("【】[] ")
    if not signature:
        return failed("The sender has no registered signature: declare `sms_signature` in the shop's sender.")
    text = joined(message.rendered).strip()
    mark = f"【{signature}】"
    if not (text.startswith(mark) or text.endswith(mark)):
        return failed(f"The SMS does not begin or end with the signature {shown([mark])}: put it first.")
    if not _refusal(text, params):
        return failed("The SMS offers no way to refuse: end it with “拒收请回复R”.")
    if context.audience.missing_consent:
        return failed(f"{context.audience.missing_consent} numbers have given no consent: take them out.")
    first, last = params.hours("hours")["CN"]
    hours = context.send_hours
    if hours is None or hours[0] < first or hours[1] > last:
        said = "are not set" if hours is None else f"{hours[0]}:00 to {hours[1]}:00 are too wide"
        return failed(f"The sending hours {said}: set `send_hours` within {first} to {last}.")
    return passed("Signature, refusal, consent and hours are in order.")


def _refusal(text: str, params: Params) -> bool:
    folded = "".join(simplified(text).split())
    return any(fold(words) in folded for words in params.words("refusal"))


@plan_rule("CN-PS-01")
def personal_recommendation(context: Context, _params: Params) -> Finding:
    """A personalised campaign has an unpersonalised variant or an easy refusal; prices do not differ by profile."""
    audience = context.audience
    if audience.price_differs_by_profile and not audience.offer_rules_published:
        return failed(
            "The same product has different prices by profile: use one price, or publish the rule that decides it "
            "(`offer_rules_published`)."
        )
    if not audience.personalised:
        return skipped("The campaign is not personalised.")
    if not (audience.non_personalised_variant or audience.refusal_offered):
        return failed(
            "A personalised campaign needs a variant that is not, or an easy refusal in each message: "
            "declare `non_personalised_variant` or `refusal_offered`."
        )
    return passed("Who does not want personal recommendations can refuse them.")


@message_rule("XX-AI-01")
def model_mark(message: Message, _context: Context, params: Params) -> Finding:
    """What a model wrote says so, where the market asks for it."""
    if message.writer != "llm":
        return skipped("A person wrote the words.")
    text = joined(message.rendered)
    marks = found_words(text, params.words("marks")) + [mark for mark in params.words("marks_zh") if mark in text]
    if not marks:
        return failed("A model wrote this and the text does not say so: add a mark such as “AI生成” in the footer.")
    return passed(f"The text is marked {shown(marks)}.")
