"""An approved campaign for the export tests: real copy by the template writer, rendered as the package renders it."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from tests.tools.copywriter.desk import CHINESE_PRODUCTS, CHINESE_SENDER, OFFERS, PRODUCTS, SENDER, WINDOW, request
from tools.catalog.types import ProductChoice
from tools.copywriter.templates import write_templates
from tools.copywriter.types import CopyItem, CopyRequest
from tools.launch.exporters.types import ExportInput
from tools.launch.messages import messages
from tools.vocabulary import Channel, Language

CODE = "MAPLEOAK"
SECRET = bytes(range(32))
_CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "naughty-strings.json"


def naughty_strings() -> list[str]:
    """The corpus, or a skipped test where this machine does not have it."""
    if not _CORPUS.is_file():
        pytest.skip("shared/corpora/naughty-strings.json is not here")
    return [str(text) for text in json.loads(_CORPUS.read_text(encoding="utf-8"))]


def customers(n: int, names: Sequence[object] = ("Ada", "Łukasz", None), country: str = "US") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:04}" for i in range(n)],
            "email": [f"C{i:04}@Example.com" for i in range(n)],
            "phone": [f"+1202555{i % 10_000:04}" for i in range(n)],
            "first_name": pd.Series([names[i % len(names)] for i in range(n)], dtype="object"),
            "country": country,
            "language": "en",
            "timezone": "America/New_York",
            "consent_email": True,
        }
    )


def campaign(
    people: pd.DataFrame,
    channels: Sequence[Channel] = ("email", "sms"),
    *,
    language: Language = "en",
    with_code: bool = True,
) -> ExportInput:
    """Everybody of `people` is contacted, by the channels in turn, but every tenth, who is held out."""
    offer = OFFERS[1] if with_code else OFFERS[0]
    requests = [
        request(channel=channel, offer=offer, language=language, segment_id="s1", code=CODE if with_code else "")
        for channel in channels
    ]
    copies = write_templates(requests, seed=0, variants=3)
    by_channel: dict[str, list[CopyItem]] = {}
    for item in copies:
        by_channel.setdefault(item.channel, []).append(item)
    rows = [_row(str(who), at, channels, by_channel) for at, who in enumerate(people["customer_id"])]
    audience = pd.DataFrame(rows)
    cells: dict[tuple[str, str, str], CopyRequest] = {(r.segment_id, r.channel, r.offer.offer_id): r for r in requests}
    first = {who: n if isinstance(n, str) else None for who, n in people[["customer_id", "first_name"]].to_numpy()}
    facts = CHINESE_PRODUCTS if language == "zh" else PRODUCTS
    return ExportInput(
        campaign_id="c-20171124-abc",
        audience=audience,
        messages=messages(audience, first, copies, cells, sms_segments_most=2),
        customers=people,
        copies=tuple(copies),
        offers=(offer,),
        products=tuple(
            ProductChoice(
                product_id=f.product_id, name=f.name, category=f.category, segment_id="s1", score=1, reasons=(), fact=f
            )
            for f in facts
        ),
        sender=CHINESE_SENDER if language == "zh" else SENDER,
        market="CN" if language == "zh" else "US",
        currency="CNY" if language == "zh" else "USD",
        today=WINDOW.start,
        window=WINDOW,
        secret=SECRET,
    )


def _row(who: str, at: int, channels: Sequence[Channel], copies: dict[str, list[CopyItem]]) -> dict[str, object]:
    if at % 10 == 9:
        nothing = dict.fromkeys(("channel", "offer_id", "copy_id"))
        return {"customer_id": who, "arm": "holdout", "segment_id": "s1", **nothing, "product_ids": ""}
    item = copies[channels[at % len(channels)]][at % 3]
    return {
        "customer_id": who, "arm": "campaign", "segment_id": "s1", "channel": item.channel, "offer_id": item.offer_id,
        "copy_id": item.copy_id, "product_ids": " ".join(item.product_ids),
    }  # fmt: skip


def written(writers: dict[str, object], folder: Path) -> dict[str, pd.DataFrame]:
    """The CSV files that an exporter wrote, read back as text."""
    frames = {}
    for name, write in writers.items():
        assert callable(write)
        write(folder / name)
        frames[name] = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
    return frames
