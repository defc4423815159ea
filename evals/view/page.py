"""The comparison as one static page: the figures, and every fixed and broken case with both outputs side by side."""

from __future__ import annotations

from pathlib import Path

from evals.compare import Comparison
from evals.view.sides import sides
from evals.view.text import comparison_rows, moving, spent_rows

TEMPLATE = Path(__file__).parent / "page.html.jinja"


def comparison_page(found: Comparison) -> str:
    """HTML that opens offline; outputs are escaped, since they are models' words."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    head, rows = comparison_rows(moving(found.entries))
    _, still = comparison_rows(entry for entry in found.entries if entry not in moving(found.entries))
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    moved = (("Broken", found.broken), ("Fixed", found.fixed))
    return template.render(
        found=found, head=head, rows=rows, still=still, spent=spent_rows(found), moved=moved, sides=sides
    )
