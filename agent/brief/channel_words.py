"""Words that are a channel only where they stand as one: "text them", "a push", "push only"."""

import re
from functools import cache

from agent.brief.lexicon import LEFT, alternatives, lexicon
from agent.brief.page import MASK, Page, Span
from tools.vocabulary import Channel


@cache
def edge(key: str, where: str) -> re.Pattern[str]:
    body = alternatives(lexicon("channels")[key])
    return re.compile(
        rf"{body}\s?(?:the\s|any\s|by\s|via\s|use\s|an?\s|through\s|on\s)?$" if where == "before" else rf"\s?{body}"
    )


PAID = rf"(?:\s?:?\s?(?:[$£€¥₹]\s?)?(?:\d[\d.,]*\s?(?:k|lakh|grand|%)?|{MASK}+)(?:\s?(?:usd|eur|gbp|inr))?)?"
"""The money for a channel, right after its name: "sms $2k, push $500"."""


BARE = re.compile(
    rf"(?:(?:yep|yes|ok|sure|also|plus|maybe)\s?[+,]?\s)?(?:push|search|social|texts?)(?:\s(?:yes|ok|too|also|no|nope))?{PAID}"
)


def is_bare(page: Page, clause: Span) -> bool:
    """ "…, push, $3k", "push yes": the word is a clause of its own, so it is no verb."""
    return BARE.fullmatch(page.norm[clause.start : clause.end].strip(" .>*•-")) is not None


NAMED = re.compile(rf"(?:{LEFT}channels?(?: is| are| will be| would be| to use)?|渠道(?:是|为|用|选)?)\s?[:=-]?\s?$")
"""Before a channel's word: "channel push"."""


ZH_SENT = re.compile(r"(?:发|推|来|走|用|做|弹|送)(?:一?[个条次轮波])?\s?$")
ZH_ONE = re.compile(r"\s?(?:一下|一条|一轮|一波|通知|消息|就行|即可)")
"""Around an English word in Chinese: "发个push", "push一下"."""


RATHER = re.compile(rf"{LEFT}(?:rather|prefer to|sooner)\s$")
COUNTED = re.compile(rf"{LEFT}(?:one|two|three|four|a|an|single|\d)\s$")
PER = re.compile(r"s?\s(?:per|to each|for each|each|apiece|a (?:head|person|customer))(?![a-z])")
"""Around a word of messages that is counted: "one text per customer"."""
OPENS, WHEN = re.compile(r"(?:^|[.;!?¶])\s*$"), r"\s(?:from|between|on|during|until|starting|only)\s"
"""A sentence that begins with "push" and then says when: no verb, which would have its object there."""
FOLLOWS = re.compile(
    r"\s(?:on (?:the |launch|[a-z]+day)|the (?:next|following|same|last) |(?:a|two|three|some|\d+) "
    r"(?:few )?(?:days?|weeks?|hours?)|after|if|for (?:those|anyone|people))"
)
"""After "then push": when, or whom it is for."""
LEFT_OUT = re.compile(rf"{LEFT}(?:leave|keep|take|rule|cut)\s$")


ENDS = re.compile(
    r"s?\s*(?:$|[,.;:!()¶/|+]|(?:and|or|please|pls|this time|instead|rather than|in place of|over|as well|too|for|to) )"
)


CHOSEN = re.compile(
    rf"{LEFT}(?:use|using|prefer|try|want|do|go with|choose|pick|stick (?:to|with)|by|via|through|with|fire off an?|"
    r"(?:send|shoot|drop|fire|give|gets?|ping) (?:out |off )?(?:them |everyone |people |customers |▒+ )?(?:an?|one))\s$"
)


TURNED = re.compile(r"s?\s(?:instead of|rather than|in place of|not|but not|and not|over)\s")


MAIL = re.compile(
    rf"{LEFT}(?:an?|one|two|access|teaser|reminder|welcome|thank[- ]you|single|quick|short|follow-up|preview)\s"
    r"(?:\w+\s){0,2}$"
)


