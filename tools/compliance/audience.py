"""Who may be contacted: consent, minors, special categories, how often."""

from tools.compliance.finding import Finding, failed, passed, plan_rule, shown, skipped
from tools.compliance.message import Context
from tools.compliance.params import Params


@plan_rule("XX-FQ-01")
def frequency(context: Context, _params: Params) -> Finding:
    """Nobody gets more messages than the cap, over channels and campaigns."""
    cap, most = context.audience.frequency_cap, context.audience.contacts_per_customer_max
    if cap is None:
        return failed("No frequency cap is set: say how many messages a customer may get (`frequency_cap`).")
    if most > cap:
        return failed(f"A customer would get {most} messages, the cap is {cap}: drop a channel, or raise the cap.")
    return passed(f"A customer gets {most} messages at most, within the cap of {cap}.")


@plan_rule("XX-MI-01")
def minors(context: Context, params: Params) -> Finding:
    """No one under the market's age is in the audience; the share of unknown ages is said."""
    ages = params.numbers("ages")
    limit = int(max(ages.values()) if context.market == "XX" else ages[context.market])
    audience = context.audience
    unknown = f"the age of {1 - audience.min_age_known_share:.0%} is not known"
    if audience.possibly_under_age:
        return failed(
            f"{audience.possibly_under_age} customers may be under {limit}, and {unknown}: take the minors out."
        )
    if audience.youngest_known_age is not None and audience.youngest_known_age < limit:
        return failed(
            f"The youngest customer on record is {audience.youngest_known_age}, under {limit}: take the minors out."
        )
    return passed(f"Nobody on record is under {limit}; {unknown}.")


@plan_rule("EU-SG-01")
def special_categories(context: Context, _params: Params) -> Finding:
    """No special category, or proxy of one, in segment rules or features without explicit consent."""
    terms = context.audience.sensitive_terms
    if not terms:
        return passed("No segment rule touches a special category.")
    if context.audience.explicit_consent:
        return passed(f"{shown(terms)}: everyone has consented explicitly.")
    return failed(
        f"{shown(terms)} may reveal a special category: take it out of the segments, or record explicit consent."
    )


@plan_rule("EU-CO-01")
def consent(context: Context, _params: Params) -> Finding:
    """E-mail and SMS go to who has consented, or is a customer under the soft opt-in."""
    if not set(context.channels) & {"email", "sms"}:
        return skipped("The plan sends no e-mail or SMS.")
    without = context.audience.missing_consent - context.audience.soft_opt_in
    if without > 0:
        return failed(f"{without} customers have neither consented nor fall under the soft opt-in: take them out.")
    return passed("Everyone has consented, or falls under the soft opt-in.")
