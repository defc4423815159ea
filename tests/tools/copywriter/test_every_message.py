"""Every message of every pack, with every type of offer: within the limits, without a number, unlike its neighbours."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations, product

import pytest

from tests.tools.copywriter.desk import NO_OFFER, OFFERS, request
from tools.copywriter.limits import channel_findings
from tools.copywriter.packs import goal_pack
from tools.copywriter.slots import digits_outside_slots
from tools.copywriter.templates import every_message, write_templates
from tools.copywriter.types import TONES, CopyItem
from tools.vocabulary import CHANNELS, GOALS, LANGUAGES, Channel, Goal, Language

CASES = [(language, channel) for language in LANGUAGES for channel in CHANNELS]


@cache
def messages(language: Language, channel: Channel, goal: Goal) -> tuple[tuple[CopyItem, int], ...]:
    """Each message with each type of offer, with and without a code, and how many its request had."""
    return tuple(_messages(language, channel, goal))


def _messages(language: Language, channel: Channel, goal: Goal) -> Iterator[tuple[CopyItem, int]]:
    for at, given in enumerate(OFFERS):
        for code in ("", "HELLO")[: 1 if given is NO_OFFER else 2]:
            asked = request(goal, channel, TONES[at % len(TONES)], offer=given, language=language, code=code)
            items = every_message(asked, seed=at)
            yield from ((item, len(items)) for item in items)


@pytest.mark.parametrize(("language", "channel"), CASES)
def test_every_message_fits_and_holds_no_number(language: Language, channel: Channel) -> None:
    for goal in GOALS:
        for item, made in messages(language, channel, goal):
            hard = [finding for finding in channel_findings(channel, item.rendered) if finding.hard]
            assert not hard, (item.template_ids, hard, item.rendered)
            assert not digits_outside_slots(item.parts), item.template_ids
            assert not any("{" in text or "}" in text for text in item.rendered.values()), item.rendered
            assert made >= 10


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_english_message_is_hardly_ever_over_a_soft_limit(channel: Channel) -> None:
    made = [item for goal in GOALS for item, _ in messages("en", channel, goal)]
    over = [item for item in made if channel_findings(channel, item.rendered)]
    assert len(over) <= 0.01 * len(made), [item.rendered for item in over]


@pytest.mark.parametrize(("language", "channel"), CASES)
def test_every_tone_has_three_angles_of_its_own(language: Language, channel: Channel) -> None:
    for at, (goal, tone) in enumerate(product(GOALS, TONES)):
        given = OFFERS[at % 2]
        items = write_templates([request(goal, channel, tone, offer=given, language=language)], seed=5)
        assert len({item.angle for item in items}) == 3
        assert not [item.template_ids for item in items if item.template_ids[-1].startswith("tone:")]


def grams(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]


def words_of(text: str, language: Language) -> list[str]:
    """Words in small letters; characters in Chinese."""
    return [char for char in text if char.isalnum()] if language == "zh" else text.casefold().split()


@pytest.mark.parametrize(("language", "channel"), CASES)
def test_twelve_messages_of_a_goal_are_twelve(language: Language, channel: Channel) -> None:
    """As sent, with offer and opt-out, the 3-grams of any two overlap by at most 0.7; distinct-2 of what is their own
    (what every message must repeat aside) is at least 0.5."""
    for goal in GOALS:
        items = every_message(request(goal, channel, language=language), seed=5)
        assert len(items) >= 12, goal
        sent = [" ".join(text for part, text in item.rendered.items() if part != "footer") for item in items[:12]]
        for one, other in combinations([set(grams(words_of(text, language), 3)) for text in sent], 2):
            assert len(one & other) <= 0.7 * len(one | other), (goal, channel, one ^ other)
        own = {message.id: " ".join(message.parts.values()) for message in goal_pack(language, goal).messages}
        texts = [words_of(own[item.template_ids[0]], language) for item in items[:12]]
        pairs = [pair for words in texts for pair in grams(words, 2)]
        assert len(set(pairs)) >= 0.5 * len(pairs), (goal, channel, len(set(pairs)) / len(pairs))