MAILED = re.compile(rf"\s(?:them|our|the|all|every|everyone|everybody|{MASK})")


ASKS = re.compile(r"(?:^|[,.;:!¶]|\b(?:to|please|pls|can you|could you|let's|just|and|like to))\s*$")


def _mail(page: Page, where: Span) -> bool:
    """ "An early access mail", "mail our customers"; not "by mail" (post), nor a mail between colleagues."""
    before, after = page.before(where, 32), page.after(where, 24)
    if re.match(r"\s(?:order|box|shot|in |me|us |you)", after) or re.search(
        r"(?:direct|snail|postal|your|my|this|long|last)\s$", before
    ):
        return False
    return bool(MAIL.search(before) or (MAILED.match(after) and ASKS.search(before)))


def _announced(before: str, after: str, channel: Channel) -> bool:
    """Words that only a channel's name stands between: "channel push", "leave push out", "发个push"."""
    return bool(
        NAMED.search(before)
        or (LEFT_OUT.search(before) and re.match(r"\s(?:out|off)(?![a-z])", after))
        or (re.search(r"(?<![a-z])then\s$", before) and FOLLOWS.match(after))
        or (channel == "push" and (ZH_SENT.search(before) or ZH_ONE.match(after)))
        or (channel == "push" and OPENS.search(before) and re.match(WHEN, after))
        or (COUNTED.search(before) and PER.match(after))
        or (channel == "sms" and RATHER.search(before) and re.match(r"\s(?:them\s)?(?:than|instead of)\s", after))
    )


def by_itself(page: Page, where: Span, channel: Channel) -> bool:
    before, after = page.before(where, 24), page.after(where, 24)
    if channel == "email":
        return _mail(page, where)
    if _announced(before, after, channel):
        return True
    if TURNED.match(after) or (
        ENDS.match(after) and (edge("negated", "before").search(before) or CHOSEN.search(before))
    ):
        return True
    if channel in ("search", "social"):
        return bool(
            re.match(r"\s(?:ads?|campaigns?|channels?|only)(?![a-z])", after)
            or re.search(rf"{LEFT}(?:via|no|by|only|on|through|except)\s$", before)
            or (
                re.search(rf"{LEFT}(?:in|across|using|with|over)\s$", before)
                and re.match(r"\s?(?:and|&|\+|,|/)\s?(?:paid\s)?(?:social|search|e-?mail|sms|push)(?![a-z])", after)
            )
        )
    if re.search(
        rf"{LEFT}(?:via|by|no|not|only|just|through|except|but|without|skip|over|drop|on|(?:send|sending|shoot|"
        r"with|plus|and|then) (?:out )?(?:an?|them an?))\s$",
        before,
    ):
        return not re.match(r"\s(?:our|the|new|more|back|for|this|that|it|them)(?![a-z])", after) or bool(
            re.search(r"via|by|no$", before)
        )
    if channel == "push" and (
        re.search(r"[$£€¥]\s?\d[\d,.]*k?\s(?:for|on|in|to|into)\s$", before)
        or (
            re.search(rf"{LEFT}(?:for|through|with|using)\s$", before)
            and re.match(r"\s*(?:$|[,.;!)¶])", page.norm[where.end : where.end + 3])
        )
    ):
        return True
    if channel == "sms" and re.match(
        rf"\s(?:(?:them|everyone|everybody|customers|people|all|our|the|anyone|any)(?![a-z])|(?:our |the )?{MASK})",
        after,
    ):
        return bool(
            re.search(
                r"(?:^|[.,;!]|\b(?:and|or|to|should|please|pls|can|could|then|us|we|u|you|let's|also|just))\s*$", before
            )
        )
    return bool(re.match(r"\s(?:only|alone|messages?|campaigns?|channels?)(?![a-z])", after))
