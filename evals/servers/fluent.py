"""A model that writes well and invents discounts, dates, praise, cures, addresses, in words that sound like any shop's.

Of the answers of a copy schema it gives, all but every third have an invented claim woven into a good message; as a
planner it writes an essay, then calls tools out of order, with numbers of its own and tools that there are not; asked
which clause states what, it names clauses at random. `python -m evals.servers.fluent --port 8001` serves it.
"""

import json
import random
import threading
from functools import cache
from pathlib import Path
from typing import Any, Literal

from evals.servers.copyist import Copyist, angle_of, properties_of, room_of
from evals.servers.protocol import Said, serve_forever

Heard = Literal["en", "zh"]
HONEST_EVERY = 3
ESSAY = (
    "Let me think about this campaign step by step. The audience is large, so a discount of 35% until Sunday would "
    "bring 12,400 orders, and a budget of $90,000 is called for. Free shipping always lifts response by half. "
) * 40
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("write_copy", {"variants": 3, "discount": 50}),
    ("solve_budget", {"budget_minor": 90_000_000, "min_cell": 1}),
    ("make_offers", {"value": 60, "max_discount_pct": 60, "expiry": "2031-01-01"}),
    ("look_up_audience", {"max_segments": 800}),
    ("look_up_audience", {"max_segments": 3, "split_by": "income"}),
    ("choose_products", {"per_segment": 4.5}),
    ("announce_sale", {"percent": 50, "until": "Sunday"}),
    ("look_up_audience", {"max_segments": 3, "customers": 1_000_000}),
    ("forecast_response", {"response_rate": 0.9}),
    ("design_experiment", {"holdout_pct": 0}),
)
"""In this order, before it does what is left to do."""
OPENINGS_ZH = (
    "{first_name}，好久不见，家里的架子是不是空了？来看看{product}吧。",
    "{first_name}，忙了一天，坐下来慢慢挑几样常用的东西。",
    "{first_name}，谢谢您一直以来的陪伴，有空来逛逛。",
)


@cache
def invented(language: Heard) -> tuple[str, ...]:
    """Every sentence of `invented.yaml` in one language."""
    import yaml

    raw = yaml.safe_load(Path(__file__).with_name("invented.yaml").read_text(encoding="utf-8"))[language]
    return (*raw["known"], *raw["held"])


class Fluent(Copyist):
    """`said` are the claims that it has made so far. Answers depend on the seed and on how many were asked for."""

    def __init__(self, seed: int = 0) -> None:
        self.said: list[str] = []
        self._rng = random.Random(seed)  # noqa: S311
        self._count = threading.Lock()

    def choice(self, request: dict[str, Any], at: int) -> Said:
        parts = properties_of(request)
        if request.get("tools"):
            return self._call(request)
        if parts in (["pieces"], ["acts"]):
            return self._points(request, parts[0])
        if not parts:
            return Said(ESSAY)
        language: Heard = "zh" if '"language": "zh"' in json.dumps(request["messages"]).replace("\\", "") else "en"
        return Said(json.dumps(self._message(request, parts, at, language), ensure_ascii=False))

    def _message(self, request: dict[str, Any], parts: list[str], at: int, language: Heard) -> dict[str, str]:
        with self._count:
            claim = self._rng.choice(invented(language))
            lies = len(self.said) % HONEST_EVERY != HONEST_EVERY - 1
            self.said.append(claim if lies else "")
            chosen = self._rng.choice(parts)
        room = room_of(request)
        made = {part: self._plain(part, angle_of(request), at, room, language) for part in parts}
        if lies:
            made[chosen] = f"{claim}。" if language == "zh" else f"{claim}."
            if len(parts) == 1:
                greeting = "{first_name}，" if language == "zh" else "Hi {first_name}. "
                made[chosen] = greeting + made[chosen]
        return made

    def _plain(self, part: str, angle: str, at: int, room: int, language: Heard) -> str:
        if language == "en":
            return self.part(part, angle, at, room)
        long = part in ("opening", "reason")
        return OPENINGS_ZH[(at + (part == "reason")) % len(OPENINGS_ZH)] if long else "来看看吧"

    def _call(self, request: dict[str, Any]) -> Said:
        asked = sum(message.get("role") == "assistant" for message in request["messages"])
        if asked < len(CALLS):
            name, arguments = CALLS[asked]
            return Said(ESSAY, calls=((name, json.dumps(arguments)),))
        return self.next_tool(request)

    def _points(self, request: dict[str, Any], listed: str) -> Said:
        items = request["response_format"]["json_schema"]["schema"]["properties"][listed]["items"]["properties"]
        key = next(name for name in items if name != "piece")
        with self._count:
            named = [{"piece": n, key: self._rng.choice(items[key]["enum"])} for n in range(1, 13)]
        return Said(json.dumps({listed: named}))


if __name__ == "__main__":
    serve_forever(Fluent())
