"""The custom audience: only who consented, normalised as Meta asks, and no plain address in the file."""

import hashlib
import re
from pathlib import Path

import pandas as pd
import pytest

from tests.tools.launch.campaign import campaign, customers, naughty_strings, written
from tools.failure import ToolFailure
from tools.launch.exporters.meta import first_name, hashed, meta
from tools.launch.exporters.people import e164, email_address


def consenting(n: int) -> pd.DataFrame:
    people = customers(n)
    people["consent_social"] = [i % 3 != 0 for i in range(n)]
    return people


def test_only_who_consented_and_is_contacted(tmp_path: Path) -> None:
    people = consenting(300)
    data = campaign(people)
    frame = written(dict(meta(data)), tmp_path)["meta-custom-audience.csv"]
    contacted = set(data.messages["customer_id"])
    wanted = people[people["consent_social"] & people["customer_id"].isin(contacted)]
    emails = {hashlib.sha256(email.lower().encode()).hexdigest() for email in wanted["email"]}
    assert set(frame["email"]) == emails
    assert frame["email"].tolist() == sorted(frame["email"])


@pytest.mark.parametrize(
    ("yes", "no"),
    [("true", "false"), ("Yes", "no"), (1, 0), (1.0, float("nan")), ("1", ""), (True, None), ("y", "yes?")],
)
def test_consent_in_the_shops_own_words(yes: object, no: object, tmp_path: Path) -> None:
    people = consenting(300)
    people["consent_social"] = pd.Series([yes if given else no for given in people["consent_social"]], dtype="object")
    one = written(dict(meta(campaign(people))), tmp_path)["meta-custom-audience.csv"]
    two = written(dict(meta(campaign(consenting(300)))), tmp_path)["meta-custom-audience.csv"]
    assert one.equals(two)


def test_nothing_is_readable(tmp_path: Path) -> None:
    frame = written(dict(meta(campaign(consenting(300)))), tmp_path)["meta-custom-audience.csv"]
    for column in frame.columns:
        assert frame[column].map(lambda cell: re.fullmatch(r"[0-9a-f]{64}|", cell) is not None).all()
    assert "Example" not in (tmp_path / "meta-custom-audience.csv").read_text()


@pytest.mark.parametrize(
    ("value", "country", "normalised"),
    [
        ("(202) 555-0123", "US", "+12025550123"),
        ("+44 844 412 4653", "US", "+448444124653"),
        ("555", "US", ""),
        (None, "", ""),
    ],
)
def test_phones(value: object, country: str, normalised: str) -> None:
    assert e164(value, country) == normalised


def test_known_hashes() -> None:
    """The example of an e-mail address that platforms publish: SHA-256 of `test@example.com`."""
    known = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"
    assert hashed(email_address("  Test@Example.COM ")) == known
    assert hashed("") == ""


@pytest.mark.parametrize(
    ("name", "normalised"),
    [("MARY", "mary"), ("Jean-Luc", "jeanluc"), ("E\u0301milie", "émilie"), ("http://x", "")],
)
def test_names(name: str, normalised: str) -> None:
    assert first_name(name) == normalised


def test_without_a_record_of_consent_nobody_is_exported() -> None:
    with pytest.raises(ToolFailure) as caught:
        meta(campaign(customers(300)))
    assert caught.value.code == "no_consent_recorded"


def test_fewer_than_a_hundred_are_not_worth_the_upload() -> None:
    with pytest.raises(ToolFailure, match="needs 100"):
        meta(campaign(consenting(100)))


def test_names_that_break_things_break_nothing(tmp_path: Path) -> None:
    strings = naughty_strings()
    people = customers(600, strings)
    people["consent_social"] = True
    people["phone"] = [strings[i % len(strings)] for i in range(600)]
    frame = written(dict(meta(campaign(people))), tmp_path)["meta-custom-audience.csv"]
    assert len(frame) == 540
