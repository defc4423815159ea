from pathlib import Path

import pytest

from tools.failure import ToolFailure
from tools.shop import sender
from tools.shop.profile import Sender
from tools.shop.sender import load_sender


def test_the_documented_example_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "sender.yaml"
    path.write_text((sender.__doc__ or "").partition("needed:")[2].partition("What is left out")[0], encoding="utf-8")
    loaded = load_sender(path)
    assert loaded.brand == "Journey Market"
    assert loaded.list_unsubscribe_one_click
    assert set(loaded.model_dump(exclude_defaults=True)) == set(Sender.model_fields)


def test_the_brand_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "sender.yaml"
    path.write_text("brand: 晨光超市\n", encoding="utf-8")
    assert load_sender(path) == Sender(brand="晨光超市")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "must hold keys such as `brand", id="empty"),
        pytest.param(b"- brand\n", "must hold keys", id="a list"),
        pytest.param(b"website: https://x.example\n", "`brand` is missing", id="no brand"),
        pytest.param(b"brand: x\nslogan: y\n", "no key `slogan`; it may have brand", id="unknown key"),
        pytest.param(b"brand: x\npostal_adress: y\n", "did you mean `postal_address`", id="misspelt key"),
        pytest.param(b"brand: 7\n", "`brand` input should be a valid string", id="a number"),
        pytest.param(b"brand: x\nfrom_domain_aligned: often\n", "`from_domain_aligned` input should", id="no boolean"),
        pytest.param(b"brand: x\n  y: [\n", "is not YAML in line 2", id="no YAML"),
        pytest.param(b"brand: caf\xe9\n", "is not UTF-8: byte 10 is 0xe9", id="Latin-1"),
        pytest.param(b"#" * (65 << 10), "larger than a sender profile", id="huge"),
        pytest.param(b"brand: !!python/object/apply:os.getcwd []\n", "is not YAML in line 1", id="code"),
    ],
)
def test_a_bad_profile_is_refused_with_the_line_or_key(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "sender.yaml"
    path.write_bytes(content)
    with pytest.raises(ToolFailure, match=words) as failure:
        load_sender(path)
    assert failure.value.code == "bad_sender"
    assert str(path) in failure.value.message


def test_a_missing_profile_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolFailure, match="cannot be read: No such file"):
        load_sender(tmp_path / "sender.yaml")
