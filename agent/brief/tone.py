"""The tone, as the brief says it, and the copywriter's tone that is nearest to it."""

import re
from functools import cache

from agent.brief.lexicon import LEFT, RIGHT, alternatives, lexicon
from agent.brief.page import Page, Span
from agent.brief.patterns import Patterns, patterns
from agent.brief.reading import Reading
from tools.copywriter.types import TONES, Tone

NOT_SO = re.compile(
    r"\b(?:but|yet|and)\s(?:not|never)\s(?:too |overly |at all |so |a )?(?!e-?mail|sms|push|text|more|less)[a-z-]{3,}"
    r"|\b(?:not|never)\s(?:too |overly )(?!many|much|often|late|early|expensive)[a-z-]{3,}"
    r"|但?(?:别|不要?|不能)太?[一-鿿]{1,3}"
)
"""What the tone is not to be, beside what it is ("romantic but not cheesy")."""
PAIR = re.compile(r"(?:very |quite |a bit )?[a-z-]{3,}(?:,? and |, | but |,? yet )(?:a bit |very |not )?[a-z-]{3,}")
"""Two adjectives, of which one is known: "heartfelt and humble"."""
DEFAULT_TONE: Tone = "warm"


@cache
def _patterns() -> Patterns:
    return patterns("tone")


@cache
def _tone_words() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{tone}>{alternatives(lexicon('tones')[tone])})" for tone in TONES))


@cache
def _anchors() -> re.Pattern[str]:
    return re.compile(alternatives(lexicon("tones")["anchors"]))


@cache
def _fillers() -> re.Pattern[str]:
    return re.compile(alternatives(lexicon("tones")["fillers"]) + r"|[\s,'\"/&+.!:=()-]+|\d+|[一-鿿]{1,2}?")


def tone_of(text: str) -> Tone:
    """The copywriter's tone for words like "warm, a bit playful": the first that is not negated; warm where none is."""
    for match in _tone_words().finditer(text.lower()):
        if not _patterns()["negation"].search(text.lower()[: match.start()]):
            return next(tone for tone in TONES if match[tone])
    if re.search(r"(?:not|less|nothing|never)\b.*(?:pushy|salesy|urgent|aggressive)", text.lower()):
        return "plain"
    return DEFAULT_TONE


def read_tone(page: Page, label: tuple[Span, ...] = ()) -> Reading[str]:
    """The tone in the brief's own words, lower case."""
    for zone in label:
        return Reading(_tidy(page.said(zone)), (zone,))
    for clause in page.clauses:
        named = _patterns()["named"].fullmatch(page.norm, clause.start, clause.end)
        if named:
            where = Span(*named.span("tone"))
            return Reading(_tidy(page.said(where)), (where,))
    turned = _patterns()["contrast"].search(page.norm)
    if turned and not _patterns()["other_things"].search(turned["tone"]):
        where = Span(*turned.span("tone"))
        return Reading(_tidy(page.said(where)), (where,))
    for sentence in page.sentences:
        found = _in_sentence(page, sentence)
        if found:
            return Reading(_tidy(page.said(found)), (found,))
    return Reading()


def _tidy(text: str) -> str:
    return " ".join(text.lower().split()).strip(" .,;:!。，；！\"'")


def _in_sentence(page: Page, sentence: Span) -> Span | None:
    """Words of tone that make up a run of clauses, or that stand by a word that announces a tone."""
    clauses = [c for c in page.clauses if sentence.holds(c) or c.touches(sentence)]
    pure = [c for c in clauses if _pure(page.norm[c.start : c.end])]
    if pure:
        return _run(page, clauses, pure)
    for clause in clauses:
        span = _anchored(page, clause)
        if span:
            return span
    return None


def _pure(text: str) -> bool:
    """The clause is made of tone words and small words only."""
    if not _tone_words().search(text) or text.strip(" !*>") == "urgent":
        return False  # a cry for haste is no tone
    rest = _tone_words().sub(" ", NOT_SO.sub(" ", text))
    if re.search(r"[一-鿿]", rest):
        rest = re.sub(
            r"语气|风格|口吻|文案|调性|要|一点|一些|点|些|又|带|偏|不要|太|别|且|而|不失|为主|的|感|有|和|、|请|整体|保持|写得|比较|稍微|略|得|即可|就好|就行|用|语调|基调|走|路线",
            "",
            rest,
        )
        rest = re.sub(rf"{LEFT}(?:tone|voice|style|copy|mood|vibe){RIGHT}", "", rest)
        return not re.sub(r"[\s,'\"/&+.!:=()-]+", "", rest)
    left = _fillers().sub("", rest).strip()
    return not left or (PAIR.fullmatch(text.strip()) is not None and not _patterns()["other_things"].search(text))


