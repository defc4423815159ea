"""One request for copy for each cell of the allocation, made in one place for writing, checking and rendering."""

from agent.workspace import Workspace
from tools.copywriter.types import CopyRequest
from tools.failure import ToolFailure
from tools.response.types import Offer
from tools.vocabulary import Goal

Cell = tuple[str, str, str]
"""(segment_id, channel, offer_id)"""


def copy_requests(work: Workspace) -> dict[Cell, CopyRequest]:
    """Cell → request, in the allocation's order."""
    if work.allocation is None or work.audience is None:
        raise ToolFailure("out_of_order", "Copy is written for the allocation's cells: solve the budget first.")
    terms = work.terms
    names = {segment.segment_id: segment.name for segment in work.audience.part.segments}
    return {
        (cell.segment_id, cell.channel, cell.offer_id): CopyRequest(
            segment_id=cell.segment_id,
            segment_name=names[cell.segment_id],
            channel=cell.channel,
            language=terms.language,
            goal=_goal(work, cell.segment_id),
            tone=terms.tone,
            offer=_offer(work, cell.offer_id),
            products=tuple(p.fact for p in work.products if p.segment_id == cell.segment_id),
            window=terms.window,
            sender=work.deps.store.info.sender,
            currency=terms.currency,
            code=work.code,
            must_include=work.brief.must_include,
            must_avoid=work.brief.must_avoid,
        )
        for cell in work.allocation.cells
    }


def _offer(work: Workspace, offer_id: str) -> Offer:
    return next(offer for offer in work.offers if offer.offer_id == offer_id)


LAPSED_DAYS = 30
"""A customer without an order for this long may be told that it has been a while."""


def _goal(work: Workspace, segment_id: str) -> Goal:
    """The goal that the words are written for.

    Copy for `win_back` says that it has been a while since the last order. Where somebody of the segment ordered
    lately (only a category was left behind), that would be false, so the words for `retain` are taken.
    """
    goal = work.terms.goal
    if goal != "win_back" or work.audience is None:
        return goal
    members = work.audience.members
    recency = members.loc[members["segment_id"] == segment_id, "recency_days"]
    return "win_back" if bool((recency >= LAPSED_DAYS).all()) else "retain"
