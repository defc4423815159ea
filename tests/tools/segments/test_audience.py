"""The funnel, the segments, and the ways in which there is no audience."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.tools.segments.made_shop import at, made_store
from tests.tools.segments.shops import AS_OF, grocer_tables
from tools.clock import Window
from tools.failure import ToolFailure
from tools.segments.audience import Audience, AudienceRequest, build_audience
from tools.segments.compile import compile_filter
from tools.segments.filter import AllOf, Attribute, Bought, Everyone, Filter, Measure, Not, Scope, Within
from tools.segments.resolve import ShopTerms
from tools.segments.segmenting import MEMBER_COLUMNS
from tools.shop.store import ShopStore

DOG = Bought(scope=Scope(terms=("dog food",)))
LAPSED = Measure(measure="recency_days", op="ge", value=60)


def build(store: ShopStore, *include: Filter, **changes: Any) -> Audience:
    request: dict[str, Any] = {
        "include": include, "exclude": (), "channels": ("email", "sms"), "as_of": AS_OF,
        "window": Window(start=date(2024, 6, 3), end=date(2024, 6, 16)), "frequency_cap_contacts": 2,
        "holdout_fraction": 0.1, "salt": "salt",
    } | changes  # fmt: skip
    return build_audience(AudienceRequest(**request), store, ShopTerms.build(store, AS_OF))


def funnel(audience: Audience) -> dict[str, int]:
    return {step.step: step.customers for step in audience.part.funnel}


@pytest.fixture(scope="module")
def lapsed(grocer: ShopStore) -> Audience:
    return build(grocer, DOG, LAPSED)


@pytest.fixture(scope="module")
def everyone(grocer: ShopStore) -> Audience:
    return build(grocer)


@pytest.mark.parametrize(
    ("include", "exclude"),
    [
        ((), ()),
        ((DOG, LAPSED), ()),
        ((DOG,), (Attribute(term="renters"), Bought(scope=Scope(terms=("cheese",))))),
        ((Attribute(term="families with kids"),), (Attribute(term="under 35"),)),
    ],
    ids=["everyone", "lapsed", "excluded", "traits"],
)
def test_the_funnel_never_widens(grocer: ShopStore, include: tuple[Filter, ...], exclude: tuple[Filter, ...]) -> None:
    audience = build(grocer, *include, exclude=exclude)
    names = ["everyone", "matches", "not_excluded", "consented", "not_suppressed", "under_frequency_cap", "holdout_out"]
    if not exclude:
        names.remove("not_excluded")
    assert list(funnel(audience)) == names
    counts = [step.customers for step in audience.part.funnel]
    assert counts == sorted(counts, reverse=True)
    assert audience.part.size == counts[-1] == sum(segment.size for segment in audience.part.segments)
    assert len(audience.members) == counts[-2]


def test_consent_and_address_on_a_channel_that_was_asked_for(everyone: Audience, grocer: ShopStore) -> None:
    customers = grocer.frame("customers").set_index("customer_id")
    consented = (customers["consent_email"] & customers["email"].notna()) | customers["consent_sms"]
    assert funnel(everyone)["consented"] == consented.sum()
    sms = build(grocer, channels=("sms",))
    assert funnel(sms)["consented"] == customers["consent_sms"].sum()
    assert not sms.members["email_ok"].any()
    assert sms.members["sms_ok"].all()
    assert customers.loc["c010", "consent_email"]
    assert "c010" not in set(everyone.members["customer_id"])


def test_suppressions_close_all_channels_or_the_one_they_name(grocer: ShopStore) -> None:
    members = build(grocer, frequency_cap_contacts=None).members.set_index("customer_id")
    assert not {"c001", "c002", "c003", "c007"} & set(members.index)
    assert {"c006", "c009"} <= set(members.index)
    assert not members.loc["c008", "email_ok"]
    assert members.loc["c008", "sms_ok"]


def test_the_frequency_cap_counts_the_week_before_the_window(grocer: ShopStore) -> None:
    capped, free = build(grocer), build(grocer, frequency_cap_contacts=None)
    gone = set(free.members["customer_id"]) - set(capped.members["customer_id"])
    assert gone == {"c011"}
    later = Window(start=date(2024, 6, 10), end=date(2024, 6, 16))
    assert funnel(build(grocer, window=later))["under_frequency_cap"] == len(free.members)
    assert any("No frequency cap" in note for note in free.part.notes)
    assert any("2024-06-01 to 2024-06-02" in note for note in capped.part.notes)


def test_members_and_holdout(everyone: Audience) -> None:
    members = everyone.members
    assert tuple(members.columns) == MEMBER_COLUMNS
    assert members["customer_id"].is_monotonic_increasing
    assert set(members["arm"]) == {"campaign", "holdout"}
    held = members[members["arm"] == "holdout"].groupby("segment_id").size() / members.groupby("segment_id").size()
    assert held.between(0.08, 0.12).all()
    assert members[["email_ok", "sms_ok"]].any(axis=1).all()


def test_segments_are_their_filters(everyone: Audience, grocer: ShopStore) -> None:
    members = everyone.members
    assert len(everyone.part.segments) > 1
    for segment in everyone.part.segments:
        own = set(members.loc[members["segment_id"] == segment.segment_id, "customer_id"])
        found = set(compile_filter(segment.filter, grocer, AS_OF).to_pyarrow()["customer_id"].to_pylist())
        assert own == found & set(members["customer_id"])
    names = [segment.name for segment in everyone.part.segments]
    assert len(set(names)) == len(names)


def test_the_split_finds_the_groups_that_the_shop_was_made_of(everyone: Audience) -> None:
    """Even customers seek deals, odd ones spend: a split by first letter or at random could not tell them apart."""
    members = everyone.members.assign(
        deals=[int(customer[1:]) % 2 == 0 for customer in everyone.members["customer_id"]]
    )
    assert members["deals"].mean() == pytest.approx(0.5, abs=0.15)
    purity = members.groupby("segment_id")["deals"].mean()
    assert ((purity < 0.02) | (purity > 0.98)).all()
    names = " | ".join(segment.name for segment in everyone.part.segments)
    assert "big" in names.lower()
    assert "small" in names.lower()


def test_profiles_leave_out_junk_and_what_is_nobodys_business(everyone: Audience) -> None:
    for segment in everyone.part.segments:
        top = set(str(segment.profile["top_categories"]).split(", "))
        assert top <= {"dog food", "soft drinks"} or top <= {"cheese", "bread"}
        assert segment.profile["customers"] == segment.size
        assert "fuel" not in segment.name
        assert "laxative" not in segment.name


@pytest.mark.parametrize(("most", "expected"), [(1, 1), (2, 2)])
def test_at_most_as_many_segments_as_asked(grocer: ShopStore, most: int, expected: int) -> None:
    assert len(build(grocer, max_segments=most).part.segments) == expected


def test_a_tiny_audience_stays_whole(lapsed: Audience) -> None:
    (segment,) = lapsed.part.segments
    assert segment.filter == Everyone()
    assert segment.name == "Lapsed dog food buyers"


def test_the_same_request_gives_the_same_audience(grocer: ShopStore, everyone: Audience) -> None:
    again = build(grocer)
    assert again.part == everyone.part
    assert again.members.equals(everyone.members)


def test_the_other_reading_is_said_with_its_size(grocer: ShopStore, lapsed: Audience) -> None:
    only_dog = AllOf(of=(DOG, Measure(measure="recency_days", op="ge", value=60, scope=Scope(terms=("dog food",)))))
    wider = build(grocer, only_dog)
    here, there = funnel(lapsed)["matches"], funnel(wider)["matches"]
    assert here < there
    assert any(f"{here:,} customers match" in note and f"{there:,} match" in note for note in lapsed.part.notes)
    assert any(f"{there:,} customers match" in note and f"{here:,} match" in note for note in wider.part.notes)
    none = Not(of=Bought(within=Within(days=60)))
    assert any(f"{there:,} match" in note for note in build(grocer, DOG, none).part.notes)


def test_missing_attributes_and_old_data_are_said(tmp_path: Path, grocer: ShopStore) -> None:
    kids = build(grocer, Attribute(term="families with kids"), exclude=(Attribute(term="renters"),))
    assert "80 of 240 customers have no kids count: they do not match." in kids.part.notes
    assert any(note.startswith("80 of 240 customers have no home ownership") for note in kids.part.notes)
    old = made_store(tmp_path, grocer_tables(), last_order_at=datetime(2024, 3, 1, tzinfo=UTC))
    notes = build(old).part.notes
    assert any("2024-03-01, 92 days before 2024-06-01" in note for note in notes)
    assert any("no table of past contacts" in note for note in notes)


def test_words_that_are_not_understood_stop_the_plan(grocer: ShopStore) -> None:
    with pytest.raises(ToolFailure, match="“quantum enthusiasts”") as failure:
        build(
            grocer, DOG, Attribute(term="quantum enthusiasts"), exclude=(Bought(scope=Scope(terms=("vegan things",))),)
        )
    assert failure.value.code == "unresolved_terms"
    assert failure.value.detail["phrases"] == ["quantum enthusiasts", "vegan things"]


def test_nobody_matches_says_which_condition_empties_it(grocer: ShopStore, lapsed: Audience) -> None:
    spent = Measure(measure="spend_minor", op="ge", value=9_000_000)
    with pytest.raises(ToolFailure, match=r"spend at least \$90,000” 0") as failure:
        build(grocer, DOG, LAPSED, spent)
    conditions = {str(c["condition"]): c for c in _list(failure.value.detail["conditions"])}
    assert conditions["bought dog food"]["without"] == 0
    emptied = conditions["spend at least $90,000"]
    assert emptied["own"] == 0
    assert emptied["without"] == funnel(lapsed)["matches"]


def test_an_exclusion_of_everyone_is_named(grocer: ShopStore) -> None:
    with pytest.raises(ToolFailure, match="excluded: bought dog food") as failure:
        build(grocer, DOG, exclude=(DOG,))
    assert failure.value.code == "empty_audience"


def _list(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def _no_consent(tables: dict[str, list[dict[str, Any]]]) -> None:
    for customer in tables["customers"]:
        customer |= {"consent_email": None, "consent_sms": False}


def _all_suppressed(tables: dict[str, list[dict[str, Any]]]) -> None:
    tables["suppressions"] = [{"customer_id": c["customer_id"], "channel": None} for c in tables["customers"]]


def _all_contacted(tables: dict[str, list[dict[str, Any]]]) -> None:
    sent = {"campaign_id": "k", "channel": "mail", "sent_at": at("2024-05-30")}
    tables["contacts"] = [{"customer_id": c["customer_id"], **sent} for c in tables["customers"]] * 2


@pytest.mark.parametrize(
    ("change", "step", "words"),
    [
        (_no_consent, "consented", "none has consented to email or sms"),
        (_all_suppressed, "not_suppressed", "all of them are suppressed"),
        (_all_contacted, "under_frequency_cap", "have reached the frequency cap"),
    ],
)
def test_the_step_that_leaves_nobody_is_named(
    tmp_path: Path, change: Callable[[dict[str, list[dict[str, Any]]]], None], step: str, words: str
) -> None:
    tables = grocer_tables(60)
    change(tables)
    with pytest.raises(ToolFailure, match=words) as failure:
        build(made_store(tmp_path, tables))
    assert failure.value.code == "empty_audience"
    assert failure.value.detail["step"] == step


def test_an_audience_of_one_is_planned(tmp_path: Path) -> None:
    audience = build(made_store(tmp_path, grocer_tables(2)))
    assert audience.part.size == 1
    assert [segment.size for segment in audience.part.segments] == [1]


def test_a_shop_of_customers_alone(tmp_path: Path) -> None:
    store = made_store(tmp_path, {"customers": grocer_tables(80)["customers"]})
    audience = build(store)
    (segment,) = audience.part.segments
    assert (segment.name, segment.profile["top_categories"], segment.profile["recency_days"]) == (
        "Shoppers",
        None,
        None,
    )
    with pytest.raises(ToolFailure, match="orders"):
        build(store, LAPSED)


def test_customers_who_never_ordered_stay_in_a_segment(tmp_path: Path) -> None:
    tables = grocer_tables()
    for i in range(40):
        tables["customers"].append(tables["customers"][1] | {"customer_id": f"n{i:03}", "email": f"n{i}@example.com"})
    store = made_store(tmp_path, tables)
    audience = build(store, holdout_fraction=0.0)
    new = audience.members[audience.members["customer_id"].str.startswith("n")]
    assert len(new) == 40
    assert (new["orders"] == 0).all()
    assert new["recency_days"].isna().all()
    covered = {
        segment.segment_id: compile_filter(segment.filter, store, AS_OF).to_pyarrow()["customer_id"].to_pylist()
        for segment in audience.part.segments
    }
    for customer, segment_id in zip(new["customer_id"], new["segment_id"], strict=True):
        assert [s for s, ids in covered.items() if customer in ids] == [segment_id]


def test_no_customer_is_in_what_is_shown(everyone: Audience) -> None:
    shown = everyone.part.model_dump_json()
    assert "@example.com" not in shown
    assert not any(f'"{customer}"' in shown or f"'{customer}'" in shown for customer in everyone.members["customer_id"])
