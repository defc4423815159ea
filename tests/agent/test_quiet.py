"""Quiet hours of a brief, words to avoid and words to say: they reach the checks, and none is passed over."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.deps import Deps
from agent.plan import plan
from agent.steps.quiet import send_hours
from tests.agent.test_plan import BRIEF
from tools.launch.windows import SEND_HOURS

READ = {
    "no messages before 11am": (11, 17),
    "never after 3pm": (10, 15),
    "between 9pm and 8am": (10, 17),
    "Quiet hours 16:00-10:30": (11, 16),
    "only between 11am and 4pm": (11, 16),
    "not between 12pm and 1pm": (13, 17),
    "nothing after 8pm": (10, 17),
    "晚上10点到早上8点不要发": (10, 17),
    "下午3点以后不发": (10, 15),
    "晚上不要打扰": (10, 17),
    "no emails at night": (10, 17),
}


@pytest.mark.parametrize("words", READ)
def test_quiet_hours_narrow_the_hours_of_sending(words: str) -> None:
    assert send_hours(words) == READ[words]


@pytest.mark.parametrize("words", ["not on weekends", "nothing before 6pm", "only between 8pm and 9pm", ""])
def test_what_leaves_no_hours_or_names_none_is_no_window(words: str) -> None:
    assert send_hours(words) is None


def test_without_quiet_hours_the_narrowest_lawful_window_holds() -> None:
    assert send_hours(None) == SEND_HOURS


@given(st.integers(1, 12), st.sampled_from(["am", "pm"]), st.integers(1, 12), st.sampled_from(["am", "pm"]))
def test_no_hour_of_sending_is_ever_quiet(a: int, half_a: str, b: int, half_b: str) -> None:
    hours = send_hours(f"no messages between {a}{half_a} and {b}{half_b}")
    start, end = a % 12 + 12 * (half_a == "pm"), b % 12 + 12 * (half_b == "pm")
    quiet = {hour % 24 for hour in range(start, end if end >= start else end + 24)}
    assert hours is None or not quiet & set(range(*hours))


def test_words_to_avoid_are_in_no_message_and_words_to_say_are(deps: Deps, tmp_path: Path) -> None:
    made = plan(BRIEF + ' Mention "kind to paws". Never say "hello".', deps, out=tmp_path / "out")
    assert made.campaign.brief is not None
    assert made.campaign.brief.must_include == ("kind to paws",)
    assert made.campaign.status == "draft"
    for item in made.campaign.copies:
        text = " ".join(item.rendered.values()).lower()
        assert "hello" not in text
        assert "kind to paws" in text or any(check.rule_id == "must_include" for check in item.checks)


def test_quiet_hours_that_leave_nothing_stop_the_plan(deps: Deps, tmp_path: Path) -> None:
    made = plan(BRIEF + " Nothing before 6pm.", deps, out=tmp_path / "out")
    assert made.campaign.status == "needs_input"
    assert made.campaign.problem is not None
    assert "leave no hours of sending" in made.campaign.problem.detail
