"""What a campaign waits for: the brief's questions, and what a tool could not do with the brief as it is."""

import re

from agent.brief.fields import Brief, Question
from agent.campaign import Campaign
from agent.errors import TYPE_BASE

FIELD_OF = {
    "unresolved-terms": "audience", "unknown-attribute": "audience", "unknown-value": "audience",
    "currency-mismatch": "budget", "channel-not-supported": "channels", "offer-not-supported": "offer_types",
    "no-products": "products",
}  # fmt: skip
QUOTED = re.compile(r"“([^”]+)”")


def open_questions(campaign: Campaign) -> Brief:
    """The campaign's brief, its questions those that an answer would be to."""
    brief, problem = campaign.brief, campaign.problem
    if campaign.status != "needs_input" or problem is None or brief.status != "ok":
        return brief
    field = FIELD_OF.get(problem.type.removeprefix(TYPE_BASE))
    if field is None:
        return brief
    words = QUOTED.findall(problem.detail) if field == "audience" else [None]
    asked = tuple(Question(field=field, question=problem.detail, quote=word) for word in words[:1] or [None])
    return brief.model_copy(update={"status": "needs_input", "questions": asked})
