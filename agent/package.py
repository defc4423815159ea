"""The package in the campaign's folder: what a person reads, what a system loads, what a figure can be traced to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from agent.campaign import Campaign, Status
from agent.steps.requests import copy_requests
from agent.workspace import Workspace
from tools.launch.deliveries import Share, deliveries
from tools.launch.files import write_csv, write_folder
from tools.launch.messages import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

    from tools.vocabulary import Model


FILES = ("audience.parquet", "audience.csv", "messages.csv", "report.html", "trace.jsonl", "llm.jsonl", "campaign.json")
"""Every file that a package may hold."""
WHOLE: tuple[Status, ...] = ("draft", "approved", "exported", "measured")
"""A finished plan, which has its tables and report; one that was approved keeps its status when it is made again."""


def write_package(work: Workspace, campaign: Campaign, folder: Path) -> Campaign:
    """Write the package: whole for a finished plan; for anything else the campaign object and its trace alone.

    Returns:
        The campaign as written.
    """
    text = campaign.model_dump_json(indent=2, by_alias=True) + "\n"
    writers: dict[str, Callable[[Path], None]] = {}
    if campaign.status in WHOLE:
        writers |= _tables(work)
        writers["report.html"] = lambda path: _report(campaign, path)
    writers["trace.jsonl"] = lambda path: _trace(campaign, path)
    if work.llm_calls:
        writers["llm.jsonl"] = lambda path: _lines(work.llm_calls, path)
    writers["campaign.json"] = lambda path: _write(path, text)
    write_folder(folder, writers, owned=FILES)
    return campaign


def _tables(work: Workspace) -> dict[str, Callable[[Path], None]]:
    audience = audience_of(work)
    rendered = messages_of(work, audience)
    return {
        "audience.parquet": lambda path: audience.to_parquet(path, index=False),
        "audience.csv": lambda path: write_csv(audience, path),
        "messages.csv": lambda path: write_csv(rendered, path),
    }


def audience_of(work: Workspace) -> pd.DataFrame:
    """One row a customer of the audience, the held-out ones too."""
    if work.audience is None:
        raise ValueError("a package needs an audience")
    products: dict[str, list[str]] = {}
    for choice in work.products:
        products.setdefault(choice.segment_id, []).append(choice.product_id)
    return deliveries(
        work.audience.members,
        [Share(g.segment_id, g.reach, g.channel, g.offer_id, g.customers) for g in work.groups],
        work.copies,
        products,
        channels=work.terms.channels,
        salt=work.salt,
    )


def messages_of(work: Workspace, audience: pd.DataFrame) -> pd.DataFrame:
    """The messages of everybody who is contacted."""
    if work.audience is None:
        raise ValueError("messages need an audience")
    members = work.audience.members
    names = {
        customer: name if isinstance(name, str) else None
        for customer, name in zip(members["customer_id"], members["first_name"], strict=True)
    }
    most = work.deps.assumptions.sms_segments[work.terms.language]
    return messages(audience, names, work.copies, copy_requests(work), sms_segments_most=most)


def _report(campaign: Campaign, path: Path) -> None:
    from agent.report.render import render_report

    _write(path, render_report(campaign))


def _trace(campaign: Campaign, path: Path) -> None:
    _lines(campaign.trace, path)


def _lines(rows: Iterable[Model], path: Path) -> None:
    lines = [json.dumps(row.model_dump(mode="json"), ensure_ascii=False) for row in rows]
    _write(path, "".join(line + "\n" for line in lines))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
