"""Forms with boxes to tick: what stands beside an empty box was not chosen ("[ ] SMS  [x] E-mail")."""

import re
from bisect import bisect_left

from agent.brief.page import Page, Span

TICKED = re.compile(r"\[\s?[xX✓✔√]\s?\]|\([xX✓✔√]\)|[☑☒✅■●◉]|[✓✔√](?=\s?\S)")
EMPTY = re.compile(r"\[\s{0,3}\]|\(\s{1,3}\)|[☐□○◯]")
LONGEST = 60
"""Characters of an option."""


def unchosen(page: Page) -> tuple[Span, ...]:
    """The empty boxes of `page` and their options, where another box is ticked: as spans of `page.norm`."""
    text = page.text
    ticked, empty = list(TICKED.finditer(text)), list(EMPTY.finditer(text))
    if not ticked or not empty:
        return ()
    starts = sorted(m.start() for m in (*ticked, *empty))
    spans = []
    for box in empty:
        following = next((at for at in starts if at > box.start()), len(text))
        line = text.find("\n", box.end())
        end = min(following, line if line >= 0 else len(text), box.end() + LONGEST)
        spans.append(Span(bisect_left(page.at, box.start()), bisect_left(page.at, end)))
    return tuple(spans)
