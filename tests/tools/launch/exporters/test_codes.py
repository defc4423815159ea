"""Codes in the messages and in the list for the shop: the shared one, or one a customer."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.tools.launch.campaign import CODE, campaign, customers, written
from tools.failure import ToolFailure
from tools.launch.exporters.codes import coupons, shared_code, with_unique_codes
from tools.launch.exporters.klaviyo import klaviyo
from tools.launch.exporters.plain import csv


def test_the_shared_code_is_read_from_the_copy() -> None:
    assert {shared_code(item) for item in campaign(customers(20)).copies} == {CODE}
    assert {shared_code(item) for item in campaign(customers(20), with_code=False).copies} == {""}


def test_an_example_that_is_not_of_its_parts_is_our_bug() -> None:
    item = campaign(customers(20)).copies[0]
    broken = item.model_copy(update={"rendered": dict.fromkeys(item.rendered, "something else")})
    with pytest.raises(ValueError, match="is not a rendering"):
        shared_code(broken)


def test_every_message_names_its_own_code_and_nothing_else_changes(tmp_path: Path) -> None:
    data = campaign(customers(200))
    unique = with_unique_codes(data)
    listed = written(dict(coupons(unique)), tmp_path)["coupons.csv"].set_index("customer_id")["code"]
    assert listed.is_unique
    assert set(listed.index) == set(data.messages["customer_id"])
    texts = pd.DataFrame({"old": _text(data.messages), "new": _text(unique.messages)})
    texts["customer_id"] = data.messages["customer_id"]
    for old, new, who in texts.to_numpy():
        assert CODE in old
        assert old.replace(CODE, listed[who]) == new


def _text(messages: pd.DataFrame) -> "pd.Series[str]":
    parts = messages.drop(columns=["customer_id", "channel", "copy_id", "language"]).fillna("")
    return parts.agg("\n".join, axis=1)


def test_again_gives_the_same_codes() -> None:
    data = campaign(customers(50))
    assert with_unique_codes(data).messages.equals(with_unique_codes(data).messages)
    other = with_unique_codes(replace(data, secret=bytes(32)))
    assert not with_unique_codes(data).messages.equals(other.messages)


def test_the_list_for_the_shop(tmp_path: Path) -> None:
    data = campaign(customers(60))
    shared = written(dict(coupons(data)), tmp_path)["coupons.csv"]
    assert shared[["code", "type", "value", "max_uses"]].to_numpy().tolist() == [[CODE, "percent", "10", "54"]]
    unique = written(dict(coupons(with_unique_codes(data))), tmp_path)["coupons.csv"]
    assert set(unique["max_uses"]) == {"1"}
    assert set(unique["ends"]) == {"2017-12-14"}


def test_a_platform_gets_the_code_as_an_attribute(tmp_path: Path) -> None:
    data = with_unique_codes(campaign(customers(60)))
    frames = written(dict(klaviyo(data)), tmp_path)
    listed = written(dict(coupons(data)), tmp_path)["coupons.csv"].set_index("customer_id")["code"]
    people = frames["klaviyo-email.csv"]
    assert people["briefsmith_code"].tolist() == [listed[who] for who in people["briefsmith_customer"]]
    copy = frames["klaviyo-email-copy.csv"].to_csv()
    assert CODE not in copy
    assert "{{ person|lookup:'briefsmith_code' }}" in copy


def test_no_code_no_list() -> None:
    for what in (coupons, with_unique_codes):
        with pytest.raises(ToolFailure) as caught:
            what(campaign(customers(20), with_code=False))
        assert caught.value.code == "no_codes"


def test_a_longer_text_than_was_paid_for_is_refused() -> None:
    data = campaign(customers(20), channels=("sms",))
    texts = data.messages["text"].map(lambda text: text + "x" * (160 - len(text)) if len(text) < 160 else text)
    with pytest.raises(ToolFailure) as caught:
        with_unique_codes(replace(data, messages=data.messages.assign(text=texts)))
    assert caught.value.code == "code_too_long"


def test_the_neutral_csv_keeps_both(tmp_path: Path) -> None:
    frames = written(dict(csv(campaign(customers(20)))), tmp_path)
    assert len(frames["messages.csv"]) == 18