def _run(page: Page, clauses: list[Span], pure: list[Span]) -> Span:
    """From the first pure clause through those that follow it without a break, less the announcing words."""
    first = clauses.index(pure[0])
    last = first
    while last + 1 < len(clauses) and (clauses[last + 1] in pure or _goes_on(page, clauses, last)):
        last += 1
    if _patterns()["ends_named"].search(page.norm, clauses[first].start, clauses[first].end):
        while first and _patterns()["alike"].fullmatch(page.norm, clauses[first - 1].start, clauses[first - 1].end):
            first -= 1
    return _without_anchor(page, Span(clauses[first].start, clauses[last].end))


def _goes_on(page: Page, clauses: list[Span], last: int) -> bool:
    """ "Warm, grown-up, a little bit indulgent": more adjectives of the same list, though none that is known."""
    following = clauses[last + 1]
    between = page.norm[clauses[last].end : following.start]
    text = page.norm[following.start : following.end]
    return (
        between.strip(" ") == ","
        and _patterns()["alike"].fullmatch(text) is not None
        and not _patterns()["other_things"].search(text)
    )


def _without_anchor(page: Page, where: Span) -> Span:
    text = page.norm[where.start : where.end]
    announced = _patterns()["announces"].match(text) or _patterns()["lead_in"].match(text)
    start = where.start + (announced.end() if announced else len(text) - len(text.lstrip()))
    tail = re.search(
        r"\s(?:tone(?: of voice)?|voice|please|style|in tone|vibe|feel|feeling|mood|copy)\s*$",
        page.norm[start : where.end],
    )
    return Span(start, where.end - (len(tail[0]) if tail else 0))


def _anchored(page: Page, clause: Span) -> Span | None:
    text = page.norm[clause.start : clause.end]
    words = list(_tone_words().finditer(text))
    if not words:
        return None
    before, after = text[: words[0].start()], text[words[-1].end() :]
    near = re.search(
        rf"(?:{LEFT}(?:tone(?: of voice)?|voice|style|vibe|mood|feel)\s(?:\w+\s)?(?:is|should be|to be|of|must be|"
        rf":)|{LEFT}(?:keep|make|write|want|like|prefer)\s(?:it|this|the (?:tone|copy|message|emails?|texts?|wording|"
        rf"language|voice|style))(?:\s(?:to be|all|sound|feel|sounding))?|{LEFT}(?:sound|feel|sounds|be)|{LEFT}(?:copy|"
        r"wording|emails?|messages?|it|language|we)\s(?:should|must|needs? to|has to|to)\s(?:be|feel|sound)|(?:语气|"
        r"风格|口吻|文案|调性|语调|基调)(?:要|请|是|为|偏|走|用|尽量|:|保持|写得|的)*)\s?"
        rf"(?:{LEFT}(?:a bit|a little|a touch|very|more|less|not too|quite|fairly|really|always|super|nice and|"
        rf"slightly|something|not|in an?){RIGHT}\s?)*[\"']?$",
        before,
    )
    follows = re.match(
        rf"\s?(?:tone(?: of voice)?|voice|style|vibe|mood|in tone|feel|copy|wording|language){RIGHT}"
        rf"|\s?的?(?:语气|风格|"
        r"口吻|调性|文案|调调|感觉)",
        after,
    )
    if not near and not follows:
        return None
    intro = re.search(r"(?:a bit|a little|a touch|very|more|less|not too|not|quite|fairly|slightly)\s$", before)
    start = clause.start + (words[0].start() - len(intro[0]) if intro else words[0].start())
    more = re.match(r"(?:,? (?:and|but|yet|or)|,) (?:a bit |not |never |more )?[a-z-]{3,20}(?=\s*$)", after)
    return Span(start, clause.start + words[-1].end() + (more.end() if more else 0))
