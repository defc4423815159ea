"""The page without a browser: what is served, to whom, and that nothing in it can run."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

import yaml

import agent.web
from agent.toolset import toolset
from agent.web.routes import FILES
from agent.workspace import Workspace
from tests.agent.api.conftest import House
from tools.launch.exporters.registry import EXPORTERS

HERE = Path(str(agent.web.__file__)).parent
MakeHouse = Callable[..., House]


def test_the_page_holds_no_script_and_loads_nothing_from_elsewhere(make_house: MakeHouse) -> None:
    client = make_house().client
    answer = client.get("/")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert re.findall(r"<script(?! type=\"module\" src=\"/static/page\.js\"></script>)", answer.text) == []
    assert re.findall(r"https?://", answer.text) == []
    for name in FILES:
        assert client.get(f"/static/{name}").status_code == 200


def test_other_files_are_not_served(make_house: MakeHouse) -> None:
    client = make_house().client
    for name in ("routes.py", "..%2froutes.py", "%2e%2e/routes.py", "page.js%00"):
        assert client.get(f"/static/{name}").status_code in (404, 422), name


def test_both_languages_say_everything(make_house: MakeHouse) -> None:
    words = yaml.safe_load((HERE / "words.yaml").read_text(encoding="utf-8"))
    assert words["en"].keys() == words["zh"].keys()
    for group in ("formats", "steps", "status"):
        assert words["en"][group].keys() == words["zh"][group].keys()
    assert words["en"]["formats"].keys() == EXPORTERS.keys()
    assert words["en"]["steps"].keys() >= {one.name.replace("_", " ") for one in toolset(cast(Workspace, None))}
    client = make_house().client
    assert "New campaign" in client.get("/").text
    assert "新活动" in client.get("/?lang=zh").text
    assert "新活动" in client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert client.get("/?lang=fr").status_code == 422


def test_the_scripts_words_exist() -> None:
    words = yaml.safe_load((HERE / "words.yaml").read_text(encoding="utf-8"))["en"]
    scripts = "".join(path.read_text(encoding="utf-8") for path in (HERE / "static").glob("*.js"))
    templates = "".join(path.read_text(encoding="utf-8") for path in (HERE / "templates").glob("*.jinja"))
    used = set(re.findall(r"\bwords\.(\w+)", scripts + templates))
    assert used
    assert used <= words.keys()


def test_the_panel_is_the_report_without_its_page(make_house: MakeHouse) -> None:
    house = make_house()
    made = house.draft()
    answer = house.client.get(f"/panel/{made}")
    assert answer.status_code == 200
    for section in ("audience", "allocation", "copy", "checks", "experiment"):
        assert f'id="{section}"' in answer.text
    assert "<html" not in answer.text
    assert "<script" not in answer.text
    assert house.client.get("/panel/c-20000101-0000000000").status_code == 404


def test_with_keys_the_data_need_one_and_the_empty_page_does_not(make_house: MakeHouse) -> None:
    house = make_house()
    made = house.draft()
    headers = house.key("viewer")
    assert house.client.get("/").status_code == 200
    assert house.client.get(f"/c/{made}").status_code == 200
    assert house.client.get(f"/panel/{made}").status_code == 401
    assert house.client.get(f"/panel/{made}", headers=headers).status_code == 200
    assert "csv" in house.client.get("/formats", headers=headers).json()


def test_a_draft_whose_folder_is_gone_is_planned_again(make_house: MakeHouse) -> None:
    import shutil

    from agent.shelf import campaign_folder
    from tests.agent.launching import BRIEF

    house = make_house()
    made = house.draft()
    first = house.client.post("/v1/campaigns", json={"brief": BRIEF})
    assert first.json() == {**first.json(), "campaign_id": made, "status": "draft"}
    shutil.rmtree(campaign_folder(house.deps.settings.home, made))
    again = house.client.post("/v1/campaigns", json={"brief": BRIEF})
    assert again.json() == {**first.json(), "status": "planning"}
    assert house.client.get(f"/v1/campaigns/{made}").json()["status"] == "planning"
