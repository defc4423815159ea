"""The report: self-contained, nothing untrusted gets through, and every figure of the plan is on it."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from agent.commands.summary import summary_lines
from agent.report.brief_view import pieces
from agent.report.numbers import Cash, count, percent
from agent.report.render import render_panel, render_report
from agent.report.svg import clean
from tests.agent.report import sample
from tests.agent.report.spoken import left_english
from tools.money import format_money

VOID = {"meta", "hr", "br", "img", "link", "input"}


class Page(HTMLParser):
    """Elements, attributes and text of a page; raises where elements are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(scope="module")
def html() -> str:
    return render_report(sample.campaign())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_needs_nothing_but_itself(html: str, page: Page) -> None:
    assert not page.tags & {"script", "link", "img", "iframe", "object", "base", "form", "a", "use", "image"}
    assert not [it for it in page.attributes if it[0] in ("src", "href", "xlink:href", "srcset", "action", "xmlns")]
    assert not [it for it in page.attributes if it[0].startswith("on")]
    assert "<script" not in html.lower()
    assert "@import" not in html
    assert "url(" not in html


def test_untrusted_html_is_text(html: str, page: Page) -> None:
    # Brief, shop, product, e-mail, SMS, search ad, trace: each shows the words, and none becomes an element.
    assert page.text.count("onerror=alert(1)") >= 7
    assert "<img" not in html


def test_parts_stand_in_order(page: Page) -> None:
    assert page.ids == [
        "headline", "brief", "audience", "products", "offers", "forecast", "allocation", "copy", "checks",
        "experiment", "data", "trace",
    ]  # fmt: skip


def test_every_count_of_the_funnel(page: Page) -> None:
    assert all(f"{n:,}" in page.text and step in page.text for step, n in sample.FUNNEL)


def test_every_figure_of_the_allocation(page: Page) -> None:
    part = sample.allocation()
    for one in part.cells:
        for figure in (one.cost_minor, one.incremental_margin_minor):
            assert format_money(figure, "USD", trim=True) in page.text
        assert f"{one.customers:,}" in page.text
    assert "$20,000" in page.text
    assert "$209.06" in page.text
    assert part.explanation[0] in page.text


def test_curve_is_drawn_with_the_plan_on_it(html: str, page: Page) -> None:
    assert "you are here" in page.text
    assert html.count("<svg") == 1
    assert len(html) < 100_000


@pytest.mark.parametrize(("basis", "said"), [("assumed", False), ("observational", False), ("randomised", True)])
def test_uplift_is_said_of_randomised_campaigns_alone(basis: str, said: bool) -> None:
    html = render_report(sample.campaign(basis))  # type: ignore[arg-type]
    assert ("uplift" in html.lower()) is said


def test_sources_say_what_is_unverified(page: Page) -> None:
    assert page.text.count("Coupon mailings of 2017") == 1
    assert "unverified" in page.text


def test_says_what_cannot_be_measured_and_what_is_synthetic(page: Page) -> None:
    assert "This cannot be measured." in page.text
    assert "Synthetic data." in page.text
    assert "engineering, not legal advice" in page.text


def test_carries_the_hash_that_an_approval_is_for(page: Page) -> None:
    assert sample.campaign().plan_sha() in page.text


def test_empty_parts_say_so() -> None:
    text = Page(render_report(sample.bare())).text
    for words in ("No audience", "No products", "No offers", "No forecast", "No budget", "No copy", "No checks"):
        assert words in text
    assert "No test has been designed" in text


def test_while_it_is_planned_only_what_is_there_is_shown() -> None:
    so_far = sample.bare().model_copy(update={"status": "planning", "audience": sample.audience()})
    page = Page(render_panel(so_far))
    assert {"brief", "audience"} <= set(page.ids)
    assert not {"forecast", "allocation", "copy", "checks", "experiment", "trace"} & set(page.ids)
    assert "what is known by now" in page.text


def test_the_panel_speaks_chinese_where_the_words_are_its_own() -> None:
    page = Page(render_panel(sample.campaign(), language="zh"))
    assert not {"img", "script", "a", "iframe"} & page.tags, "what others wrote is text in Chinese too"
    text = page.text
    for words in ("需求", "人群", "预算", "文案", "检查", "测试方案"):
        assert words in text
    assert "Test plan" not in text


def test_same_campaign_same_page(html: str) -> None:
    assert render_report(sample.campaign()) == html


def test_marks_lie_where_the_words_are() -> None:
    brief = sample.brief()
    found = pieces(brief, brief.text)
    assert "".join(one.text for one in found) == sample.TEXT
    marked = [(one.text, one.fields) for one in found if one.fields]
    # Overlapping quotes keep both fields; the quote that the text does not hold is not marked.
    assert marked == [
        ("Win ", "goal"), ("back", "goal, audience"), (" pet owners", "audience"), ("$20,000", "budget"),
    ]  # fmt: skip


def test_svg_lets_only_drawing_through() -> None:
    dirty = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" viewBox="0 0 1 1">'
        '<script>1</script><style>a</style><image x:href="http://e.example"/><a x:href="http://e.example"/>'
        '<path d="M0 0" fill="#010203" onclick="x()"/><rect fill="url(http://e.example)"/></svg>'
    )
    assert clean(dirty, {"#010203": "currentColor"}) == (
        '<svg viewBox="0 0 1 1"><path d="M0 0" fill="currentColor" /><rect /></svg>'
    )


@pytest.mark.parametrize(
    ("fraction", "words"), [(0, "0%"), (0.25, "25%"), (1, "100%"), (0.0315, "3.1%"), (0.0042, "0.42%"), (-0.05, "-5%")]
)
def test_percentages(fraction: float, words: str) -> None:
    assert percent(fraction) == words


def test_counts_and_money() -> None:
    assert (count(1234567), count(13.6), count(7)) == ("1,234,567", "13.6", "7")
    assert (Cash("USD")(123400), Cash("JPY")(1234), Cash(None)(1234)) == ("$1,234", "¥1,234", "1,234 minor units")


@pytest.mark.slow
def test_a_chart_is_drawn_while_another_thread_loads_pandas() -> None:
    """The page answered 500 where the first panel met the first look at a segment."""
    subprocess.run([sys.executable, "-m", "tests.agent.report.half_loaded"], check=True, timeout=120)


def test_the_report_and_the_summary_of_a_chinese_brief_are_chinese() -> None:
    made = sample.campaign()
    text = "唤回养宠顾客，预算两万美元，邮件和短信。"
    chinese = made.model_copy(update={"brief": made.brief.model_copy(update={"text": text, "evidence": {}})})
    html = render_report(chinese)
    assert '<html lang="zh-Hans">' in html
    assert "<h2>人群</h2>" in html
    lines = summary_lines(chinese, Path("c-1"))
    named = [line.split(maxsplit=1)[0] for line in lines if not line.startswith(" ")]
    assert named[:4] == ["活动", "需求", "人群", "细分"]
    ours = [line for line in lines if line.startswith(("活动", "需求", "细分", "预算", "文案", "检查"))]
    assert len(ours) == 6
    assert not [line for line in ours if left_english(line.split("“")[0])]
    assert "已流失的常客，邮件，优惠 o1：899位顾客" in "\n".join(lines)
    assert summary_lines(made, Path("c-1"))[0].startswith("Campaign    c-1")
