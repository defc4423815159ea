import pytest

from tools.copywriter.limits import channel_findings, fits, sms_segments, width
from tools.copywriter.sms import SmsCount, gsm_text
from tools.vocabulary import Channel

FLAG = "\N{REGIONAL INDICATOR SYMBOL LETTER I}\N{REGIONAL INDICATOR SYMBOL LETTER T}"
RAINBOW = "\N{WAVING WHITE FLAG}\ufe0f\u200d\N{RAINBOW}"
FACE = "\N{FACE WITH STUCK-OUT TONGUE AND WINKING EYE}"
THRICE_ACCENTED = "e\u0301\u0301\u0301"


def digits(count: int) -> str:
    return "1234567890" * (count // 10) + "1234567890"[: count % 10]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", SmsCount("GSM-7", 0, 1)),
        (digits(160), SmsCount("GSM-7", 160, 1)),
        (digits(161), SmsCount("GSM-7", 161, 2)),
        (digits(306), SmsCount("GSM-7", 306, 2)),
        (digits(307), SmsCount("GSM-7", 307, 3)),
        ("{" + digits(158), SmsCount("GSM-7", 160, 1)),
        ("{" + digits(159), SmsCount("GSM-7", 161, 2)),
        ("€" * 80, SmsCount("GSM-7", 160, 1)),
        ("€" * 81, SmsCount("GSM-7", 162, 2)),
        (digits(152) + "€" + digits(10), SmsCount("GSM-7", 164, 2)),
        (digits(152) + "€" + digits(151) + "€", SmsCount("GSM-7", 307, 3)),
        ("\f" + digits(158), SmsCount("GSM-7", 160, 1)),
        ("\r\n" + digits(158), SmsCount("GSM-7", 160, 1)),
        ("é" * 160, SmsCount("GSM-7", 160, 1)),
        ("ç" * 70, SmsCount("UCS-2", 70, 1)),
        ("ç" * 71, SmsCount("UCS-2", 71, 2)),
        ("`" + digits(70), SmsCount("UCS-2", 71, 2)),
        (FACE + digits(68), SmsCount("UCS-2", 70, 1)),
        (FACE + digits(69), SmsCount("UCS-2", 71, 2)),
        (FACE + digits(132), SmsCount("UCS-2", 134, 2)),
        (FACE + digits(133), SmsCount("UCS-2", 135, 3)),
        (FLAG + digits(66), SmsCount("UCS-2", 70, 1)),
        (FLAG + digits(67), SmsCount("UCS-2", 71, 2)),
        (RAINBOW + digits(64), SmsCount("UCS-2", 70, 1)),
        (RAINBOW + digits(65), SmsCount("UCS-2", 71, 2)),
        (digits(65) + FLAG + digits(67), SmsCount("UCS-2", 136, 3)),
        (FACE + "]" * 68, SmsCount("UCS-2", 70, 1)),
        (FACE + "]" * 69, SmsCount("UCS-2", 71, 2)),
        (THRICE_ACCENTED + "a" * 66, SmsCount("UCS-2", 70, 1)),
        (THRICE_ACCENTED + "a" * 67, SmsCount("UCS-2", 71, 2)),
        ("【街角小铺】" + "好" * 64, SmsCount("UCS-2", 70, 1)),
    ],
)
def test_sms_segments_are_those_of_twilios_calculator(text: str, expected: SmsCount) -> None:
    assert sms_segments(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It’s “here” – now…", 'It\'s "here" - now...'),
        ("Brand™ açaí", "Brand acai"),
        ("Crème brûlée, señor", "Crème brulée, señor"),
        ("五折 €5", "五折 €5"),
    ],
)
def test_gsm_text_writes_typography_plainly_and_leaves_the_rest(text: str, expected: str) -> None:
    assert gsm_text(text) == expected


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("街角", 4), ("ＡＢ", 4), ("e\u0301", 1), ("a\u200db", 2)])
def test_double_width_counts_two(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("channel", "part", "text", "hard"),
    [
        ("search", "headline_1", "x" * 31, True),
        ("search", "headline_2", "好" * 16, True),
        ("search", "description_2", "x" * 91, True),
        ("email", "subject", "x" * 51, False),
        ("email", "subject", "x" * 79, True),
        ("push", "title", "x" * 51, False),
        ("push", "title", "好" * 21, False),
        ("push", "title", "好" * 33, True),
        ("push", "body", "好" * 129, True),
        ("sms", "text", "x" * 161, False),
        ("sms", "text", "x" * 307, True),
        ("social", "primary_text", "x" * 126, False),
        ("wechat", "body", "好" * 683, True),
    ],
)
def test_a_part_that_is_too_long_is_found(channel: Channel, part: str, text: str, hard: bool) -> None:
    findings = channel_findings(channel, {part: text})
    assert [(finding.part, finding.hard) for finding in findings if finding.part == part] == [(part, hard)]
    assert fits(channel, {part: text}) is not hard
    assert not [finding for finding in channel_findings(channel, {part: text[:-1]}) if finding.hard is hard]


def test_a_push_payload_leaves_room_for_its_envelope() -> None:
    assert channel_findings("push", {"title": "t", "body": "b", "data": "x" * 2048})[0].part == "payload"
