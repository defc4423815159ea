"""English groups named by a noun: `pet owners`, `lapsed coffee drinkers`, `VIPs`, `families with kids`, `everyone`."""

import re
from collections.abc import Iterator
from functools import cache

from agent.brief import numbers
from agent.brief.audience.objects import NOTHING
from agent.brief.audience.types import Found, unresolved
from agent.brief.lexicon import LEFT, RIGHT, alternatives, lexicon, words
from agent.brief.page import Page, Span, span
from tools.segments.filter import Attribute, Bought, Everyone, Filter, Measure, Not, Scope

PETS = r"pets?|dogs?|cats?|pupp(?:y|ies)|kittens?|cars?|gardens?|grills?|bbqs?|aquariums?|horses?|bikes?"
OWNED = (
    r"(?:who\s|that\s|people who\s)?(?:have|own|has|keep|with|having|got|owning)\s(?:a\s|an\s|any\s|one or "
    rf"more\s)?(?P<pet>{PETS})"
)
LIKES = (
    r"(?:who|that)\s(?:love|like|enjoy|drink|eat|use|prefer|smoke|wear|read|play|collect|care about|are into|is "
    r"into)s?\s(?P<liked>[a-z][a-z'-]*(?:\s(?!in|for|and|or|but|who|that|with|on|at|to)[a-z][a-z'-]*){0,2})"
)


@cache
def _head() -> re.Pattern[str]:
    heads = alternatives(lexicon("audience")["heads"])
    return re.compile(heads)


BEFORE = re.compile(r"(?:[a-z0-9à-ÿ][a-z0-9à-ÿ'&/-]*(?:,\s|\s|,)){0,7}$")


@cache
def _product_head() -> re.Pattern[str]:
    return words("audience", "product_heads")


@cache
def _vague() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(alternatives(forms)) for kind, forms in lexicon("audience")["vague"].items()}


@cache
def _attributes() -> tuple[re.Pattern[str], re.Pattern[str]]:
    nouns = alternatives(lexicon("audience")["attributes"]["noun"])
    phrases = "|".join(rf"(?:{LEFT}{form}{RIGHT})" for form in lexicon("audience")["attributes"]["phrase"])
    aged = (
        rf"(?:{nouns})\s(?:who are\s)?(?:aged\s)?(?:under|over|above|below|"
        r"between)\s\d\d(?:\sand\s\d\d)?(?![\d,.]\d|\s?(?:days|weeks|months|orders|%|k\b))"
    )
    return re.compile(nouns), re.compile(f"{aged}|{phrases}")


def people(page: Page) -> Iterator[Found]:
    """Every group on `page`, without the words that an earlier one has taken."""
    taken: list[Span] = []
    for reader in (_everyone, _coupons, _traits, _owned, _groups, _lone_vague):
        for found in reader(page):
            if not any(found.where.touches(other) for other in taken):
                taken.append(found.where)
                yield found


def _everyone(page: Page) -> Iterator[Found]:
    for match in page.find(words("audience", "everyone")):
        if not re.match(
            r"\s(?:loves?|knows?|is (?!fair|in\b|included|meant|welcome|eligible)|should|at the|in the (?:team|office)|"
            r"on the (?:team|board)|agrees?|here)(?![a-z])",
            page.after(span(match)),
        ):
            more = re.match(r"\s(?:else|others?)(?![a-z])", page.after(span(match), 10))
            where = Span(match.start(), match.end() + (more.end() if more else 0))
            yield Found(where, Everyone(), rest=bool(more) or bool(REST.search(match[0])))


REST = re.compile(r"else|others?|the rest|其他|其它|其余")


def _coupons(page: Page) -> Iterator[Found]:
    for match in page.find(words("audience", "coupon")):
        note = f"“{page.said(span(match))}” is read as: redeemed at least one coupon of a past campaign."
        yield Found(
            span(match),
            Measure(measure="coupon_redemptions", op="ge", value=1),
            noun=not match[0].startswith(("who", "that")),
            note=note,
        )


