"""Which words of the brief take people out: from "exclude", "except", "but not", "don't mail" to where that ends."""

import re
from functools import cache

from agent.brief.audience.chinese_times import zh_words
from agent.brief.lexicon import alternatives, lexicon, words
from agent.brief.page import MASK, Page, Span, span

CONTINUES = re.compile(
    r"\s*(?:and|or|nor|anyone|those|people|who|as well as|plus|customers|also|the ones|everyone|wine|any)\b"
)
NEW_THOUGHT = re.compile(
    r"\s*(?:and\s|then\s)?(?:give|offer|send|use|keep|make|budget|spend|run|start|max|no\b|never|we|i|it|tone|"
    r"email|sms|"
    r"push|from|until|max|cap|discount|holdout|goal|win|target|please|the tone|channels?|only|also include|include)\b"
)


@cache
def _trigger() -> re.Pattern[str]:
    return re.compile(alternatives(lexicon("audience")["exclude_trigger"]))


def exclusions(page: Page) -> list[tuple[Span, Span]]:
    """(trigger, zone) pairs. A zone runs to the end of its clause, and on through clauses that go on listing people."""
    zones = []
    for match in _trigger().finditer(page.norm):
        trigger = Span(*match.span())
        zones.append((trigger, Span(trigger.end, _end(page, trigger))))
    for match in page.find(words("audience", "exclude_after")):
        start = max(page.clause_of(span(match)).start, page.sentence_of(span(match)).start)
        before = page.norm[page.sentence_of(span(match)).start : match.start()]
        if before.rstrip().endswith(")"):
            start = page.sentence_of(span(match)).start
        zones.append((span(match), Span(min(start, match.start()), match.start())))
    return zones


def _end(page: Page, trigger: Span) -> int:
    sentence = page.sentence_of(trigger)
    end = trigger.end
    while True:
        clause = next((c for c in page.clauses if c.start <= end < c.end), None)
        stop = min(clause.end if clause else sentence.end, sentence.end)
        following = page.norm[stop : sentence.end]
        rest = re.match(r"[,\s(]*", following)
        text = following[rest.end() :] if rest else following
        if stop >= sentence.end or not text or text[0] in f"{MASK})" or NEW_THOUGHT.match(text):
            return stop
        if not CONTINUES.match(text) and not re.match(r"[a-z' -]{2,40}(?:,|$| and | or )", text):
            return stop
        end = stop + (rest.end() if rest else 0) + 1


def chinese_exclusions(page: Page) -> tuple[tuple[Span, Span], ...]:
    """(word, zone) of what Chinese words take out: after 排除…, or before …除外, to the end of the clause."""
    zones = []
    for match in page.find(re.compile("|".join(zh_words()["exclude_before"]))):
        sentence = page.sentence_of(span(match))
        stop = re.compile(r"[,。;(]|(?:以外|之外|除外)|外(?![套卖出地国])").search(
            page.norm, match.end(), max(sentence.end, match.end())
        )
        zones.append((span(match), Span(match.end(), stop.start() if stop else max(sentence.end, match.end()))))
    for match in page.find(re.compile("|".join(zh_words()["exclude_after"]))):
        zones.append((span(match), Span(min(page.clause_of(span(match)).start, match.start()), match.start())))
    return tuple(zones)
