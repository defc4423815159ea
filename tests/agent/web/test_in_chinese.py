"""The page in Chinese holds no English but data: a whole plan, a look at each of its parts, and what is refused."""

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest

from tests.agent.api.conftest import House
from tests.agent.report.spoken import left_english

MakeHouse = Callable[..., House]
CODE = re.compile(r"<(pre|code|style|blockquote)\b.*?</\1>", re.DOTALL)
NAMED = re.compile(r"(?:aria-label|title|placeholder)=\"([^\"]*)\"")


def _data(value: Any) -> Iterator[str]:
    """Every string of a campaign's data: names, words of the brief and of the copy, categories, columns."""
    if isinstance(value, dict):
        for part in (*value.keys(), *value.values()):
            yield from _data(part)
    elif isinstance(value, list):
        for part in value:
            yield from _data(part)
    elif isinstance(value, str):
        yield value


def english(html: str, data: list[str]) -> list[str]:
    """The phrases of a fragment that are English and are not data: its text, and what a screen reader is told."""
    texts = re.split(r"<[^>]*>", CODE.sub("<>", html)) + NAMED.findall(html)
    found = []
    for text in {" ".join(unescape(text).split()) for text in texts}:
        bare = text
        for one in data:
            bare = bare.replace(one, "7")
        if left_english(bare):
            found.append(text)
    return found


def known_data(campaign: dict[str, Any]) -> list[str]:
    parts = ("brief", "products", "copy", "trace", "data")
    words = [*_data({part: campaign[part] for part in parts})]
    words += [reason.partition(": bought by")[0] for one in campaign["products"] for reason in one["reasons"]]
    words += ["Journal of Marketing Research"]
    for segment in campaign["audience"]["segments"]:
        words += segment["profile"].get("top_categories", "").split(", ")
    for found in campaign["audience"]["resolutions"]:
        words += [found["phrase"], *(one["value"] for one in (*found["chosen"], *found["rejected"]))]
    words += [line for word in words for line in word.splitlines()]
    flat = {" ".join(word.split()) for word in words if len(word) > 2}
    return sorted(flat | {word.lower() for word in flat}, key=len, reverse=True)


@pytest.fixture
def planned(make_house: MakeHouse) -> tuple[House, str, list[str]]:
    house = make_house()
    made = house.draft()
    return house, made, known_data(house.client.get(f"/v1/campaigns/{made}").json())


def test_whole_plans_and_their_closer_looks(planned: tuple[House, str, list[str]]) -> None:
    house, made, data = planned
    house.client.post(f"/v1/campaigns/{made}/revise", json={"text": "drop SMS", "plan_sha": house.sha(made)})
    assert house.work()
    data = sorted({*data, *known_data(house.client.get(f"/v1/campaigns/{made}").json())}, key=len, reverse=True)
    data = ["drop SMS", *data]
    for path in (
        f"/panel/{made}",
        f"/segment/{made}/s1",
        f"/budget/{made}?minor=1",
        f"/budget/{made}?minor=0",
        f"/compare?old={made}&old_version=1&new={made}",
    ):
        sign = "&" if "?" in path else "?"
        answer = house.client.get(f"{path}{sign}lang=zh")
        assert answer.status_code == 200
        assert english(answer.text, data) == [], path
        assert english(house.client.get(f"{path}{sign}lang=en").text, data) != [], "the scan would see it"


def test_the_agent_answers_in_the_page_s_language(planned: tuple[House, str, list[str]]) -> None:
    house, made, data = planned
    for turn in (
        "why this segment?",
        "who is left out and why?",
        "10% at most",
        "which limit binds?",
        "tell me a joke",
    ):
        house.client.post(f"/v1/campaigns/{made}/revise", json={"text": turn, "plan_sha": house.sha(made)})
        assert house.work()
    said = house.client.get(f"/talk/{made}?lang=zh").json()["said"]
    assert [one["text"] for one in said if one["who"] == "you"][-1] == "tell me a joke", "her words are hers"
    agent = [line for one in said if one["who"] == "agent" for line in one["text"].splitlines()]
    assert [line for line in agent if english(line, ["tell me a joke", *data])] == []
    assert any("没听懂" in line for line in agent)
    assert "not understood" in json.dumps(house.client.get(f"/talk/{made}").json()).lower()


def test_findings_and_problems_are_said_in_chinese(planned: tuple[House, str, list[str]]) -> None:
    house, made, _ = planned
    campaign = house.client.get(f"/v1/campaigns/{made}").json()
    copy_id = next(one["copy_id"] for one in campaign["copy"] if one["channel"] == "email")
    body = {"copy_id": copy_id, "part": "subject", "text": "RE: save 50% today, https://elsewhere.example"}
    findings = house.client.post(f"/copy/{made}/try?lang=zh", json=body).json()["findings"]
    assert len(findings) >= 2
    assert [one["text"] for one in findings if left_english(one["text"])] == []
    stale = house.client.post(f"/copy/{made}", json={**body, "text": "Hello", "plan_sha": "0" * 64}).json()["detail"]
    assert house.client.post("/in-words?lang=zh", json={"text": stale}).json() == {
        "text": "方案在显示之后已有更改；请再看一遍"
    }
    assert house.client.post("/in-words", json={"text": stale}).json() == {"text": stale}
    assert house.client.post("/in-words", json={"text": "x" * 4001}).status_code == 422
    assert house.client.get("/history?lang=zh").json()[0]["name"] == "唤回流失顾客"


def test_a_question_is_asked_in_chinese(make_house: MakeHouse) -> None:
    house = make_house()
    made = house.client.post("/v1/campaigns", json={"brief": "Win back our VIPs with a discount."}).json()[
        "campaign_id"
    ]
    assert house.work()
    html = house.client.get(f"/panel/{made}?lang=zh").text
    campaign = house.client.get(f"/v1/campaigns/{made}").json()
    assert english(html, [*_data(campaign["data"]["synthetic"]), "our VIPs"]) == []
    assert "活动什么时候做" in html
