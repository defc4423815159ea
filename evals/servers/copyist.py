"""A mind that writes decent copy: sentences for each part of the asked schema, different by angle and choice.

It stands where a good model would, so that the way of good copy through client, writer and verifier is tested too.
"""

import json
import re
from typing import Any

from evals.servers.protocol import Said

ANGLES = ("need", "saving", "novelty", "gratitude", "season", "ease")
SENTENCES: dict[str, tuple[str, ...]] = {
    "need": (
        "Hi {first_name}, shelves at home have a way of running low before anybody notices, so here is a short list.",
        "Hi {first_name}, when the cupboard looks bare it is good to have a list that is already written.",
    ),
    "saving": (
        "Hi {first_name}, we put something aside so that your next order is easier on the purse: {offer}.",
        "Hi {first_name}, your next order comes with a small thank you, and all it takes is a visit: {offer}.",
    ),
    "novelty": (
        "Hi {first_name}, we walked along shelves that you may never have seen, and picked what caught our eye.",
        "Hi {first_name}, curious people find good things, so take a look at a corner you have not tried.",
    ),
    "gratitude": (
        "Hi {first_name}, we like having you with us and wanted to say so before anything else. Thank you.",
        "Hi {first_name}, a plain thank you from all of us: shopping with us is a choice, and we know it.",
    ),
    "season": (
        "Hi {first_name}, these are days for soup and warm socks, and for a kitchen that has what you need in it.",
        "Hi {first_name}, evenings are long now, and a full kitchen makes them better. We can help with that.",
    ),
    "ease": (
        "Hi {first_name}, ordering should take less time than boiling an egg, and with us it does. Have a try.",
        "Hi {first_name}, no queue, no trolley with a bad wheel: choose from the sofa and let us do the rest.",
    ),
}
REASONS = (
    "Have a look at what we would put in the basket first, and take only what you like.",
    "It is all in one place, so it will not keep you long, and you can stop at any time.",
)
SHORT = {
    "need": ("Running low at home?", "Is the cupboard bare?"),
    "saving": ("A lighter bill for you", "Pay less next time"),
    "novelty": ("A shelf you have not seen", "Something new to try"),
    "gratitude": ("A word of thanks", "Thank you for shopping here"),
    "season": ("For the long evenings", "Soup and warm socks"),
    "ease": ("Order from the sofa", "Done in a few minutes"),
}
LINES = {
    "preheader": "A short note from us, and a few picks to begin with.",
    "description_1": "Order what you like, at home.",
}


class Copyist:
    """Answers copy schemas with copy, tools with the next tool, and anything else with a sentence."""

    def answer(self, request: dict[str, Any]) -> list[Said]:
        return [self.choice(request, at) for at in range(request.get("n") or 1)]

    def choice(self, request: dict[str, Any], at: int) -> Said:
        if request.get("tools"):
            return self.next_tool(request)
        properties = properties_of(request)
        if not properties:
            return Said("Here is an answer.")
        room = room_of(request)
        return Said(json.dumps({part: self.part(part, angle_of(request), at, room) for part in properties}))

    def part(self, name: str, angle: str, at: int, room: int) -> str:
        """`room`: most characters of the opening."""
        at %= 2
        if name == "opening":
            return SENTENCES[angle][at] if room > 60 else SHORT[angle][at].rstrip("?.") + "."
        if name == "reason":
            return REASONS[at]
        return LINES.get(name) or SHORT[angle][(at + (name in ("headline", "headline_2"))) % 2]

    def next_tool(self, request: dict[str, Any]) -> Said:
        """The first tool that has not been called yet, in the order given; none left: a closing word."""
        called = {
            call["function"]["name"] for message in request["messages"] for call in message.get("tool_calls") or ()
        }
        names = [tool["function"]["name"] for tool in request["tools"]]
        left = [name for name in names if name not in called]
        return Said(calls=((left[0], "{}"),)) if left else Said("Every part is there.")


def properties_of(request: dict[str, Any]) -> list[str]:
    form = request.get("response_format") or {}
    return list(form["json_schema"]["schema"]["properties"]) if form.get("type") == "json_schema" else []


def angle_of(request: dict[str, Any]) -> str:
    """The angle that the last prompt asks for."""
    text = "\n".join(str(message.get("content")) for message in request["messages"])
    found = re.findall(rf"angle[^a-z]+({'|'.join(ANGLES)})", text)
    return found[-1] if found else "need"


def room_of(request: dict[str, Any]) -> int:
    """Most characters of the opening, as the prompt names them."""
    text = "\n".join(str(message.get("content")) for message in request["messages"])
    found = re.findall(r'"opening": (\d+)', text)
    return int(found[-1]) if found else 600
