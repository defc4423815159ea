"""Loading and refusing packs, and the house rules that every English line keeps."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.copywriter.pack import ANGLES, MESSAGE_PARTS
from tools.copywriter.packs import common_pack, goal_pack
from tools.copywriter.types import TONES
from tools.failure import ToolFailure
from tools.vocabulary import CHANNELS, GOALS, LANGUAGES, OFFER_TYPES, Goal, Language

MESSAGE = """
language: en
goal: retain
messages:
  - id: en.retain.push.need.1
    channel: push
    angle: need
    tones: [warm]
    parts: {title: Hello, opening: "%s"}
"""


def write(root: Path, text: str, name: str = "en/retain.yaml") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return root


def test_a_pack_is_read(tmp_path: Path) -> None:
    pack = goal_pack("en", "retain", write(tmp_path, MESSAGE % "See {product}."))
    assert pack.messages[0].parts == {"title": "Hello", "opening": "See {product}."}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (MESSAGE % "Only 3 left", "line `en.retain.push.need.1`: .*digit outside a slot"),
        (MESSAGE % "Dear {name}", "line `en.retain.push.need.1`: .*unknown slots"),
        (MESSAGE.replace("title: Hello, ", "") % "Hi", "line `en.retain.push.need.1`: .*has parts"),
        (MESSAGE.replace("warm", "angry") % "Hi", "line `en.retain.push.need.1`: `tones.0`"),
        (MESSAGE.replace("id: en.retain.push.need.1", "about: x") % "Hi", "line 1: "),
        (MESSAGE.replace("angle: need", "angle: saving") % "Hi", "must say `needs_offer: true`"),
        (MESSAGE.replace("goal: retain", "goal: launch") % "Hi", "says en/launch"),
        (MESSAGE % "Hi" + (MESSAGE % "Ho").split("messages:")[1], "uses the id `en.retain.push.need.1` twice"),
        ("messages: [", "not readable as YAML"),
        ("- a list", "must be a mapping"),
    ],
)
def test_a_broken_pack_names_its_file_and_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ToolFailure, match=f"en/retain.yaml.*{says}") as caught:
        goal_pack("en", "retain", write(tmp_path, text))
    assert caught.value.code == "broken_copy_pack"


def test_a_missing_pack_is_said(tmp_path: Path) -> None:
    with pytest.raises(ToolFailure, match="There is no copy pack") as caught:
        common_pack("en", tmp_path)
    assert caught.value.code == "no_copy_pack"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("goal", GOALS)
def test_each_channel_has_enough_to_say_in_each_tone(language: Language, goal: Goal) -> None:
    for channel in CHANNELS:
        messages = [message for message in goal_pack(language, goal).messages if message.channel == channel]
        assert len(messages) >= 12, (channel, len(messages))
        assert {message.angle for message in messages} == set(ANGLES), channel
        for tone in TONES:
            own = [message for message in messages if tone in message.tones]
            assert len({message.angle for message in own}) >= 3, (channel, tone, "with an offer")
            assert len({m.angle for m in own if not m.needs_offer}) >= 3, (channel, tone, "without an offer")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_offer_can_be_worded_with_and_without_a_code(language: Language) -> None:
    lines = common_pack(language).lines
    for channel in CHANNELS:
        for kind in OFFER_TYPES:
            own = [line.text for line in lines if line.offer_type == kind and channel in line.channels]
            whole = [text for text in own if "{offer}" in text]
            assert kind == "none" or {"{code}" in text for text in whole} == {True, False}, (channel, kind)


def english_lines() -> Iterator[tuple[str, str, bool]]:
    """(id, text, is only used with an offer) of every English line."""
    for goal in GOALS:
        for message in goal_pack("en", goal).messages:
            for part, text in message.parts.items():
                yield f"{message.id}.{part}", text, message.needs_offer
    for line in common_pack("en").lines:
        yield line.id, line.text, line.offer_type is not None


CLICHES = (
    "miss out", "act now", "hurry", "(stocks?|supplies) lasts?", "limited", "last chance", "don't wait", "exclusive",
    "unbeatable", "amazing", "incredible", "game.?chang", "elevate", "unlock", "unleash", "look no further", "one.stop",
    "to the next level", "final (call|hours|days)", "(selling|going) fast", "almost gone", "everything must go",
    "best", "cheap", "lowest", "guarantee", "quality", "finest", "perfect", "healthy", "natural", "organic", "fresh",
    "eco", "sustainab", "free", "sav(e|ing|ings)", "winner", "congratulations", "everyone loves", "customers love",
    "rated", "stars?", "reviews?", "click here",
)  # fmt: skip


@pytest.mark.parametrize("words", CLICHES)
def test_no_english_line_claims_presses_or_repeats_a_cliche(words: str) -> None:
    pattern = re.compile(rf"\b{words}\b", re.IGNORECASE)
    assert not [(name, text) for name, text, _ in english_lines() if pattern.search(text)]


def test_english_names_stand_only_after_a_greeting() -> None:
    """So that "there" can take the place of a name that is not known."""
    odd = [name for name, text, _ in english_lines() if re.search(r"(?<!Hi )(?<!Hello )\{first_name\}", text)]
    assert not odd


def test_only_an_offer_has_a_last_day() -> None:
    assert not [name for name, text, offered in english_lines() if "{expiry}" in text and not offered]


def test_english_lines_are_typed_plainly() -> None:
    """Straight quotes and hyphens: a curly one would turn a text message into UCS-2, and double its price."""
    allowed = re.compile(r"[ -~\n·]*")
    assert not [(name, text) for name, text, _ in english_lines() if not allowed.fullmatch(text)]
    assert not [(name, text) for name, text, _ in english_lines() if "  " in text or text != text.strip()]


def test_english_lines_fit_singular_and_plural() -> None:
    """`{category}` may be "dog food" or "candles": neither "is" nor "are" fits both, nor does an article."""
    verb = r"(is|are|was|were|has|have|does|do|goes?|comes?|belongs?|fits?|makes?|needs?)"
    thing = r"\{(category|product|product_2)\}"
    joined = re.compile(rf"(?<!range of ){thing} {verb}\b|\b(is|are|does|has|was|there's|an?) {thing}", re.IGNORECASE)
    assert not [(name, text) for name, text, _ in english_lines() if joined.search(text)]


def test_every_channel_has_its_parts() -> None:
    assert set(MESSAGE_PARTS) == set(CHANNELS)
