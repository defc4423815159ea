"""The tools' plain functions as LangChain tools, each tagged READ or WRITE.

A docstring here is what a planning model reads. READ changes nothing outside the plan; WRITE has an effect beyond it
and stops for approval. A planner narrows and orders; what is allowed (budget, cap, channels, audience) comes from the
brief and cannot be an argument.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from agent.workspace import Workspace

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

Mode = Literal["READ", "WRITE"]
MODE = "briefsmith_mode"
"""The key in a tool's metadata that says READ or WRITE."""


def toolset(work: Workspace) -> "list[BaseTool]":
    """The planner's tools, bound to one workspace."""

    def look_up_audience(
        max_segments: Annotated[int, Field(ge=1, le=8)] = 5,
        split_by: Literal["value", "recency", "frequency", "basket", "discounts", "taste"] | None = None,
    ) -> str:
        """Resolve the brief's audience against the shop, count the funnel, split it into segments, hold some out.

        Args:
            max_segments: split into at most so many.
            split_by: cut by this alone; left out, by whatever tells the customers apart best.
        """
        from agent.steps.audience import look_up_audience as step

        return _answer(step(work, max_segments, split_by))

    def choose_products(per_segment: Annotated[int, Field(ge=1, le=6)] = 3) -> str:
        """Choose products from the catalogue for each segment. Needs the audience."""
        from agent.steps.products import choose_products as step

        return _answer(step(work, per_segment))

    def make_offers() -> str:
        """Make the ladder of offers that the brief allows. Needs the audience."""
        from agent.steps.offers import make_offers as step

        return _answer(step(work))

    def forecast_response() -> str:
        """Forecast who responds to which channel and offer, and what it costs. Needs audience and offers."""
        from agent.steps.offers import forecast_response as step

        return _answer(step(work))

    def solve_budget(min_cell: Annotated[int, Field(ge=1, le=1000)] = 1) -> str:
        """Decide who gets which channel and offer under the budget. Needs the forecast.

        Args:
            min_cell: an offer on a channel goes to at least this many customers of a segment, or to none.
        """
        from agent.steps.budget import solve_budget as step

        return _answer(step(work, min_cell))

    def write_copy(variants: Annotated[int, Field(ge=1, le=3)] = 3) -> str:
        """Write messages with slots for each cell of the allocation. Needs the allocation and products."""
        from agent.steps.copy import write_copy as step

        return _answer(step(work, variants))

    def check_copy() -> str:
        """Check every message and the plan against law and facts. Needs copy."""
        from agent.steps.copy import check_copy as step

        return _answer(step(work))

    def design_experiment() -> str:
        """Design the test: arms, smallest detectable effect, whether it can be measured. Needs the allocation."""
        from agent.steps.experiment import design_experiment as step

        return _answer(step(work))

    steps: list[Callable[..., str]] = [
        look_up_audience,
        choose_products,
        make_offers,
        forecast_response,
        solve_budget,
        write_copy,
        check_copy,
        design_experiment,
    ]
    return [_tool(step, "READ") for step in steps]


def _tool(step: Callable[..., str], mode: Mode) -> "BaseTool":
    from langchain_core.tools import StructuredTool

    return StructuredTool.from_function(step, parse_docstring=True, metadata={MODE: mode})


def _answer(summary: dict[str, object]) -> str:
    return json.dumps(summary, ensure_ascii=False, separators=(",", ":"))
