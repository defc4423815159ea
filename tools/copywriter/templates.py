"""The template writer: hand-written messages chosen, put together and filled, for every request, without a model.

It is the floor: what it writes is good enough to send, the same on every run, and holds no number of its own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from tools.copywriter.assemble import NEAREST, shuffle_key
from tools.copywriter.desk import Desk, copy_item, make, set_desk
from tools.copywriter.pack import MessageTemplate
from tools.copywriter.types import CopyItem, CopyRequest
from tools.failure import ToolFailure


def write_templates(requests: Sequence[CopyRequest], *, seed: int, variants: int = 3) -> list[CopyItem]:
    """Messages for each request, `variants` of them, each with another angle.

    Different requests get different messages as far as the packs reach; the same requests and seed give the same copy.
    Where a tone has too few messages the nearest tone speaks, and `template_ids` says so (`tone:plain`).

    Args:
        requests: units of copy; the order matters only for who chooses first.
        seed: varies the choice.
        variants: how many for each request; fewer come back only where the packs have no more that fit.

    Raises:
        ToolFailure: `no_copy_fits` where a request has no message at all; `no_copy_pack`, `broken_copy_pack`,
            `bad_slot_value`, `offer_without_value`.
    """
    used: Counter[str] = Counter()
    return [item for request in requests for item in _write_one(set_desk(request, seed), variants, used)]


def every_message(request: CopyRequest, *, seed: int) -> list[CopyItem]:
    """Each message of the pack that fits the request, nearest tone first: what there is to choose from by hand.

    The variants are lettered in that order, so a copy_id here names another text than one of `write_templates`.
    """
    desk = set_desk(request, seed)
    made = [(message, made.draft) for message in _in_order(desk, {}) if (made := make(desk, message))]
    return [copy_item(desk, message, draft, _letters(at)) for at, (message, draft) in enumerate(made)]


def _write_one(desk: Desk, variants: int, used: Counter[str]) -> list[CopyItem]:
    items: list[CopyItem] = []
    taken: set[str] = set()
    for message in _in_order(desk, used):
        if len(items) == variants:
            break
        if message.angle in taken:
            continue
        made = make(desk, message, frozenset(line for item in items for line in item.template_ids))
        if made:
            items.append(copy_item(desk, message, made.draft, _letters(len(items))))
            taken.add(message.angle)
            used[message.id] += 1
    if not items:
        raise _nothing_fits(desk)
    return items


def _in_order(desk: Desk, used: Mapping[str, int]) -> list[MessageTemplate]:
    """Own tone first; in it what its channel shows whole, the saving, what has been used least, then by hash."""
    order = NEAREST[desk.request.tone]

    def key(message: MessageTemplate) -> tuple[int, bool, bool, int, str]:
        made = make(desk, message)
        return (
            min(map(order.index, message.tones)),
            made is None or made.over > 0,
            message.angle != "saving",
            used.get(message.id, 0),
            shuffle_key(desk.salt, message.id),
        )

    return sorted(desk.messages, key=key)


def _letters(position: int) -> str:
    """a … z, aa, ab …"""
    ahead, last = divmod(position, 26)
    return (_letters(ahead - 1) if ahead else "") + chr(ord("a") + last)


def _nothing_fits(desk: Desk) -> ToolFailure:
    request = desk.request
    known = ", ".join(sorted(desk.values))
    avoid = f", without the words {', '.join(request.must_avoid)}" if request.must_avoid else ""
    return ToolFailure(
        "no_copy_fits",
        f"No {request.language} message for `{request.goal}` by {request.channel} can be made for segment "
        f"`{request.segment_id}` within the channel's limits{avoid}, from what is known: {known}. "
        "Give the missing facts, shorten the brand or product name, or leave the channel out.",
        segment_id=request.segment_id,
        channel=request.channel,
        goal=request.goal,
        known=sorted(desk.values),
    )
