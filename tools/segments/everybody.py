"""The whole shop in segments: what a campaign to everybody who may be contacted would be split into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tools.clock import Window
from tools.segments.filter import Everyone
from tools.segments.funnel import run_funnel
from tools.segments.segmenting import segmented
from tools.segments.types import FunnelStep, Segment
from tools.vocabulary import ADDRESSED

if TYPE_CHECKING:
    from tools.shop.store import ShopStore


@dataclass(frozen=True)
class Everybody:
    funnel: tuple[FunnelStep, ...]
    segments: tuple[Segment, ...]


def everybody(store: ShopStore, as_of: date, most: int = 8) -> Everybody:
    """Count down from everyone to who may be contacted on some channel, and split them; nobody is held out.

    Raises:
        ToolFailure: `no_table` where the shop brought no customers.
    """
    day = Window(start=as_of, end=as_of)
    funnel = run_funnel(Everyone(), None, store, channels=ADDRESSED, as_of=as_of, window=day, cap=None)
    if funnel.left.empty:
        return Everybody(funnel.steps, ())
    _, segments = segmented(funnel.left, store, as_of=as_of, most=most, holdout_fraction=0, salt="", goods=None)
    return Everybody(funnel.steps, segments)
