"""Channels: synonyms, exclusions, "only", and words that only look like a channel."""

import pytest

from tests.agent.brief.reading import asked, read, values

WRITTEN: dict[str, tuple[list[str], list[str]]] = {
    "email and SMS": (["email", "sms"], []),
    "e-mail + text messages": (["email", "sms"], []),
    "newsletter, push notifications": (["email", "push"], []),
    "in-app messages": (["push"], []),
    "Text them": (["sms"], []),
    "email and push": (["email", "push"], []),
    "paid search and Instagram": (["search", "social"], []),
    "email only": (["email"], []),
    "email, no SMS": (["email"], ["sms"]),
    "email but not push or SMS": (["email"], ["push", "sms"]),
    "everything except push": ([], ["push"]),
    "all channels but SMS": ([], ["sms"]),
    "everything but email": ([], ["email"]),
    "all channels": ([], []),
    "短信和邮件": (["sms", "email"], []),
    "微信公众号、短信": (["wechat", "sms"], []),
    "只发邮件，不发短信": (["email"], ["sms"]),
    "除了微信其他渠道都可以": ([], ["wechat"]),
    "簡訊": (["sms"], []),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_channels_are_read(text: str) -> None:
    found = values(f"Pet owners, $5k, Dec 1-14. {text}.")
    assert (found.get("channels", []), found.get("channels_excluded", [])) == WRITTEN[text]


@pytest.mark.parametrize(
    "text",
    [
        "Email me the draft.",
        "Reply to this email.",
        "They opened our last email.",
        "Push our new coffee.",
        "Search is down.",
    ],
)
def test_a_word_that_only_looks_like_a_channel_is_none(text: str) -> None:
    assert values(f"SMS to pet owners, $5k, Dec 1-14. {text}")["channels"] == ["sms"]


@pytest.mark.parametrize("text", ["Email only. Also send an SMS.", "Email, but no email.", "只用短信，再发一封邮件。"])
def test_a_contradiction_is_reported(text: str) -> None:
    brief = read(f"Pet owners, $5k, Dec 1-14. {text}")
    assert "channels" in asked(brief)
    assert brief.status == "needs_input"


def test_what_cannot_be_sent_is_said() -> None:
    brief = read("Pet owners, $5k, Dec 1-14, email and postcards")
    assert brief.fields.channels == ("email",)
    assert any("postcards" in note for note in brief.notes)
