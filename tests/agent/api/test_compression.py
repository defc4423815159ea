"""Answers are compressed for who accepts it, files and streams of events never are; a fault answers like all others."""

import logging

import httpx
import pytest

from agent.api.logs import JsonLines
from tests.agent.api.conftest import House
from tests.agent.api.test_slow import served


def test_what_is_long_is_compressed_for_who_accepts_it(api: House) -> None:
    made = api.draft()
    for path, kind in (
        (f"/v1/campaigns/{made}", "application/json"),
        ("/static/page.css", "text/css"),
        ("/", "text/html"),
    ):
        plain = api.client.get(path, headers={"Accept-Encoding": "identity"})
        small = api.client.get(path, headers={"Accept-Encoding": "gzip"})
        assert small.headers["content-encoding"] == "gzip", path
        assert small.headers["vary"] == "Accept-Encoding"
        assert small.headers["content-type"].startswith(kind)
        assert int(small.headers["content-length"]) < len(plain.content) / 2
        assert "content-encoding" not in plain.headers
        assert small.content == plain.content
    short = api.client.get("/v1/health/live", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in short.headers


def test_an_export_is_the_bytes_that_were_vouched_for(api: House) -> None:
    made = api.draft()
    assert api.approve(made).status_code == 200
    files = api.client.post(f"/v1/campaigns/{made}/export", json={"format": "csv"}).json()["files"]
    for file in files:
        answer = api.client.get(file["url"], headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in answer.headers
        assert int(answer.headers["content-length"]) == len(answer.content) > 1024


def test_events_come_as_they_happen_and_uncompressed(api: House) -> None:
    made = api.draft()
    with (
        served(api) as port,
        httpx.stream(
            "GET", f"http://127.0.0.1:{port}/v1/campaigns/{made}/events", headers={"Accept-Encoding": "gzip"}
        ) as stream,
    ):
        assert "content-encoding" not in stream.headers
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert next(stream.iter_text()).startswith("event: planned\n")


def test_a_fault_of_ours_carries_the_common_headers_and_can_be_found(
    api: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret@example.com")

    monkeypatch.setattr("agent.api.campaigns.shown", broken)
    with caplog.at_level(logging.INFO, logger="briefsmith"):
        answer = api.client.get(f"/v1/campaigns/{api.draft()}")
    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["type"].endswith("/internal-error")
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "briefsmith"]
    found = [line for line in lines if answer.headers["x-request-id"] in line]
    assert any("ZeroDivisionError" in line for line in found)
    assert any('"status": 500' in line for line in found)
    assert "secret@example.com" not in "".join(lines) + answer.text
