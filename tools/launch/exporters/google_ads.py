"""Google Ads: responsive search ads as a Google Ads Editor file. What is over a limit is refused and named.

Source: Google Ads Help, "About responsive search ads" (15 headlines of 30 and 4 descriptions of 90 characters, at
least 3 and 2; two display paths of 15), Adobe Experience League, "Google Ads responsive search ad settings" (15
characters are 7 double-byte ones: a double-width character counts as two), and "CSV file columns" of Google Ads Editor
(answer 57747: English headers whose capitals and spaces don't matter, one item a row). Ads are exported paused:
nothing runs before a person starts it in Google Ads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from tools.copywriter.limits import width
from tools.copywriter.types import CopyItem
from tools.failure import ToolFailure
from tools.launch.exporters.sheet import sheet
from tools.launch.exporters.types import ExportInput, Writers

HEADLINES, DESCRIPTIONS, PATHS = 15, 4, 2
FEWEST_HEADLINES, FEWEST_DESCRIPTIONS = 3, 2
HEADLINE_WIDTH, DESCRIPTION_WIDTH, PATH_WIDTH, URL_LENGTH = 30, 90, 15, 2048
COLUMNS = (
    "Campaign", "Ad Group", "Ad type",
    *(f"Headline {n}" for n in range(1, HEADLINES + 1)), *(f"Description {n}" for n in range(1, DESCRIPTIONS + 1)),
    *(f"Path {n}" for n in range(1, PATHS + 1)), "Final URL", "Status",
)  # fmt: skip


def google_ads(data: ExportInput) -> Writers:
    """`google-ads-editor.csv`: an ad group a segment and offer, in it one ad a variant of the copy.

    Variants are not pooled: headlines of one angle belong together, and Google takes three ads a group.

    Raises:
        ToolFailure: `nothing_to_export` without copy for search; `no_website`; `ad_over_limit` with the ad and asset.
    """
    items = [item for item in data.copies if item.channel == "search"]
    if not items:
        raise ToolFailure("nothing_to_export", "The campaign has no copy for search, so there is no ad to export.")
    url = data.sender.website or ""
    if urlsplit(url).scheme not in ("http", "https") or len(url) > URL_LENGTH:
        raise ToolFailure(
            "no_website",
            f"A search ad leads to the shop: set `website` in the sender profile, at most {URL_LENGTH} characters.",
        )
    return sheet("google-ads-editor", COLUMNS, [_ad(data, item, url) for item in items])


def _ad(data: ExportInput, item: CopyItem, url: str) -> tuple[str, ...]:
    headlines = _assets(item, "headline_")
    descriptions = _assets(item, "description_")
    paths = [path for path in (_path(data.sender.brand),) if path]
    check_ad(item.copy_id, headlines, descriptions, paths)
    return (
        data.campaign_id, f"{item.segment_id} {item.offer_id}", "Responsive search ad",
        *_padded(headlines, HEADLINES), *_padded(descriptions, DESCRIPTIONS), *_padded(paths, PATHS), url, "Paused",
    )  # fmt: skip


def _assets(item: CopyItem, prefix: str) -> list[str]:
    """The distinct texts, in their order."""
    return list(dict.fromkeys(text for part, text in item.rendered.items() if part.startswith(prefix) and text))


def _path(words: str) -> str:
    """A display path: no slash, no space, and short, else none."""
    path = re.sub(r"\s+", "-", re.sub(r"[/?#]", "", words.strip()))
    return path if width(path) <= PATH_WIDTH else ""


def _padded(texts: Sequence[str], size: int) -> list[str]:
    return [*texts, *[""] * (size - len(texts))]


def check_ad(name: str, headlines: Sequence[str], descriptions: Sequence[str], paths: Sequence[str]) -> None:
    """Raises ToolFailure `ad_over_limit` for the first asset that Google would reject, by its name."""
    for kind, texts, fewest, most, widest in (
        ("headline", headlines, FEWEST_HEADLINES, HEADLINES, HEADLINE_WIDTH),
        ("description", descriptions, FEWEST_DESCRIPTIONS, DESCRIPTIONS, DESCRIPTION_WIDTH),
        ("path", paths, 0, PATHS, PATH_WIDTH),
    ):
        if not fewest <= len(texts) <= most:
            raise ToolFailure(
                "ad_over_limit", f"Ad `{name}` has {len(texts)} {kind}s; Google takes {fewest} to {most}."
            )
        for number, text in enumerate(texts, start=1):
            if width(text) > widest:
                raise ToolFailure(
                    "ad_over_limit",
                    f"{kind.capitalize()} {number} of ad `{name}` is {width(text)} wide, not {widest}: {text!r}.",
                    ad=name,
                    asset=f"{kind} {number}",
                    width=width(text),
                    limit=widest,
                )
