"""English copy's form as a pattern for a server's grammar: sentences of words and known slots, and nothing else.

Under it a model cannot write a digit, a mark that no message needs, a name inside a sentence or a slot that there is
not, so a small one is refused less often. It says nothing of what the words claim: that is the verifier's.
"""

from collections.abc import Mapping

SLOTS = ("first_name", "product", "category", "brand")
OFFER_SLOTS = (*SLOTS, "offer")
_SENTENCES: Mapping[str, tuple[int, int]] = {"opening": (4, 22), "reason": (4, 22), "description_1": (3, 9)}
"""Part → words of a sentence after the first one, least and most."""
_SHORT = {"copy_sms": (4, 9), "copy_push": (4, 14), "copy_social": (4, 12)}
"""Schema → the same for its opening, where its channel has less room."""
_TITLES = {"subject": (2, 6), "headline": (2, 6), "title": (2, 5), "headline_1": (1, 3), "headline_2": (1, 3)}
_PREHEADER = (3, 12)
_WORD = "[a-z]{1,14}('[a-z]{1,2})?"


def pattern(schema: str, part: str, *, offer: bool) -> str:
    """The regular expression of a part, for a JSON Schema's `pattern`: anchored, bounded, without look-arounds."""
    if part in _TITLES:
        return f"^{_run(_TITLES[part], offer=offer)}$"
    words = _SHORT.get(schema) if part == "opening" else None
    return f"^{_run(words or _SENTENCES.get(part, _PREHEADER), offer=offer)}[.!?]$"


def _run(words: tuple[int, int], *, offer: bool) -> str:
    slot = rf"\{{({'|'.join(OFFER_SLOTS if offer else SLOTS)})\}}"
    return rf"[A-Z][a-z]{{1,13}}([,;]? ({_WORD}|{slot})){{{words[0]},{words[1]}}}"
