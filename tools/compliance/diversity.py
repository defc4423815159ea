"""Whether the variants of one segment differ in more than a word."""

import hashlib
from collections.abc import Sequence
from itertools import combinations

from tools.compliance.finding import Finding, failed, passed, shown, skipped
from tools.compliance.message import Message
from tools.compliance.params import Params
from tools.compliance.rule import rules
from tools.compliance.text import GAP, bare, has_han, tokens
from tools.compliance.types import Check

Gram = tuple[str, ...]


def units(message: Message) -> tuple[str, ...]:
    """The writer's own words, a Chinese character each; without the footer, which all share."""
    text = "\n".join(bare(part) for name, part in message.parts.items() if name != "footer")
    found: list[str] = []
    for word in tokens(text):
        found += list(word) if has_han(word) else [word]
    return tuple(found)


def grams(words: Sequence[str], n: int) -> list[Gram]:
    """Runs of n words; those of slots alone are left out."""
    runs = [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]
    return [run for run in runs if set(run) != {GAP}]


def distinct(texts: Sequence[Sequence[str]], n: int = 2) -> float | None:
    """Distinct n-grams over all n-grams of the set, 0 to 1 (Li et al. 2016, distinct-n); null where there is none."""
    every = [run for words in texts for run in grams(words, n)]
    return len(set(every)) / len(every) if every else None


def jaccard(left: Sequence[str], right: Sequence[str], n: int = 3) -> float | None:
    """Shared n-grams over all n-grams of two texts, 0 to 1; null where neither has one."""
    first, second = set(grams(left, n)), set(grams(right, n))
    return len(first & second) / len(first | second) if first | second else None


def check_diversity(messages: Sequence[Message]) -> list[Check]:
    """One verdict on the variants of one segment, channel and language.

    Args:
        messages: the variants, of one language; fewer than two are not applicable.
    """
    rule = rules()["diversity"]
    finding = _finding(messages, Params(rule.params))
    inputs = "\n".join([rule.sha(), *(message.model_dump_json() for message in messages)])
    return [
        Check(
            rule_id=rule.id,
            market=messages[0].market if messages else "XX",
            severity=rule.severity,
            verdict=finding.verdict,
            subject=", ".join(message.copy_id for message in messages) or "no variants",
            detail=finding.detail,
            input_sha=hashlib.sha256(inputs.encode("utf-8", "surrogatepass")).hexdigest(),
        )
    ]


def _finding(messages: Sequence[Message], params: Params) -> Finding:
    texts = {message.copy_id: units(message) for message in messages}
    variety = distinct(list(texts.values()))
    if len(messages) < 2 or variety is None:
        return skipped("There are no two variants to compare.")
    pairs = [(jaccard(texts[a], texts[b]) or 0.0, a, b) for a, b in combinations(texts, 2)]
    nearest, one, other = max(pairs, default=(1.0, messages[0].copy_id, messages[1].copy_id))
    if nearest > params.number("most_shared"):
        return failed(
            f"{shown([one])} and {shown([other])} share {nearest:.0%} of their three-word runs, "
            f"{params.number('most_shared'):.0%} at most should be shared: write one of them anew."
        )
    if variety < params.number("least_distinct"):
        return failed(
            f"Only {variety:.0%} of the variants' word pairs are distinct, at least "
            f"{params.number('least_distinct'):.0%} should be: let the variants differ in their angle."
        )
    return passed(f"{variety:.0%} of the word pairs are distinct; the nearest two variants share {nearest:.0%}.")
