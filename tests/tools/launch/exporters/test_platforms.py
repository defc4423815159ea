"""What each platform imports: its columns, its limits, everybody contacted once, nobody held out."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.tools.launch.campaign import campaign, customers, naughty_strings, written
from tools.failure import ToolFailure
from tools.launch.exporters import braze, dittofeed, google_ads, klaviyo, mailchimp
from tools.launch.exporters.registry import EXPORTERS, exporter
from tools.launch.exporters.sheet import sheet

PLATFORMS = ("klaviyo", "braze", "dittofeed", "listmonk", "mailchimp")
IDENTIFIER = {
    "klaviyo-email": "Email Address", "klaviyo-sms": "Phone Number", "braze-email": "email", "braze-sms": "phone",
    "dittofeed-email": "email", "dittofeed-sms": "phone", "listmonk-email": "email", "mailchimp-email": "Email Address",
}  # fmt: skip


@pytest.mark.parametrize("name", PLATFORMS)
def test_everybody_who_is_contacted_once_and_nobody_else(name: str, tmp_path: Path) -> None:
    data = campaign(customers(60))
    frames = written(dict(exporter(name)(data)), tmp_path)
    for stem, column in IDENTIFIER.items():
        if not stem.startswith(name):
            continue
        channel = stem.split("-")[1]
        contacted = data.audience.loc[data.audience["channel"] == channel, "customer_id"]
        people = data.customers.set_index("customer_id").loc[contacted]
        wanted = people["email"].str.lower() if channel == "email" else people["phone"]
        assert frames[f"{stem}.csv"][column].tolist() == wanted.tolist()
    assert not [file for file in frames if "left-out" in file]


@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_copy_is_what_was_approved_with_merge_tags_for_the_name(name: str, language: str, tmp_path: Path) -> None:
    data = campaign(customers(60), language="zh" if language == "zh" else "en")
    frames = written(dict(exporter(name)(data)), tmp_path)
    copies = {item.copy_id: item for item in data.copies}
    tag = re.compile(r"\{\{ with .*?\{\{ end \}\}|\{\{.*?\}\}|\*\|IF.*?END:IF\|\*")
    seen = 0
    for row in frames[f"{name}-email-copy.csv"].to_dict("records"):
        item = copies[row["copy_id"]]
        for part, shown in item.rendered.items():
            pattern = "".join("(.{1,40}?)" if at % 2 else re.escape(text) for at, text in _pieces(tag, row[part]))
            assert re.fullmatch(pattern, shown, re.DOTALL), part
            seen += len(tag.findall(row[part]))
    assert seen > 0


def _pieces(tag: "re.Pattern[str]", text: str) -> "list[tuple[int, str]]":
    """Literals at even, tags at odd places."""
    pieces, at = [], 0
    for match in tag.finditer(text):
        pieces += [(0, text[at : match.start()]), (1, match.group())]
        at = match.end()
    return [*pieces, (0, text[at:])]


def test_klaviyo_and_braze_columns(tmp_path: Path) -> None:
    data = campaign(customers(20))
    one = written(dict(klaviyo.klaviyo(data)), tmp_path)
    assert list(one["klaviyo-sms.csv"].columns)[:2] == ["Phone Number", "First Name"]
    assert one["klaviyo-email.csv"]["First Name"].unique().tolist() == ["Ada", "", "Łukasz"]
    two = written(dict(braze.braze(data)), tmp_path)["braze-email.csv"]
    assert list(two.columns[:6]) == ["external_id", "first_name", "country", "language", "time_zone", "email"]
    assert set(two["time_zone"]) == {"America/New_York"}


def test_listmonk_attributes_are_json(tmp_path: Path) -> None:
    frame = written(dict(EXPORTERS["listmonk"](campaign(customers(20)))), tmp_path)["listmonk-email.csv"]
    assert list(frame.columns) == ["email", "name", "attributes"]
    for text in frame["attributes"]:
        assert json.loads(text)["briefsmith"]["segment_id"] == "s1"
    assert "" not in set(frame["name"])


def test_a_file_over_the_limit_is_split_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dittofeed, "MOST_BYTES", 1500)
    data = campaign(customers(60), channels=("email",))
    frames = written(dict(dittofeed.dittofeed(data)), tmp_path)
    parts = [name for name in frames if re.fullmatch(r"dittofeed-email-\d+\.csv", name)]
    assert len(parts) > 2
    assert all((tmp_path / name).stat().st_size <= 1500 for name in parts)
    assert sorted(pd.concat([frames[name] for name in parts])["id"]) == sorted(data.messages["customer_id"])


def test_a_row_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(ToolFailure, match="row 2"):
        sheet("x", ("a",), [("b",), ("c" * 99,)], most_bytes=50)


def test_limits_of_texts_name_the_item(monkeypatch: pytest.MonkeyPatch) -> None:
    data = campaign(customers(20))
    long = replace(data, campaign_id="c" * 256)
    with pytest.raises(ToolFailure, match="`briefsmith_campaign` of customer 'c0000' has 256 characters"):
        braze.braze(long)
    with pytest.raises(ToolFailure, match="`BSCAMPAIGN` of customer 'c0000' has 256 bytes"):
        mailchimp.mailchimp(long)


def test_mailchimp_merge_tags_have_ten_letters_at_most() -> None:
    assert all(len(column) <= 10 for column in mailchimp.COLUMNS[1:])


def test_who_has_no_usable_address_is_named(tmp_path: Path) -> None:
    people = customers(20)
    bad = ["", "no at", "a@b", "x@y.z\r\nBcc: all@example.com", "=cmd|' /C calc'!A0@x.example", '"a b"@c.example']
    rest = people["email"].tolist()[len(bad) :]
    people["email"] = [*bad, rest[2], *rest[1:]]
    frames = written(dict(EXPORTERS["listmonk"](campaign(people, channels=("email",)))), tmp_path)
    left = frames["listmonk-email-left-out.csv"]
    assert left["customer_id"].tolist() == ["c0000", "c0001", "c0002", "c0003", "c0004", "c0005", "c0008"]
    assert "same email address" in left["reason"].tolist()[-1]
    assert len(frames["listmonk-email.csv"]) == 18 - 7


@pytest.mark.parametrize("name", PLATFORMS)
def test_nothing_in_the_data_becomes_a_formula_or_a_template(name: str, tmp_path: Path) -> None:
    strings = [*naughty_strings(), "=1+1", "@SUM(A1)", "{{7*7}}", "*|EMAIL|*", "{% include 'x' %}", "＝1"]
    people = customers(len(strings), strings)
    people["language"] = strings
    people["country"] = strings
    people["timezone"] = strings
    for file, frame in written(dict(exporter(name)(campaign(people, channels=("email",)))), tmp_path).items():
        for column in frame.columns:
            cells = frame[column]
            assert not cells.str.match(r"[=@＝＋－＠\t\r\n]|[+-](?!\d{6,15}$)").any(), (file, column)
            if "copy" not in file:
                assert not cells.str.contains(r"\{\{|\{%|\*\|", regex=True).any(), (file, column)


def test_the_calendar_counts_whoever_is_contacted(tmp_path: Path) -> None:
    EXPORTERS["calendar"](campaign(customers(20)))["send-windows.ics"](tmp_path / "x.ics")
    text = (tmp_path / "x.ics").read_text(encoding="utf-8")
    assert text.count("BEGIN:VEVENT") == 2 * 14
    assert "Send 10 × email (America/New_York)" in text
    assert "Send 8 × sms (America/New_York)" in text


def test_a_channel_nobody_is_contacted_on_is_said() -> None:
    with pytest.raises(ToolFailure) as caught:
        mailchimp.mailchimp(campaign(customers(20), channels=("sms",)))
    assert caught.value.code == "nothing_to_export"
    with pytest.raises(ToolFailure, match="no copy for search"):
        google_ads.google_ads(campaign(customers(20)))


def test_search_ads_hold_their_limits_and_stand_still(tmp_path: Path) -> None:
    data = campaign(customers(20), channels=("search",))
    frame = written(dict(google_ads.google_ads(data)), tmp_path)["google-ads-editor.csv"]
    assert frame["Status"].tolist() == ["Paused"] * 3
    assert frame["Ad Group"].tolist() == ["s1 percent"] * 3
    for row, item in zip(frame.to_dict("records"), data.copies, strict=True):
        assert [row[f"Headline {n}"] for n in (1, 2, 3)] == [item.rendered[f"headline_{n}"] for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("headlines", "descriptions", "paths", "words"),
    [
        (["a", "b"], ["a", "b"], [], "2 headlines"),
        (["a", "b", "c"], ["a"], [], "1 descriptions"),
        (["a", "b", "c" * 31], ["a", "b"], [], "Headline 3 of ad `x` is 31 wide"),
        (["a", "b", "宠" * 16], ["a", "b"], [], "Headline 3 of ad `x` is 32 wide"),
        (["a", "b", "c"], ["a", "b" * 91], [], "Description 2 of ad `x` is 91 wide"),
        (["a", "b", "c"], ["a", "b"], ["p" * 16], "Path 1 of ad `x` is 16 wide"),
    ],
)
def test_an_ad_over_a_limit_is_refused_by_name(
    headlines: list[str], descriptions: list[str], paths: list[str], words: str
) -> None:
    google_ads.check_ad("x", ["a", "b", "宠" * 15], ["a", "b" * 90], ["p" * 15])
    with pytest.raises(ToolFailure, match=words):
        google_ads.check_ad("x", headlines, descriptions, paths)
