"""The Chinese page has no English but data: every sentence that a tool can say is known and said well."""

import re
from pathlib import Path

import pytest

from agent.report.chinese.phrase import phrase
from agent.report.chinese.speaker import HERE, read
from agent.report.language import sayer
from tests.agent.report.spoken import ROOT, left_english, sentences

SPEAKING = (
    "tools/compliance/[!pr]*.py",
    "tools/compliance/[pr]r*.py",
    "tools/compliance/re[ns]*.py",
    "tools/segments/notes.py",
    "tools/segments/failures.py",
    "tools/catalog/reasons.py",
    "tools/budget/cells/explain.py",
    "tools/experiment/design.py",
    "tools/experiment/matching.py",
    "agent/steps/*.py",
    "agent/conversation/*.py",
    "agent/brief/**/*.py",
    "agent/report/*_view.py",
    "agent/commands/summary.py",
    "agent/report/headline.py",
    "agent/report/readout.py",
    "agent/web/*.py",
    "tools/launch/exporters/*.py",
    "tools/launch/email/*.py",
    "tools/launch/coupons.py",
    "agent/approval.py",
    "agent/editing.py",
    "agent/recording.py",
    "agent/worker.py",
    "agent/terms.py",
    "agent/ledger/approvals.py",
    "agent/ledger/campaigns.py",
    "agent/api/planned.py",
    "agent/api/admission.py",
    "agent/readout/orders.py",
    "agent/readout/run.py",
)
"""Whose sentences reach the page."""
IN_PARTS = (
    "7; what is left",
    "7; the remaining",
    "7 of 7 customers get no",
    "7 This cannot",
    "7 by 7",
    "The campaign contacts nobody by 7",
)
"""Begin with words that a 7 does not stand for; `test_whole_plans…` and the examples below have them."""


@pytest.mark.parametrize("pattern", SPEAKING)
def test_every_sentence_is_known_in_chinese(pattern: str) -> None:
    """A new sentence is added to the file of its part in `agent/report/chinese/`."""
    t, paths = sayer("zh"), sorted(ROOT.glob(pattern))
    assert paths
    english = [f"{path.name}: {text}" for path in paths for text in sentences(path) if left_english(t(text))]
    assert [one for one in english if not one.split(": ", 1)[1].strip().startswith(IN_PARTS)] == []


def test_a_sentence_that_nobody_translated_is_found(tmp_path: Path) -> None:
    module = tmp_path / "new.py"
    module.write_text('def f(n):\n    return passed(f"The moon is {n} days old.")\n', encoding="utf-8")
    assert [text for text in sentences(module) if left_english(sayer("zh")(text))] == ["The moon is 7 days old."]


@pytest.mark.parametrize("path", sorted(HERE.glob("*.yaml")), ids=lambda path: path.stem)
def test_phrases_are_chinese_and_stand_once(path: Path) -> None:
    mine = read(path)
    assert mine
    for english, said in mine.items():
        phrase(english, said)  # every slot of the Chinese is one of the English
        assert not left_english(said.replace("Journal of Marketing Research", "")), english
    for other in HERE.glob("*.yaml"):
        if other != path and "people" not in (other.stem, path.stem):
            both = {key for key in mine.keys() & read(other).keys() if mine[key] != read(other)[key]}
            assert both == set(), f"{path.name} and {other.name} say it differently"


SAID = {
    "Less frequent big spenders": "低频高消费顾客",
    "Active dog food buyers, spend at least $1,000 (2)": "活跃的dog food 买家，消费额不低于$1,000（2）",
    "bought dog food, cat food, no order for 60 days or more": "买过dog food、cat food，60天及以上没有下单",
    "not (bought beer or top 10% by spend)": "不含：（买过beer，或消费额前10%）",
    "country US": "country US",
    "15% off, orders from $50": "8.5折，满$50可用",
    "percent-20": "8折",
    "92.3% to 97.1%": "92.3%–97.1%",
    "The frequency cap looks at the 7 days before 2017-12-01; contacts of 2017-11-24 to 11-30 are not known yet.": (
        "频次上限看2017-12-01之前的7天；2017-11-24–11-30的触达还不知道。"
    ),
    "Digits outside a slot: “50”; a per cent sign outside a slot. Put a slot in its place, or take the words out.": (
        "占位符之外的数字：“50”；占位符之外的百分号。请换成占位符，或删去。"
    ),
    "363 contacts cost $3.31 of $300.00; what is left does not pay for a further step under these limits.": (
        "363次触达花费$3.31，预算$300.00；在这些约束下，余额不足以再进一步。"
    ),
    "  82 by email with percent-10: costs $0.08, expected margin $2.84.": (
        "  82人，邮件，9折：花费$0.08，预期毛利$2.84。"
    ),
    "Version 2 · draft; its approval is void. Changed from version 1:": "版本2 · 草稿；原批准作废。与版本1相比：",
    "Nobody on record is under 13; the age of 68% is not known.": "记录中没有13岁以下的人；68%的年龄未知。",
    "`subject` has 80 columns, at most 50 fit on common screens: shorten it.": (
        "“主题”有80个字宽，最多放得下50（常见屏幕）：请缩短。"
    ),
}


@pytest.mark.parametrize("english", SAID)
def test_what_is_put_together_reads_as_chinese(english: str) -> None:
    assert sayer("zh")(english) == SAID[english]
    assert sayer("en")(english) == english


@pytest.mark.parametrize(
    "data", ["Dry cat food, 3 lb", "<b>bold</b> claims", "=HYPERLINK(1)", "{offer} and {price}", "a" * 5000, "\n", ""]
)
def test_data_are_left_as_they_are(data: str) -> None:
    assert sayer("zh")(data) == data


def test_long_words_of_others_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No phrase is tried whose fixed words are not all there, in order."""
    from agent.report.chinese.phrase import Phrase

    tried: list[str] = []
    original = Phrase.in_chinese

    def counted(self: Phrase, text: str, say: object) -> str | None:
        if self._may_match(text):
            tried.append(self.said)
        return original(self, text, say)  # type: ignore[arg-type]

    monkeypatch.setattr(Phrase, "in_chinese", counted)
    sayer("zh")("lorem ipsum dolor sit amet " * 100)
    assert len(tried) < 10


def test_every_field_of_a_brief_has_its_words() -> None:
    from agent.brief.fields import BriefFields
    from agent.report.words import field_words, plain

    for name in BriefFields.model_fields:
        for words in (field_words(name), plain(name)):
            assert not re.search("[A-Za-z]", sayer("zh")(words)), words
