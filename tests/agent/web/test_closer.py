"""What the page asks beside `/v1`: who may, what comes back, and that a line of copy is never kept past a rule."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.agent.api.conftest import House

MakeHouse = Callable[..., House]


def words(house: House, made: str, text: str, **more: Any) -> dict[str, Any]:
    campaign = house.client.get(f"/v1/campaigns/{made}", headers=house.headers).json()
    item = next(one for one in campaign["copy"] if one["channel"] == "email")
    return {"copy_id": item["copy_id"], "part": "subject", "text": text, "plan_sha": house.sha(made)} | more


def test_words_that_no_rule_blocks_become_a_version_and_void_the_approval(make_house: MakeHouse) -> None:
    house = make_house()
    made = house.draft()
    assert house.approve(made).status_code == 200
    body = words(house, made, "A little something for you, {first_name}")
    tried = house.client.post(f"/copy/{made}/try", json={k: v for k, v in body.items() if k != "plan_sha"}).json()
    assert (tried["rendered"], tried["findings"]) == ("A little something for you, Alex", [])
    assert tried["slots"]["first_name"] == "Alex"
    assert house.client.post(f"/copy/{made}", json=body).status_code == 202
    assert house.client.post(f"/copy/{made}", json=body).status_code == 409, "it is being carried out"
    assert house.work()
    after = house.client.get(f"/v1/campaigns/{made}").json()
    assert (after["version"], after["status"]) == (2, "draft")
    assert house.client.post(f"/copy/{made}", json=body).json()["title"] == "Sha mismatch"
    said = house.client.get(f"/talk/{made}").json()["said"]
    assert [one["who"] for one in said[-3:]] == ["agent", "you", "agent"]
    assert "its approval is void" in said[-1]["text"]
    panel = house.client.get(f"/panel/{made}").text
    assert "A little something for you, Alex" in panel
    assert "edited by hand" in panel
    assert 'id="changes"' in panel


@pytest.mark.parametrize("text", ["Save 50% today", "{nothing}", "", " ", "See https://elsewhere.example"])
def test_words_that_a_rule_blocks_are_refused_and_named(make_house: MakeHouse, text: str) -> None:
    house = make_house()
    made = house.draft()
    body = words(house, made, text)
    tried = house.client.post(f"/copy/{made}/try", json={k: v for k, v in body.items() if k != "plan_sha"})
    assert any(one["blocks"] for one in tried.json()["findings"])
    answer = house.client.post(f"/copy/{made}", json=body)
    assert answer.status_code == 422
    assert answer.json()["title"] == "Copy blocked"
    assert not house.work(), "no job was made of it"


def test_what_is_not_there_and_what_has_gone_out(make_house: MakeHouse) -> None:
    house = make_house()
    made = house.draft()
    body = words(house, made, "A little something")
    assert house.client.post(f"/copy/{made}", json=body | {"copy_id": "none"}).status_code == 404
    assert house.client.get(f"/segment/{made}/s99").status_code == 404
    assert house.client.get(f"/compare?old={made}&new={made}&old_version=7").status_code == 404
    assert house.client.get("/compare?old=c-20000101-0000000000&new=x").status_code == 404
    house.approve(made)
    house.client.post(f"/v1/campaigns/{made}/export", json={"format": "csv"})
    assert house.client.post(f"/copy/{made}", json=body).json()["title"] == "Already exported"


def test_who_may(make_house: MakeHouse) -> None:
    house = make_house()
    made = house.draft()
    viewer, planner = house.key("viewer"), house.key("planner")
    body = {"copy_id": "x", "part": "subject", "text": "x"}
    for path in (f"/segment/{made}/s1", f"/budget/{made}?minor=100"):
        assert house.client.get(path).status_code == 401, path
        assert house.client.get(path, headers=viewer).status_code == 403, path
        assert house.client.get(path, headers=planner).status_code == 200, path
    for path in (f"/copy/{made}/try", f"/copy/{made}"):
        assert house.client.post(path, json=body).status_code == 401, path
        assert house.client.post(path, json=body, headers=viewer).status_code == 403, path
    for path in ("/history", f"/talk/{made}", f"/versions/{made}", f"/compare?old={made}&new={made}"):
        assert house.client.get(path).status_code == 401, path
        assert house.client.get(path, headers=viewer).status_code == 200, path


def test_a_segment_shows_ten_and_nobody(make_house: MakeHouse) -> None:
    house = make_house()
    made = house.draft()
    answer = house.client.get(f"/segment/{made}/s1")
    assert answer.headers["Cache-Control"] == "no-store"
    assert 1 <= answer.text.count('scope="row"') <= 10
    customers = house.deps.store.frame("customers")
    for column in ("email", "phone"):
        assert not any(str(value) in answer.text for value in customers[column].dropna())
    assert "SELECT" in answer.text
    assert house.client.get(f"/segment/{made}/s1").text == answer.text, "the same ten on each look"


def test_another_budget_is_solved_and_nothing_is_changed(make_house: MakeHouse) -> None:
    house = make_house()
    made = house.draft()
    sha = house.sha(made)
    less = house.client.get(f"/budget/{made}?minor=1").text
    assert "less than now" in less
    assert "<svg" in less
    assert "as much as now" in house.client.get(f"/budget/{made}?minor=100000").text
    assert "below the cheapest message" in house.client.get(f"/budget/{made}?minor=0").text
    assert house.sha(made) == sha


def test_campaigns_have_names(make_house: MakeHouse) -> None:
    house = make_house()
    made = house.draft()
    (one,) = house.client.get("/history").json()
    assert (one["campaign_id"], one["name"]) == (made, "Win back lapsed customers")
    assert "2017-12-01 – 2017-12-14" in one["about"]
    assert house.client.get("/history?lang=zh").json()[0]["name"] == "唤回流失顾客"
    assert house.client.get(f"/talk/{made}").json()["said"][0]["text"].startswith("Win back customers")
