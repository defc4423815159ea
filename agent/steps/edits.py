"""A person's own words in the copy: in the place of the writer's, and tried by the rules that all copy meets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.steps.context import EXAMPLE_NAMES, context_of, message_of
from agent.steps.requests import Cell, copy_requests
from tools.compliance.check import check_message, failures
from tools.compliance.types import Check
from tools.copywriter.slots import render, slot_values
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.workspace import Workspace
    from tools.copywriter.types import CopyEdit, CopyItem, CopyRequest

MOST_CHARACTERS = 5_000


@dataclass(frozen=True)
class Trial:
    """What a message would be with other words. `findings` are the rules that it breaks: `block` may not be kept."""

    was: str
    rendered: Mapping[str, str]
    findings: tuple[Check, ...]
    slots: Mapping[str, str]
    """The facts that its words may name, as the example customer reads them."""


def reworded(work: Workspace, items: tuple[CopyItem, ...], edits: Iterable[CopyEdit]) -> tuple[CopyItem, ...]:
    """The messages with each edit in the place of the words that it was made for; elsewhere it changes nothing."""
    by_copy: dict[str, list[CopyEdit]] = {}
    for edit in edits:
        by_copy.setdefault(edit.copy_id, []).append(edit)
    if not by_copy:
        return items
    requests = copy_requests(work)
    return tuple(_reworded(item, by_copy.get(item.copy_id, []), requests.get(cell_of(item))) for item in items)


def cell_of(item: CopyItem) -> Cell:
    return item.segment_id, item.channel, item.offer_id


def _reworded(item: CopyItem, edits: list[CopyEdit], request: CopyRequest | None) -> CopyItem:
    parts = {**item.parts, **{e.part: e.now for e in edits if item.parts.get(e.part) == e.was}}
    if request is None or parts == item.parts:
        return item
    rendered = render(parts, _values(item, request))
    return item.model_copy(update={"parts": parts, "rendered": rendered})


def _values(item: CopyItem, request: CopyRequest) -> dict[str, str]:
    return slot_values(request, first_name=EXAMPLE_NAMES[item.language])


def with_words(work: Workspace, copy_id: str, part: str, text: str) -> tuple[CopyEdit, ...]:
    """The campaign's edits with `text` in a part; words put back as the writer had them are no edit.

    Raises:
        ToolFailure: `no_copy`.
    """
    from tools.copywriter.types import CopyEdit

    stands = _item(work, copy_id, part).parts[part]
    others = tuple(e for e in work.line.edits if (e.copy_id, e.part) != (copy_id, part))
    mine = next((e for e in work.line.edits if (e.copy_id, e.part, e.now) == (copy_id, part, stands)), None)
    edit = CopyEdit(copy_id=copy_id, part=part, was=mine.was if mine else stands, now=text)
    return others if edit.was == edit.now else (*others, edit)


def tried(work: Workspace, copy_id: str, part: str, text: str) -> Trial:
    """One message with other words in a part, checked as it would be sent; nothing is kept.

    Raises:
        ToolFailure: `no_copy`.
    """
    item = _item(work, copy_id, part)
    request = copy_requests(work)[cell_of(item)]
    values = _values(item, request)
    changed = item.model_copy(update={"parts": {**item.parts, part: text}})
    try:
        rendered = render(changed.parts, values)
    except ToolFailure as failure:
        return Trial(item.parts[part], item.rendered, (_finding(work, item, failure.message),), values)
    found = [] if text.strip() else [_finding(work, item, f"`{part}` says nothing.")]
    context = context_of(work).model_copy(update={"offer": request.offer, "products": request.products})
    checks = check_message(message_of(work, changed.model_copy(update={"rendered": rendered}), request), context)
    return Trial(item.parts[part], rendered, (*found, *failures(checks)), values)


def _item(work: Workspace, copy_id: str, part: str) -> CopyItem:
    for item in work.copies:
        if item.copy_id == copy_id and part in item.parts:
            return item
    raise ToolFailure("no_copy", f"the plan has no message {copy_id[:100]!r} with a part {part[:40]!r}")


def _finding(work: Workspace, item: CopyItem, detail: str) -> Check:
    return Check(
        rule_id="slots",
        market=work.deps.store.info.market,
        severity="block",
        verdict="fail",
        subject=item.copy_id,
        detail=detail,
    )