def _traits(page: Page) -> Iterator[Found]:
    """Nouns ("homeowners") and phrases ("aged 35-44"), the longest where several overlap."""
    nouns, phrases = _attributes()
    found = [(span(m), m[0], nouns.match(m[0]) is not None) for m in page.find(phrases)]
    found += [(span(m), m[0], True) for m in page.find(nouns)]
    for where, said, noun in sorted(found, key=lambda f: f[0].start - f[0].end):
        if noun and not _is_trait(page, where, said):
            continue
        yield Found(where, _trait(page.said(where).lower()), noun=noun)


def _is_trait(page: Page, where: Span, said: str) -> bool:
    """Not "pet parents" (owners), "Mother's Day", "per adult"."""
    before, after = page.before(where, 12), page.after(where, 12)
    if re.search(r"(?:pet|dog|cat|plant|kitten|puppy|fur)\s$", before) and said.startswith(
        ("parent", "mom", "mum", "dad")
    ):
        return False
    return not re.match(r"'s?(?![a-z])|\sday", after) and not re.search(r"per\s$", before)


def _trait(text: str) -> Filter:
    """ "Without kids" as a negation, so that a missing value never matches."""
    term = re.sub(r"^(?:who|that|whose|from)\s(?:are|is|have|has)?\s?", "", text).strip()
    term = re.sub(r"^(?:with|having)\s(?:an?\s|the\s)?(?=[a-z ]{0,24}(?:income|salary|earnings))", "", term)
    negative = re.match(r"(?:without|with no|no)\s(?:any\s)?(?P<what>.+)", term)
    if negative and "kid" not in term and "child" not in term:
        return Not(of=Attribute(term=negative["what"]))
    return Attribute(term=term or text)


def _owned(page: Page) -> Iterator[Found]:
    for match in page.find(re.compile(LEFT + OWNED + RIGHT)):
        more = re.compile(rf"\s(?:or|and/or)\s(?:an?\s)?(?P<pet>{PETS}){RIGHT}").match(page.norm, match.end())
        pets = (match["pet"], *((more["pet"],) if more else ()))
        yield Found(Span(match.start(), more.end() if more else match.end()), Bought(scope=Scope(terms=pets)))
    for match in page.find(re.compile(LEFT + LIKES)):
        liked = match["liked"].strip()
        if liked.split()[0] not in NOTHING and liked.split()[0] not in ("us", "our", "you", "this", "to", "it"):
            yield Found(span(match), Bought(scope=Scope(terms=(liked,))))


def _groups(page: Page) -> Iterator[Found]:
    """Nouns of people with the words before them, split into what is vague and what names products."""
    for match in page.find(_head()):
        yield from _group(page, match)


def _group(page: Page, match: re.Match[str]) -> Iterator[Found]:
    head_start, head = match.start(), match[0]
    start = _first_word(match.string, head_start)
    before = match.string[start:head_start]
    vague = [
        (kind, m)
        for kind, pattern in _vague().items()
        for m in pattern.finditer(match.string, start, match.end())
        if not re.match(r"\d", m[0])
    ]
    vague = [(k, m) for k, m in vague if m.start() < head_start or (k == "frequency" and head == m[0])]
    for kind, pattern in _vague().items():
        if pattern.fullmatch(head) and not any(m[0] == head for _, m in vague):
            vague.append((kind, next(pattern.finditer(match.string, head_start, match.end()))))
    rest = before
    for _, found in vague:
        if found.start() < head_start:
            own = match.string[found.start() : min(found.end(), head_start)]
            rest = rest.replace(own, " ", 1)
    things = [
        thing
        for part in re.split(r",|/|&|\s(?:and|or)\s|^(?:and|or)\s", rest)
        if (thing := " ".join(w for w in part.split() if w not in _empty()))
    ]
    where = Span(start, match.end())
    if BECOME.search(page.before(where, 16)):
        return
    meaningful = things and (
        _product_head().fullmatch(head)
        or not (head.startswith(("list", "group", "segment", "base", "audience", "contact")) or _told_of(page, where))
    )
    things = [thing for thing in things if thing not in CONSENTED]
    meaningful = meaningful and bool(things)
    noted = {kind for kind, _ in vague}
    if meaningful:
        yield Found(
            where,
            Bought(scope=Scope(terms=tuple(dict.fromkeys(things)))),
            noun=True,
            vague="+".join(sorted(noted)) or None,
        )
    elif vague:
        yield Found(where, unresolved(page.said(where)), noun=True, vague="+".join(sorted(noted)))


