"""Is what a model wrote fit to be sent? By code that did not make it; every finding is a plain sentence."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from tools.compliance.check import failures
from tools.compliance.params import Params
from tools.compliance.rule import rules
from tools.compliance.text import SLOT, bare, sentences, tokens
from tools.compliance.types import Check
from tools.copywriter.claims import claims
from tools.copywriter.desk import Desk, copy_item, make
from tools.copywriter.pack import Angle, MessageTemplate, slots_in
from tools.copywriter.plain import unplain
from tools.copywriter.prompting import PROMPT_ID, prompt_sha, slots_offered
from tools.copywriter.types import CopyItem, CopyRequest
from tools.copywriter.voice import Voice
from tools.copywriter.wanted import unwanted
from tools.llm.schemas import LEAST, SHORTEST

Judge = Callable[[CopyItem, CopyRequest], Sequence[Check]]
"""The rules of law and fact, on one copy as it would be sent."""

_FEW_WORDS = 8
_BEFORE_EXPIRY = re.compile(r"(?:\b(?:through|until|till|by|ends on)|至|到|截至)\s*$", re.IGNORECASE)
_ENDS_EXPIRY = re.compile(r"^\s*(?:前|为止|之前|止)")
_BEFORE_OFFER = re.compile(
    r"\b(?:up to|at least|more than|extra|additional|another|over|plus|further|minimum|nearly|almost|and|save|"
    r"below|under)\s*$|(?:最高|至少|额外|超过|再享|低至|另加)\s*$",
    re.IGNORECASE,
)
_AFTER_OFFER = re.compile(
    r"^\s*(?:or more|and more|plus|each|on each|per|twice|forever|for life|every)|^\s*(?:起|以上|再)"
)
_BESIDE_PRICE = re.compile(
    r"\b(?:was|were|now|from|instead|normally|usually|regular(?:ly)?|only|just|under|over|below|less|than|save|worth|"
    r"value|off|until|before)\b|原|现|低至|仅|只要|只需|起",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Verdict:
    """`item` is null where there are findings."""

    item: CopyItem | None
    over: int
    findings: tuple[str, ...]


def verify(
    desk: Desk,
    parts: Mapping[str, str],
    angle: Angle,
    variant: str,
    *,
    voice: Voice,
    model: str,
    judge: Judge,
    excused: Callable[[], frozenset[str]],
    heard: frozenset[str] = frozenset(),
) -> Verdict:
    """Everything that is wrong with a model's parts for one message; its words are looked at before they are placed.

    Args:
        parts: as the schema has them.
        judge: the rules, run on the message as it would be sent.
        excused: gives the ids of blocking rules that the template's own message breaks too, so that no words can help
            there; asked only where a rule blocks.
        heard: line ids of the request's other variants.
    """
    found = [*_words(desk, parts, voice)]
    message = _message(desk, parts, angle)
    if isinstance(message, str):
        return Verdict(None, 0, (*found, message))
    if found:
        return Verdict(None, 0, tuple(found))
    made = make(desk, message, heard)
    if made is None:
        return Verdict(None, 0, ("too long for its channel with the lines that it needs, or it holds a word to avoid",))
    if made.over and desk.request.channel == "sms":
        return Verdict(None, 0, (f"{made.over} segments too long for one text message: shorten the opening",))
    item = copy_item(desk, message, made.draft, variant).model_copy(
        update={"writer": "llm", "model": model, "prompt_id": PROMPT_ID, "prompt_sha": prompt_sha()}
    )
    blocking = failures(judge(item, desk.request), "block")
    excuse = excused() if blocking else frozenset()
    broken = [f"{check.rule_id}: {check.detail}" for check in blocking if check.rule_id not in excuse]
    return Verdict(None, 0, tuple(broken)) if broken else Verdict(item, made.over, ())


def _words(desk: Desk, parts: Mapping[str, str], voice: Voice) -> list[str]:
    found = [f"`{part}` says nothing" for part, text in parts.items() if len(text.strip()) < SHORTEST.get(part, LEAST)]
    if desk.request.language == "en" and not _english(" ".join(bare(text) for text in parts.values())):
        found.append("the words do not read as English")
    texts = [" ".join(text.split()).casefold() for text in parts.values()]
    if len(set(texts)) < len(texts):
        found.append("two parts say the same")
    strange = sorted({slot for text in parts.values() for slot in slots_in(text)} - set(slots_offered(desk)))
    if strange:
        found.append(f"slots that this message has not: {', '.join(strange)}")
    found += claims(parts, desk.request)
    found += unplain(parts, desk.request, voice)
    never = desk.request.model_copy(update={"must_avoid": (*desk.request.must_avoid, *voice.never)})
    if said := unwanted(never, parts):
        found.append(f"words that the brand never says: {', '.join(said)}")
    for text in parts.values():
        found += _around_slots(text)
    return list(dict.fromkeys(found))


def _english(text: str) -> bool:
    """Looked at before lines of ours stand beside it: a short message's own English would cover for it."""
    params = Params(rules()["language"].params)
    words = [word for word in tokens(text) if word.isalpha() or "'" in word]
    common = sum(word in frozenset(params.words("common_words")) or "'" in word for word in words)
    return len(words) < _FEW_WORDS or common >= params.number("least_common_share") * len(words)


def _around_slots(text: str) -> list[str]:
    """What the words beside a slot make of its fact."""
    found = []
    for match in SLOT.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if match.group(1) == "expiry" and not (_BEFORE_EXPIRY.search(before) or _ENDS_EXPIRY.search(after)):
            found.append("{expiry} is the last day: only “through”, “until” or “by” may stand before it")
        if match.group(1) == "offer" and (_BEFORE_OFFER.search(before) or _AFTER_OFFER.search(after)):
            found.append("words beside {offer} change what it says")
    for sentence in sentences(text):
        slots = slots_in(sentence)
        if "price" in slots and ("product" not in slots or "product_2" in slots or _BESIDE_PRICE.search(sentence)):
            found.append("{price} may only be said as the price of {product}, with nothing that compares it")
        if "offer" in slots and slots & {"product", "product_2", "category", "price"}:
            found.append("{offer} holds for a whole order: say it apart from products")
    return found


def _message(desk: Desk, parts: Mapping[str, str], angle: Angle) -> MessageTemplate | str:
    """The parts as a message of a pack, which its schema checks; else what is wrong."""
    try:
        return MessageTemplate(
            id=f"llm.{desk.request.goal}.{desk.request.channel}.{angle}",
            channel=desk.request.channel,
            angle=angle,
            tones=(desk.request.tone,),
            needs_offer=angle == "saving",
            parts={part: " ".join(text.split()) for part, text in parts.items()},
        )
    except ValidationError as error:
        return error.errors()[0]["msg"].removeprefix("Value error, ")
