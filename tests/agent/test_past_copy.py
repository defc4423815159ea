"""Approved copy to learn from, and winners of readouts: the right campaigns' words, and nothing but words."""

from pathlib import Path
from typing import Any

import pytest

from agent.campaign import Campaign
from agent.deps import Deps
from agent.past_copy import approved_copy, lessons, own_parts, winners
from agent.shelf import read
from tests.tools.experiment.campaigns import readout
from tools.copywriter.voice import Voice
from tools.experiment.readout_types import ReadoutPart
from tools.failure import ToolFailure
from tools.llm.schemas import read as parts_read
from tools.llm.serving.adapter import train_adapter
from tools.llm.serving.place import Place
from tools.shop.world import World


def shelved(home: Path, folder: Path, **changes: Any) -> Campaign:
    """The planned campaign on a shelf, as if it had come further."""
    campaign = read(folder, folder.name).campaign.model_copy(update=changes)
    place = home / "campaigns" / campaign.campaign_id
    place.mkdir(parents=True)
    (place / "campaign.json").write_text(campaign.model_dump_json(by_alias=True), encoding="utf-8")
    return campaign


def test_approved_e_mails_become_lessons_in_the_writers_own_form(
    planned_folder: Path, deps: Deps, tmp_path: Path
) -> None:
    campaign = shelved(tmp_path, planned_folder, status="approved")
    said = approved_copy(tmp_path)
    mails = [item for item in campaign.copies if item.channel == "email"]
    assert 0 < len(said) <= len(mails)
    made = lessons(said, deps.store.info.sender, Voice(do=("short sentences",)))
    for lesson, one in zip(made, said, strict=True):
        messages: Any = lesson["messages"]
        assert [message["role"] for message in messages] == ["system", "user", "assistant"]
        assert "short sentences" in messages[0]["content"]
        assert parts_read("copy_email", messages[2]["content"]) == one.parts
        assert one.item.parts["body"].startswith(f"{one.parts['opening']}\n\n{one.parts['reason']}")
        assert not any(char.isdigit() for char in messages[2]["content"])


def test_drafts_and_broken_campaigns_teach_nothing(planned_folder: Path, tmp_path: Path) -> None:
    shelved(tmp_path, planned_folder)
    (tmp_path / "campaigns" / "broken").mkdir()
    (tmp_path / "campaigns" / "broken" / "campaign.json").write_text("{}", encoding="utf-8")
    assert approved_copy(tmp_path) == []
    assert winners(tmp_path, "en") == ()


def test_a_message_with_a_figure_or_an_address_is_left_out(planned_folder: Path) -> None:
    campaign = read(planned_folder, planned_folder.name).campaign
    mail = next(item for item in campaign.copies if item.channel == "email")
    assert own_parts(mail) is not None
    address, figure = "Write to jane@shop.example today, please.", "Only 9 of them are left for you."
    for body in (f"{address}\n\nIt is all here, and more.", f"{figure}\n\nIt is all here, and more."):
        assert own_parts(mail.model_copy(update={"parts": {**mail.parts, "body": body}})) is None


def read_out(gains: dict[str, float], **changes: Any) -> ReadoutPart:
    """A readout whose segments' conversion is known to have gained so much at least."""
    part = readout(World(seed=11, size=300), 1)
    overall = next(row for row in part.effects if row.outcome == "conversion" and row.scope == "overall")
    rows = []
    for name, low in gains.items():
        known = {"estimate": low + 0.01, "low": low, "high": low + 0.02}
        difference = overall.effect.difference.model_copy(update=known)
        effect = overall.effect.model_copy(update={"difference": difference})
        rows.append(overall.model_copy(update={"scope": "segment", "name": name, "effect": effect}))
    return part.model_copy(update={"effects": tuple(rows), **changes})


def test_winners_are_the_words_of_segments_that_a_randomised_readout_saw_gain(
    planned_folder: Path, tmp_path: Path
) -> None:
    planned = read(planned_folder, planned_folder.name).campaign
    first = next(item.segment_id for item in planned.copies if item.channel == "email")
    won = read_out({first: 0.02, "another": -0.01})
    campaign = shelved(tmp_path / "won", planned_folder, status="measured", readout=won)
    wanted = {parts["opening"] for item in campaign.copies if item.segment_id == first and (parts := own_parts(item))}
    assert set(winners(tmp_path / "won", "en")) <= wanted
    assert 0 < len(winners(tmp_path / "won", "en")) <= 3
    assert winners(tmp_path / "won", "zh") == ()
    for name, part in (("lost", read_out({first: -0.01})), ("chosen", read_out({first: 0.02}, basis="observational"))):
        shelved(tmp_path / name, planned_folder, status="measured", readout=part)
        assert winners(tmp_path / name, "en") == ()


@pytest.mark.parametrize(
    ("name", "count", "code"),
    [
        ("Warm!", 20, "bad_voice_name"),
        ("warm", 3, "too_few_lessons"),
        ("warm", 20, "no_vllm"),
        ("old", 20, "voice_exists"),
    ],
)
def test_a_voice_that_cannot_be_trained_says_why(tmp_path: Path, name: str, count: int, code: str) -> None:
    (tmp_path / "voices" / "old").mkdir(parents=True)
    place = Place(tmp_path / "nowhere", gpu=False)
    with pytest.raises(ToolFailure) as failed:
        train_adapter(place, "m", [{"messages": []}] * count, name=name, home=tmp_path, steps=1, seed=0)
    assert failed.value.code == code
