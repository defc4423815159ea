"""Page, report and summary in the reader's language. English is as the tools say it; Chinese is looked up in
`chinese/`, sentence by sentence, so that a tool need not know who reads. Data (names of products, ids, words of a
brief) stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from agent.campaign import Campaign

Language = Literal["en", "zh"]
Sayer = Callable[[str], str]


def language_of(campaign: Campaign) -> Language:
    """What its reader reads: the language in which the brief was written."""
    from agent.brief.language import is_chinese

    return "zh" if is_chinese(campaign.brief.text.lower()) else "en"


def sayer(language: Language) -> Sayer:
    """English words → those words in `language`; what no phrase is known for stays English."""
    if language == "en":
        return lambda text: text
    return _chinese()


def say(text: str, t: Sayer) -> str:
    """As a template's filter, for the items of a list."""
    return t(text)


@cache
def _chinese() -> Sayer:
    from agent.report.chinese.speaker import Speaker

    return Speaker.load().say
