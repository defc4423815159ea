"""docs/api.md is true: each of its requests is sent, in its order, and answered as it says."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.shelf import read
from tests.agent.api.conftest import House

DOCS = Path(__file__).parents[3] / "docs" / "api.md"


def commands() -> Iterator[list[str]]:
    for block in re.findall(r"```sh\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL):
        yield from (shlex.split(line) for line in block.splitlines())


def request(words: list[str], values: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
    """Method, path and the rest of a curl command; the values are its variables'."""
    sent: dict[str, Any] = {"headers": {}}
    said = [re.sub(r"\$([A-Z]+)", lambda found: values[found[1]], word) for word in words]
    left = iter(said[1:])
    path, method = "", "GET"
    for word in left:
        if word == "-H":
            name, _, value = next(left).partition(": ")
            sent["headers"][name] = value
        elif word in ("-d", "--data-binary"):
            method, body = "POST", next(left)
            sent["content"] = values[body] if body.startswith("@") else body.encode()
        elif word not in ("-N", "-O"):
            path = word
    return method, path, sent


def results(folder: Path) -> str:
    import pandas as pd

    rows = pd.read_csv(folder / "audience.csv", dtype=str)
    lines = ["customer_id,sent,ordered_at,order_id,amount"]
    for number, row in enumerate(rows.itertuples()):
        bought = f"2017-12-03T10:00:00Z,r{number},24.50" if number % 7 == 0 else ",,"
        lines.append(f"{row.customer_id},{'yes' if row.arm == 'campaign' else 'no'},{bought}")
    return "\n".join(lines)


def test_each_request_of_the_docs_is_answered(api: House) -> None:
    api.own_shop()
    made = api.draft()
    folder = api.deps.settings.home / "campaigns" / made
    values = {"KEY": api.key("approver")["Authorization"].split()[1], "API": "", "ID": made}
    values |= {"SHA": read(folder, made).campaign.plan_sha(), "@results.csv": results(folder)}
    seen = []
    for words in commands():
        method, path, sent = request(words, values)
        if path.endswith(("/events", "/revise")):
            continue  # a stream without an end; a turn would void what is approved next
        answer = api.client.request(method, path, **sent)
        wanted = 202 if method == "POST" and path == "/v1/campaigns" else 200
        assert answer.status_code == wanted, (words, answer.text)
        seen.append(path.removeprefix(f"/v1/campaigns/{made}"))
    assert seen.count("/readout") == 2
    assert {"/approve", "/export", "/exports/csv/messages.csv", "/report", "/v1/segments"} <= set(seen)


def test_a_turn_of_the_docs_is_taken(api: House) -> None:
    made = api.draft()
    words = next(words for words in commands() if words[1].endswith("/revise"))
    method, path, sent = request(words, {"KEY": "", "API": "", "ID": made})
    del sent["headers"]["Authorization"]
    assert api.client.request(method, path, **sent).status_code == 202


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_a_readout_says_names_no_file_and_no_option_of_the_command_line(api: House, kind: str) -> None:
    made = api.draft()
    api.approve(made)
    api.client.post(f"/v1/campaigns/{made}/export", json={"format": "csv"})
    sent: dict[str, Any] = {"json": {"rows": [{"customer": 1, "sent": True}]}}
    if kind == "csv":
        sent = {"content": b"customer,sent\n1,yes\n", "headers": {"Content-Type": "text/csv"}}
    answer = api.client.post(f"/v1/campaigns/{made}/readout", **sent)
    said = answer.json()["detail"]
    assert answer.status_code == 422
    assert said.startswith("the body has no column" if kind == "json" else "results.csv has no column"), said
    assert said.endswith("name it in the query, map=customer_id=NAME")
    wrong = api.client.post(f"/v1/campaigns/{made}/readout", content=b"x", headers={"Content-Type": "text/plain"})
    assert "text/csv" in wrong.json()["detail"]


def test_messages_say_what_to_do(api: House) -> None:
    made = api.draft()
    short = api.client.post(f"/v1/campaigns/{made}/approve", json={"plan_sha": "b01fd436", "approver": "Ann"})
    assert short.json()["detail"].endswith("64 hexadecimal digits of the campaign's header `Plan-Sha`")
    assert "Value error" not in api.client.post("/v1/campaigns", json={"brief": "x", "today": "1/1/2017"}).text
    unknown = api.client.get("/v1/products/search", params={"q": "milk", "category": "FLUID MILK PRODUCT"})
    assert (unknown.status_code, unknown.json()["type"].rsplit("/")[-1]) == (422, "unknown-category")
    assert "FLUID MILK PRODUCTS" in unknown.json()["suggestions"]
    for path in ("/v1/products/search?q=milk&limt=3", "/v1/campaigns?limt=3", "/v1/segments?limt=3"):
        assert api.client.get(path).json()["errors"][0]["pointer"] == "/query/limt", "a slip is not passed over"
    assert api.client.head("/v1/health/live").status_code == 200
    posted = api.client.post("/v1/campaigns", json={"brief": "hello"}).json()["campaign_id"]
    early = api.client.post(f"/v1/campaigns/{posted}/approve", json={"plan_sha": "0" * 64, "approver": "Ann"})
    assert (early.status_code, early.headers["retry-after"]) == (409, "2")
    (api.deps.settings.home / "campaigns" / made / "campaign.json").unlink()
    gone = api.client.get(f"/v1/campaigns/{made}")
    assert (gone.status_code, gone.json()["detail"]) == (404, f"the files of `{made}` are gone; post its brief again")
