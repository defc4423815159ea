"""Results over HTTP: as a file, as rows, as neither; refused with their rows named; read once."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.agent.api.conftest import House

CSV = {"Content-Type": "text/csv"}
AFTER = datetime(2017, 12, 20, 9, tzinfo=UTC)


@pytest.fixture
def sent(api: House) -> str:
    """An exported campaign whose window is over."""
    made = api.draft()
    assert api.approve(made).status_code == 200
    assert api.client.post(f"/v1/campaigns/{made}/export", json={"format": "csv"}).status_code == 200
    api.deps.now = lambda: AFTER
    api.own_shop()
    return made


def results(api: House, campaign_id: str) -> pd.DataFrame:
    """Each third customer bought once."""
    audience = pd.read_parquet(api.deps.settings.home / "campaigns" / campaign_id / "audience.parquet")
    buys = np.arange(len(audience)) % 3 == 0
    return pd.DataFrame(
        {
            "customer_id": audience["customer_id"],
            "sent": audience["channel"].notna(),
            "ordered_at": ["2017-12-05T12:00:00Z" if bought else None for bought in buys],
            "order_id": [f"r{n}" if bought else None for n, bought in enumerate(buys)],
            "amount": [10.5 if bought else None for bought in buys],
        }
    )


def ask(api: House, campaign_id: str, content: bytes | None = None, query: str = "", **headers: str) -> Any:
    return api.client.post(f"/v1/campaigns/{campaign_id}/readout{query}", content=content, headers=headers)


def kind(answer: Any) -> str:
    return str(answer.json()["type"].rsplit("/", 1)[1])


def parquet(frame: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items() if pd.notna(v)} for row in frame.to_dict("records")]


def test_a_file_is_read_out_once_and_shown(api: House, sent: str) -> None:
    frame = results(api, sent)
    content = frame.to_csv(index=False).encode()
    assert api.client.get(f"/v1/campaigns/{sent}/readout").status_code == 404
    first = ask(api, sent, content, **CSV, **{"Idempotency-Key": "r"})
    assert first.status_code == 200, first.text
    said = first.json()
    assert (said["status"], said["appended"]) == ("measured", len(frame))
    assert sum(arm["orders"] for arm in said["readout"]["arms"]) == frame["order_id"].notna().sum()
    again = ask(api, sent, content, **CSV, **{"Idempotency-Key": "r"})
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == said
    other = ask(api, sent, content + b"\n", **CSV, **{"Idempotency-Key": "r"})
    assert (other.status_code, kind(other)) == (409, "idempotency-mismatch")
    assert api.client.get(f"/v1/campaigns/{sent}/readout").json() == said["readout"]
    shown = api.client.get(f"/v1/campaigns/{sent}").json()
    assert (shown["status"], shown["readout"]) == ("measured", said["readout"])
    page = api.client.get(f"/v1/campaigns/{sent}/readout/report")
    assert "<svg" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_rows_and_files_of_both_kinds_are_read_alike(api: House, sent: str) -> None:
    frame = results(api, sent)
    renamed = frame.rename(columns={"amount": "paid"}).to_csv(index=False).encode()
    effects = []
    for answer in (
        api.client.post(f"/v1/campaigns/{sent}/readout", json={"rows": rows(frame)}),
        ask(api, sent, parquet(frame), **{"Content-Type": "application/vnd.apache.parquet"}),
        ask(api, sent, renamed, "?map=amount=paid", **CSV),
    ):
        assert answer.status_code == 200, answer.text
        effects.append(answer.json()["readout"]["effects"])
    assert effects[0] == effects[1] == effects[2]


def test_without_results_the_shops_own_orders_are_read_where_they_reach(api: House, sent: str) -> None:
    answer = ask(api, sent)
    assert answer.status_code == 200, answer.text
    assert answer.json()["readout"]["source"] == "orders"


BROKEN: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str, list[int]]] = {
    "an amount that is none": (lambda f: f.assign(amount=f["amount"].mask(f.index == 3, "=1+1")), "bad-results", [5]),
    "a stranger": (
        lambda f: f.assign(customer_id=f["customer_id"].mask(f.index == 1, "nobody")), "results-mismatch", [3],
    ),
    "an order without a time": (
        lambda f: f.assign(ordered_at=f["ordered_at"].mask(f.index == 0, None)), "bad-results", [2],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_refused_file_names_its_rows_and_changes_nothing(api: House, sent: str, name: str) -> None:
    broken, code, wanted = BROKEN[name]
    home = api.deps.settings.home
    before = (home / "shop" / "current.json").read_bytes()
    answer = ask(api, sent, broken(results(api, sent)).to_csv(index=False).encode(), **CSV)
    assert (answer.status_code, kind(answer)) == (422, code), answer.text
    assert answer.json()["rows"] == wanted
    assert answer.json()["detail"].startswith("results.csv: "), "not where it lay"
    assert api.client.get(f"/v1/campaigns/{sent}").json()["status"] == "exported"
    assert (home / "shop" / "current.json").read_bytes() == before
    assert api.client.get(f"/v1/campaigns/{sent}/readout").status_code == 404


@pytest.mark.parametrize(
    ("content", "query", "headers", "status"),
    [
        (b'{"rows": [{"customer_id": NaN}]}', "", {"Content-Type": "application/json"}, 400),
        (b'{"rows": [{"customer_id": {}}]}', "", {"Content-Type": "application/json"}, 422),
        (b'{"rows": [], "more": 1}', "", {"Content-Type": "application/json"}, 422),
        (b'{"rows": []}', "", {"Content-Type": "application/json"}, 422),
        (b"", "", CSV, 422),
        (b"\xff\xfe\x00", "", CSV, 422),
        (b"PAR1 but not really", "", {"Content-Type": "application/vnd.apache.parquet"}, 422),
        (b"customer_id\n1\n", "", {**CSV, "Content-Encoding": "gzip"}, 415),
        (b"customer_id\n1\n", "", {"Content-Type": "application/zip"}, 415),
        (b"customer_id\n1\n", "?map=nothing=x", CSV, 422),
        (b"customer_id\n1\n", "?map=amount", CSV, 422),
        (b"customer_id\n1\n", "?by=x", CSV, 422),
        (b"customer_id\n1\n", "?cost=nan", CSV, 422),
        (b"customer_id\n1\n", "?cost=-1", CSV, 422),
        (b"customer_id\n1\n", "?until=2017-02-30", CSV, 422),
        (b"customer_id\n1\n", "?unknown=1", CSV, 422),
        (b"x" * 3_000, "", CSV, 413),
    ],
)
def test_what_is_no_result_is_a_problem(
    make_house: Callable[..., House], content: bytes, query: str, headers: dict[str, str], status: int
) -> None:
    api = make_house(max_file_bytes=2_048)
    made = api.draft()
    assert api.approve(made).status_code == 200
    assert api.client.post(f"/v1/campaigns/{made}/export", json={"format": "csv"}).status_code == 200
    api.deps.now = lambda: AFTER
    answer = ask(api, made, content, query, **headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_file_of_too_many_rows_is_refused_before_it_is_read(
    api: House, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent.api import readouts

    monkeypatch.setattr(readouts, "MOST_ROWS", 2)
    answer = ask(api, sent, parquet(results(api, sent)), **{"Content-Type": "application/vnd.apache.parquet"})
    assert answer.status_code == 413


def test_one_readout_at_a_time(api: House, sent: str) -> None:
    there = api.client.app.state.api  # type: ignore[attr-defined]
    with there.reading():
        answer = ask(api, sent, results(api, sent).to_csv(index=False).encode(), **CSV)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_nothing_is_left_of_an_upload(api: House, sent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    assert ask(api, sent, b"customer_id\nnobody\n", **CSV).status_code == 422
    assert list(place.iterdir()) == []
