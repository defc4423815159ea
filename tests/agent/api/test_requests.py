"""What is sent: the bad-input list, idempotency, limits, and what every answer carries."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from evals.servers.copyist import Copyist
from evals.servers.faulty import Faulty
from evals.servers.protocol import Delivery, Whole, serving
from tests.agent.api.conftest import House
from tests.agent.launching import BRIEF

JSON = {"Content-Type": "application/json"}
GOOD = json.dumps({"brief": BRIEF}).encode()

BAD_BODIES: dict[str, tuple[bytes, dict[str, str], int]] = {
    "empty": (b"", JSON, 422),
    "only white space": (b"  ", JSON, 400),
    "not JSON": (b"{", JSON, 400),
    "NaN": (b'{"brief": NaN}', JSON, 400),
    "infinity": (b'{"brief": -Infinity}', JSON, 400),
    "1e400": (b'{"brief": 1e400}', JSON, 400),
    "5,000 digits": (b'{"brief": ' + b"9" * 5000 + b"}", JSON, 400),
    "duplicate keys": (b'{"brief": "a", "brief": "b"}', JSON, 400),
    "lone surrogate": (b'{"brief": "\\ud800"}', JSON, 400),
    "lone surrogate in a key": (b'{"\\udfff": 1}', JSON, 400),
    "NUL": (b'{"brief": "a\\u0000"}', JSON, 400),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD, JSON, 400),
    "UTF-16": (GOOD.decode().encode("utf-16"), JSON, 400),
    "invalid UTF-8": (b'{"brief": "\xff"}', JSON, 400),
    "1e5 deep": (b"[" * 100_000 + b"]" * 100_000, JSON, 400),
    "deep and closed": (b'{"a":' * 50 + b"1" + b"}" * 50, JSON, 400),
    "too large": (b'{"brief": "' + b"x" * 300_000 + b'"}', JSON, 413),
    "gzip bomb": (gzip.compress(b'{"brief": "' + b"x" * 10_000_000 + b'"}'), {**JSON, "Content-Encoding": "gzip"}, 415),
    "no content type": (GOOD, {"Content-Type": ""}, 415),
    "form": (GOOD, {"Content-Type": "text/plain"}, 415),
    "another charset": (GOOD, {"Content-Type": "application/json; charset=utf-16"}, 415),
    "a list": (b"[]", JSON, 422),
    "null": (b"null", JSON, 422),
    "a number for a text": (b'{"brief": 5e-324}', JSON, 422),
    "a bool for a text": (b'{"brief": true}', JSON, 422),
    "an empty brief": (b'{"brief": ""}', JSON, 422),
    "a long brief": (json.dumps({"brief": "x" * 20_001}).encode(), JSON, 422),
    "an unknown field": (b'{"brief": "x", "audience": "all"}', JSON, 422),
    "a day that is none": (b'{"brief": "x", "today": "2017-02-30"}', JSON, 422),
    "a day before time": (b'{"brief": "x", "today": "0001-01-01"}', JSON, 422),
    "a day after time": (b'{"brief": "x", "today": "9999-12-31"}', JSON, 422),
    "a day as a number": (b'{"brief": "x", "today": -0}', JSON, 422),
    "an unknown planner": (b'{"brief": "x", "planner": "human"}', JSON, 422),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_a_problem_and_leaves_nothing(api: House, name: str) -> None:
    body, headers, status = BAD_BODIES[name]
    answer = api.client.post("/v1/campaigns", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"]
    assert api.client.get("/v1/campaigns").json()["campaigns"] == []


def test_a_body_in_pieces_is_cut_off_and_one_that_never_ends_too(api: House) -> None:
    """Chunked, without a length; and a slow loris: the limits are of bytes and of seconds."""
    from agent.api.strict import StrictBody

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    async def never() -> AsyncIterator[bytes]:
        yield b'{"brief": "'
        await asyncio.sleep(30)

    async def ask(body: AsyncIterator[bytes]) -> httpx.Response:
        guarded = StrictBody(api.client.app, most_bytes=262_144, seconds=0.2)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(guarded, client=("127.0.0.1", 5)), base_url="http://127.0.0.1"
        ) as client:
            return await client.post("/v1/campaigns", content=body, headers=JSON)

    assert asyncio.run(ask(pieces())).status_code == 413
    assert asyncio.run(ask(never())).status_code == 408


@pytest.mark.parametrize(
    "brief",
    [
        "\u202eevil\u202c brief",
        "a\u200bb\u200dc\U000e0041",
        "🎉" * 50,
        "'; DROP TABLE campaigns; --",
        "<script>alert(1)</script>",
        "\\",
        "{{x}}",
    ],
)
def test_odd_text_is_a_brief_like_any_other(api: House, brief: str) -> None:
    answer = api.client.post("/v1/campaigns", json={"brief": brief})
    assert answer.status_code == 202
    shown = api.client.get(answer.json()["links"]["self"]).json()
    assert (shown["status"], shown["brief"]["text"]) == ("planning", brief)
    assert api.work()
    assert api.client.get(answer.json()["links"]["self"]).json()["status"] in ("needs_input", "refused")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/campaigns/..%2f..%2fetc", "/v1/campaigns/%00", "/v1/campaigns/c-20171124-ffffffffff'--",
        "/v1/campaigns/" + "x" * 5000, "/v1/campaigns/c-20171124-ffffffffff/exports/csv/..%2f..%2fledger.sqlite",
        "/v1/campaigns/c-20171124-ffffffffff/exports/..%2f/x", "/v1/nothing",
    ],
)  # fmt: skip
def test_a_path_leads_nowhere_else(api: House, path: str) -> None:
    assert api.client.get(path).status_code in (404, 422)


@pytest.mark.parametrize(
    "query",
    ["q=", "", "q=x&limit=0", "q=x&limit=1e9", "q=x&limit=NaN", "q=" + "x" * 201, "q=x&limit=9" + "9" * 50],
)
def test_a_bad_query_is_a_problem(api: House, query: str) -> None:
    answer = api.client.get(f"/v1/products/search?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize("q", ["milk", "'; --", "\U0001f600", "%00", "=1+1", "牛奶", " "])
def test_any_words_may_be_searched_for(api: House, q: str) -> None:
    answer = api.client.get("/v1/products/search", params={"q": q, "limit": "3"})
    assert answer.status_code == 200
    answer = api.client.get("/v1/products/search", params={"q": q, "category": "nothing' OR 1=1"})
    assert answer.status_code == 422


def test_segments_are_of_the_whole_shop(api: House) -> None:
    found = api.client.get("/v1/segments").json()
    assert found["as_of"] == "2017-11-24"
    assert sum(segment["size"] for segment in found["segments"]) == found["funnel"][-1]["customers"] > 0


def test_the_same_key_and_body_are_answered_the_same(api: House) -> None:
    head = {"Idempotency-Key": "k1"}
    first = api.client.post("/v1/campaigns", json={"brief": BRIEF}, headers=head)
    again = api.client.post("/v1/campaigns", json={"brief": BRIEF}, headers=head)
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    other = api.client.post("/v1/campaigns", json={"brief": BRIEF + " "}, headers=head)
    assert (other.status_code, other.json()["type"].rsplit("/", 1)[1]) == (409, "idempotency-mismatch")
    assert api.client.post("/v1/campaigns", json={"brief": "hi"}, headers={"Idempotency-Key": "k2"}).status_code == 202
    assert len(api.client.get("/v1/campaigns").json()["campaigns"]) == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "é"])
def test_an_idempotency_key_is_visible_ascii(api: House, key: str) -> None:
    head = {b"Idempotency-Key": key.encode("latin-1")}
    assert api.client.post("/v1/campaigns", json={"brief": BRIEF}, headers=head).status_code == 400


def test_an_approval_is_replayed_and_not_granted_twice(api: House) -> None:
    made = api.draft()
    body = {"plan_sha": api.sha(made), "approver": "Ann"}
    ask: Callable[[dict[str, str]], Any] = lambda head: api.client.post(  # noqa: E731
        f"/v1/campaigns/{made}/approve", json=body, headers=head
    )
    first, again = ask({"Idempotency-Key": "a"}), ask({"Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert ask({}).status_code == 409
    assert ask({"Idempotency-Key": "b"}).status_code == 409
    assert api.client.get(f"/v1/campaigns/{made}").json()["status"] == "approved"


def test_an_export_is_replayed_and_its_files_are_there(api: House) -> None:
    made = api.draft()
    assert api.approve(made).status_code == 200
    ask = {"json": {"format": "json"}, "headers": {"Idempotency-Key": "e"}}
    first = api.client.post(f"/v1/campaigns/{made}/export", **ask)  # type: ignore[arg-type]
    again = api.client.post(f"/v1/campaigns/{made}/export", **ask)  # type: ignore[arg-type]
    assert first.status_code == 200, first.text
    assert first.json() == again.json()
    for file in first.json()["files"]:
        assert api.client.get(file["url"]).status_code == 200
    assert api.client.get(f"/v1/campaigns/{made}/exports/json/manifest.json").json()["approver"] == "Ann"
    assert api.client.get(f"/v1/campaigns/{made}/exports/json/nothing").status_code == 404


def test_a_hash_that_was_not_shown_is_refused(api: House) -> None:
    made = api.draft()
    assert api.approve(made, plan_sha="0" * 64).status_code == 409
    assert api.approve(made, plan_sha="short").status_code == 422
    assert api.client.get(f"/v1/campaigns/{made}").json()["status"] == "draft"


def test_without_a_key_an_approval_needs_a_name(api: House) -> None:
    made = api.draft()
    body = {"plan_sha": api.sha(made)}
    assert api.client.post(f"/v1/campaigns/{made}/approve", json=body).status_code == 422


def test_a_full_queue_says_when_to_come_back(make_house: Callable[..., House]) -> None:
    api = make_house(max_queue=2)
    for n in range(2):
        assert api.client.post("/v1/campaigns", json={"brief": f"hello {n}"}).status_code == 202
    full = api.client.post("/v1/campaigns", json={"brief": "hello 3"})
    assert (full.status_code, full.json()["type"].rsplit("/", 1)[1]) == (429, "queue-full")
    assert int(full.headers["Retry-After"]) > 0
    assert api.client.post("/v1/campaigns", json={"brief": "hello 1"}).status_code == 202, "accepted already"
    assert api.work()
    assert api.client.post("/v1/campaigns", json={"brief": "hello 3"}).status_code == 202


def test_who_asks_too_often_is_told_how_long_to_wait(make_house: Callable[..., House]) -> None:
    api = make_house(reads_per_minute=3)
    answers = [api.client.get("/v1/campaigns") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert api.client.get("/v1/campaigns", headers=api.key("viewer")).status_code == 200, "each caller counts alone"
    assert api.client.get("/v1/health/live").status_code == 200


def test_a_guesser_of_keys_is_stopped(api: House) -> None:
    api.key("viewer")
    wrong = {"Authorization": "Bearer bs_000000000000_" + "x" * 43}
    statuses = [api.client.get("/v1/campaigns", headers=wrong).status_code for _ in range(31)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_every_answer_carries_the_safe_headers(api: House) -> None:
    for path in ("/v1/campaigns", "/v1/health/live", "/nothing"):
        headers = api.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["cache-control"] == "no-store"
        assert len(headers["x-request-id"]) == 16
    made = api.draft()
    report = api.client.get(f"/v1/campaigns/{made}/report")
    assert "script-src" not in report.headers["content-security-policy"]
    assert report.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_log_holds_no_personal_data(api: House, caplog: pytest.LogCaptureFixture) -> None:
    import logging

    from agent.api.logs import JsonLines

    with caplog.at_level(logging.INFO, logger="briefsmith"):
        api.client.get("/v1/products/search?q=secret@example.com", headers={"X-Name": "Ann"})
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "briefsmith"]
    assert json.loads(lines[-1])["route"] == "/v1/products/search"
    assert "secret@example.com" not in "".join(lines)


def test_health_says_what_is_missing(api: House) -> None:
    assert api.client.get("/v1/health/ready").json()["checks"] == {
        "ledger": "ok", "shop": "ok", "index": "ok", "workers": "ok",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("delivery", "status", "said"), [(Whole(), 200, "ok"), (Faulty("500"), 503, "does not answer")]
)
def test_ready_asks_the_model_for_a_token(
    make_house: Callable[..., House], delivery: Delivery, status: int, said: str
) -> None:
    with serving(Copyist(), delivery) as server:
        api = make_house(llm_base_url=server.url, llm_model="some")
        answers = [api.client.get("/v1/health/ready") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [status] * 3
        assert answers[0].json()["checks"]["model"] == said
        assert len(server.requests) == 1, "anybody may ask; the model is not asked each time"


def test_ready_says_that_a_model_is_half_configured(make_house: Callable[..., House]) -> None:
    answer = make_house(llm_model="some").client.get("/v1/health/ready")
    assert (answer.status_code, answer.json()["checks"]["model"]) == (503, "no_model")


def test_metrics_count_by_route_and_never_by_campaign(api: House) -> None:
    made = api.draft()
    api.client.get(f"/v1/campaigns/{made}")
    text = api.client.get("/metrics").text
    assert 'route="/v1/campaigns/{campaign_id}",status="200"} 1.0' in text
    assert made not in text
    assert 'briefsmith_jobs{state="queued"} 0.0' in text


def test_the_list_goes_page_by_page(api: House) -> None:
    wanted = {api.client.post("/v1/campaigns", json={"brief": f"hello {n}"}).json()["campaign_id"] for n in range(5)}
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = api.client.get("/v1/campaigns", params={"limit": "2", **after}).json()
        seen += [campaign["campaign_id"] for campaign in page["campaigns"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert sorted(seen) == sorted(wanted)
