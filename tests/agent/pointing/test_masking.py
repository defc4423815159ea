"""What a model sees of a brief: the words that briefs are made of, no digit, nobody's name."""

import gzip
import json
import re
from pathlib import Path

import pytest

from agent.pointing.masking import masked

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "pii-synth-1500.json.gz"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("They settled on 10k, so 10k it is.", "They settled on ##k, so ##k it is."),
        ("Hi Carlos, we've been given $8,400. Meg", "Hi ▒, we've been given $#,###. ▒"),
        ("E-Mail only, 15.06.2026 bis 05.07.2026", "E-Mail only, ##.##.#### bis ##.##.####"),
        ("write to jane.doe@example.com or www.example.com", "write to ▒ or ▒"),
        ("预算5万元，给上海的会员发短信", "预算#万元，给上海的会员发短信"),
        ("Krisztián Szöllősy, Пётр", "▒ ▒, ▒"),
    ],
)
def test_digits_and_names_are_marks(text: str, seen: str) -> None:
    assert masked(text) == seen


def test_nothing_else_is_a_digit() -> None:
    assert not re.search(r"\d", masked("٣٤ and ４５ and 12 and ½"))


@pytest.mark.skipif(not CORPUS.is_file(), reason=f"the corpus {CORPUS.name} is not here")
def test_marked_personal_data_is_hidden_where_it_is_written_as_people_write_names() -> None:
    """Names in small letters, feelings of nation, weekdays and trades are words that briefs are made of, too."""
    with gzip.open(CORPUS) as file:
        cases = json.load(file)
    spans = left = 0
    for case in cases:
        seen = masked(case["full_text"])
        for span in case["spans"]:
            value = str(span["entity_value"]).strip()
            if len(value) < 3 or value.islower():
                continue
            spans += 1
            left += bool(re.search(rf"\b{re.escape(value)}\b", seen))
    assert spans > 2000
    assert left / spans < 0.02, f"{left} of {spans}"
