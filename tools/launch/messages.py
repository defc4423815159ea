"""The messages as they will be sent: one row a contacted customer, every slot filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tools.copywriter.slots import render, render_many, slot_values
from tools.copywriter.sms import gsm_text, sms_segments
from tools.copywriter.types import CHANNEL_PARTS, CopyItem, CopyRequest
from tools.copywriter.words import first_name_words

if TYPE_CHECKING:
    import pandas as pd

PART_COLUMNS = tuple(dict.fromkeys(part for parts in CHANNEL_PARTS.values() for part in parts))


def messages(
    audience: pd.DataFrame,
    first_names: Mapping[str, str | None],
    copies: Sequence[CopyItem],
    requests: Mapping[tuple[str, str, str], CopyRequest],
    *,
    sms_segments_most: int,
) -> pd.DataFrame:
    """Columns customer_id, channel, copy_id, language, and one a part that any of the copies has.

    Args:
        audience: the deliveries, one row a customer.
        first_names: customer → first name, null where there is none.
        requests: (segment, channel, offer) → the request that the copy was written for.
        sms_segments_most: segments that one text message was costed with.

    Raises:
        ValueError: a text message is longer than it was costed, even without a name.
    """
    import pandas as pd

    frames = []
    for item in copies:
        ids = audience.loc[audience["copy_id"] == item.copy_id, "customer_id"].tolist()
        if not ids:
            continue
        request = requests[item.segment_id, item.channel, item.offer_id]
        parts = _rendered(item, request, [first_names.get(customer_id) for customer_id in ids], sms_segments_most)
        head = {"customer_id": ids, "channel": item.channel, "copy_id": item.copy_id, "language": item.language}
        frames.append(pd.DataFrame({**head, **parts}))
    columns = ["customer_id", "channel", "copy_id", "language"]
    if not frames:
        return pd.DataFrame(columns=columns)
    joined = pd.concat(frames, ignore_index=True)
    columns += [part for part in PART_COLUMNS if part in joined.columns]
    return joined[columns].sort_values("customer_id", kind="stable").reset_index(drop=True)


def _rendered(
    item: CopyItem, request: CopyRequest, names: Sequence[str | None], sms_segments_most: int
) -> dict[str, list[str]]:
    """Part → one text a name. A text message that a long name would make longer than it was costed goes nameless."""
    constants = slot_values(request, first_name=None)
    greet = [first_name_words(name, item.language) for name in names]
    if item.channel == "sms" and item.language == "en":
        greet = [gsm_text(name) for name in greet]
    parts = render_many(item.parts, {"first_name": greet}, constants)
    if item.channel != "sms":
        return parts
    nameless = render(item.parts, constants)["text"]
    if sms_segments(nameless).segments > sms_segments_most:
        raise ValueError(f"`{item.copy_id}` takes more than the {sms_segments_most} segments it was costed with")
    return {"text": [t if sms_segments(t).segments <= sms_segments_most else nameless for t in parts["text"]]}
