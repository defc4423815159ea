"""What the plan takes where the brief states nothing, said as evidence. Nothing is filled in silently (promise 1)."""

from agent.brief.fields import BriefFields
from tools.vocabulary import ADDRESSED

REASONS = {
    "goal": "not stated: the plan takes retain",
    "audience": "not stated: it is asked for, nobody is contacted until then",
    "exclude": "not stated: nobody is left out beyond consent, suppression and contact limits",
    "products": "not stated: the plan picks the products that fit each segment",
    "budget": "not stated: it is asked for, nothing is spent until then",
    "start": "not stated: it is asked for, nothing is sent until then",
    "end": "not stated: it is asked for, nothing is sent until then",
    "channels": f"not stated: all that the shop can send ({', '.join(ADDRESSED)})",
    "channels_excluded": "not stated: no channel is ruled out",
    "max_discount_pct": "not stated: the plan offers no deeper discount than the shop's own limit for offers",
    "offer_types": "not stated: the plan chooses among the kinds of offer within the limit, no offer among them",
    "tone": "not stated: warm",
    "copy_language": "not stated: the language of the shop's market",
    "kpi": "not stated: share of customers with an order in the window",
    "holdout_pct": "not stated: the shop's usual holdout, 10 % of each segment unless its settings say otherwise",
    "frequency_cap": "not stated: the shop's usual limit, 3 contacts per customer unless its settings say otherwise",
}


def default_reason(field: str, fields: BriefFields, *, asked: bool, every_channel: bool = False) -> str:
    """Why `field` is not the brief's own, and what stands in its place."""
    if field == "channels" and fields.channels_excluded:
        left = ", ".join(c for c in ADDRESSED if c not in fields.channels_excluded) or "none is left"
        return f"not named: all that the shop can send but those ruled out ({left})"
    if field == "channels" and every_channel:
        return f"all channels were asked for: all that the shop can send ({', '.join(ADDRESSED)})"
    if asked and field not in ("audience", "budget", "start", "end"):
        return "said, but not clearly: see the questions; the plan takes nothing until they are answered"
    if asked:
        return f"not clear or not stated: it is asked for, see the questions (`{field}`)"
    return REASONS[field]