CONSENTED = frozenset(
    ("newsletter", "email", "e-mail", "sms", "text", "push", "app", "mailing", "mail", "club", "card")
)
"""Before "subscribers" and the like these are channels, no goods."""
TOLD = re.compile(
    r"\s(?:are|is|were|was|will|want|wants|would|said|say|says|think|hate|told|agree|agreed|asked)(?![a-z])"
)
BECOME = re.compile(r"\b(?:into|become|becoming)\s(?:our\s|a\s|an\s)?$")
"""What they are to become is not what they are ("turn them into loyal customers")."""
MEANT = re.compile(
    r"\s(?:are|is|were|was)\s(?:the |our |my )?(?:target|audience|meant|who|in scope|included|focus|group)"
)
SPOKEN_OF = re.compile(
    r"\b(?:it|they|so|because|gone to|lost to|that|which|if|as|when|average|an?|per|each|one of)\s"
    r"(?:the\s|our\s)?$"
)


def _told_of(page: Page, where: Span) -> bool:
    """The sentence tells of them ("so the data people are happy"); it asks nothing for them."""
    after = page.after(where, 40)
    told = bool(TOLD.match(after)) and not MEANT.match(after)
    return told or bool(SPOKEN_OF.search(page.before(where, 16)))


@cache
def _empty() -> frozenset[str]:
    return frozenset(str(word) for word in lexicon("audience")["empty"])


def _says_nothing(word: str) -> bool:
    """An empty word, perhaps with its verb ("that's", "we've")."""
    return word in _empty() or numbers.whole(word) is not None or re.sub(r"'(?:s|ve|re|d|ll|m)$", "", word) in _empty()


def _first_word(norm: str, head_start: int) -> int:
    """Where the group begins: after the last word before the head that no group holds (a verb, an article, a comma)."""
    found = BEFORE.search(norm, max(0, head_start - 90), head_start)
    start, text = (found.start(), found[0]) if found else (head_start, "")
    position = len(text)
    joined = False
    for word in reversed(list(re.finditer(r"[^\s,]+", text))):
        if word[0] in ("and", "or", "&") and position < len(text):
            joined = True
            continue
        if _says_nothing(word[0]) or word[0].isdigit() or _head().fullmatch(word[0]):
            break
        if text[word.end() : position].startswith(",") and not joined:
            break
        position = word.start()
        joined = False
    return start + position


def _lone_vague(page: Page) -> Iterator[Found]:
    """VIPs, lapsed ones, big spenders: vague words that stand without a noun of people."""
    for kind, pattern in _vague().items():
        for match in page.find(pattern):
            if _is_people(page, span(match), match[0], kind):
                yield Found(span(match), unresolved(page.said(span(match))), noun=True, vague=kind)


def _is_people(page: Page, where: Span, said: str, kind: str) -> bool:
    if re.fullmatch(
        r"vips?|whales?|big spenders?|high spenders?|heavy spenders?|loyalists?|regulars|newcomers|newbies", said
    ):
        return True
    if re.match("gone|dropped|drifted|fallen|slipping", said):
        return bool(re.search(r"(?:who|that|'ve|have|has|who're|are|they)\s$", page.before(where, 12)))
    if kind == "recency":
        return bool(re.match(r"(?:ha|did|stop|we )", said)) or bool(
            re.search(r"(?:who are|who're|that are|the|gone|went|have|our|who|is|are)\s$", page.before(where, 12))
            and re.fullmatch(r"lapsed|inactive|dormant|churned|disengaged", said)
            and not re.match(r"\s[a-z]+", page.after(where, 12))
        )
    return False
