"""Where trained models lie, and which of them may be used.

    home/models/<name>.json                     which model is the current one; replaced by rename
    home/models/<name>-<sha>/card.json          the card, with a hash of every other file
    home/models/<name>-<sha>/model.json         parameters; beside it LightGBM text or safetensors, never a pickle
    home/models/looks.json                      how often test days were looked at, by shop, model and days

`<sha>` is a hash of the shop's content, the features, the code that made it, the day and the seed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from tools.failure import ToolFailure
from tools.launch.files import write_folder
from tools.response.card import Card
from tools.shop.layout import canonical_json, write_whole
from tools.vocabulary import Model

KEPT = 2
"""Models of a name that are kept: the current one, and the one that a plan may just be reading."""
CODE = (
    "calibration.py",
    "logistic.py",
    "redemption.py",
    "contacts.py",
    "rates.py",
    "behaviour/*.py",
    "price/*.py",
    "uplift/*.py",
    "recommend/*.py",
)
"""What a model and its predictions depend on, training and judging too: a change of these makes it another model's."""


class Pointer(Model):
    """`<name>.json`."""

    folder: str


@dataclass(frozen=True)
class Stored:
    card: Card
    folder: Path

    def read(self, name: str) -> bytes:
        """A file of the model.

        Raises:
            ToolFailure: `damaged_model` where it is not the one that the card vouches for.
        """
        path = self.folder / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise _damaged(path, "cannot be read") from error
        if self.card.files.get(name) != hashlib.sha256(content).hexdigest():
            raise _damaged(path, "is not the file that was trained")
        return content


@cache
def code_sha() -> str:
    """Of the code that features and predictions depend on."""
    here = Path(__file__).parent
    paths = sorted({path for pattern in CODE for path in here.glob(pattern)})
    found = {path.relative_to(here).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    return hashlib.sha256(canonical_json(found)).hexdigest()[:16]


def model_sha(content_sha: str, schema_sha: str, as_of: str, seed: int) -> str:
    return hashlib.sha256(canonical_json([content_sha, schema_sha, code_sha(), as_of, seed])).hexdigest()[:16]


def models_folder(home: Path) -> Path:
    return home / "models"


def keep(home: Path, card: Card, files: Mapping[str, bytes], page: str) -> Path:
    """Write a model and make it the current one of its name; the folder, whole or not there.

    Args:
        page: the card as HTML.

    Raises:
        ToolFailure: `home_not_writable`.
    """
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    card = card.model_copy(update={"files": hashes})
    folder = models_folder(home) / f"{card.name}-{card.model_sha}"
    contents = {**files, "card.html": page.encode(), "card.json": (card.model_dump_json(indent=2) + "\n").encode()}
    try:
        writers = {name: _writer(content) for name, content in contents.items()}
        write_folder(folder, writers)
        pointer = Pointer(folder=folder.name).model_dump_json().encode() + b"\n"
        write_whole(models_folder(home) / f"{card.name}.json", pointer)
        _drop_old(home, card.name, folder.name)
    except OSError as error:
        message = f"the model cannot be written to {folder}: {error.strerror}"
        raise ToolFailure("home_not_writable", message, home=str(home)) from error
    return folder


def current(home: Path, name: str) -> Stored | None:
    """The current model of a name; null where none was trained.

    Raises:
        ToolFailure: `damaged_model`.
    """
    path = models_folder(home) / f"{name}.json"
    try:
        pointer = Pointer.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise _damaged(path, "cannot be read") from error
    if Path(pointer.folder).name != pointer.folder or not pointer.folder.startswith(f"{name}-"):
        raise _damaged(path, f"points at {pointer.folder!r}, which is no model of that name")
    card = models_folder(home) / pointer.folder / "card.json"
    try:
        return Stored(Card.model_validate_json(card.read_text(encoding="utf-8")), card.parent)
    except (OSError, ValidationError) as error:
        raise _damaged(card, "cannot be read") from error


def names(home: Path) -> tuple[str, ...]:
    """The models that were trained, by name."""
    folder = models_folder(home)
    return tuple(sorted(p.stem for p in folder.glob("*.json") if p.name != "looks.json")) if folder.is_dir() else ()


def count_look(home: Path, name: str, content_sha: str, days: str) -> int:
    """Note one more look at the test days of a shop; returns how many there were."""
    path = models_folder(home) / "looks.json"
    try:
        looks = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        looks = {}
    except ValueError as error:
        raise _damaged(path, "cannot be read") from error
    key = f"{name} {content_sha} {days}"
    looks[key] = int(looks.get(key, 0)) + 1
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(looks, indent=2, sort_keys=True).encode() + b"\n")
    return int(looks[key])


def must_fit(card: Card, *, schema_sha: str, shop: str, today: str) -> None:
    """Whether a model may be used for a plan of that day.

    Raises:
        ToolFailure: `model_schema` where its features or their code are others; `other_shop`; `model_from_later` where
            it has seen days that the plan may not know.
    """
    if card.schema_sha != schema_sha or card.code_sha != code_sha():
        message = (
            f"the model `{card.name}` was trained with other features (schema `{card.schema_sha}`, code "
            f"`{card.code_sha}`) than these (`{schema_sha}`, `{code_sha()}`); run `briefsmith train` again"
        )
        raise ToolFailure("model_schema", message, expected=card.schema_sha, found=schema_sha)
    if card.shop != shop:
        message = f"the model `{card.name}` was trained on the shop “{card.shop}”, not on “{shop}”"
        raise ToolFailure("other_shop", message, expected=card.shop, found=shop)
    if card.as_of.isoformat() > today:
        message = f"the model `{card.name}` has seen days until {card.as_of}, after the plan's {today}"
        raise ToolFailure("model_from_later", message, as_of=card.as_of.isoformat(), today=today)


def _writer(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


def _drop_old(home: Path, name: str, keep_folder: str) -> None:
    found = [p for p in models_folder(home).glob(f"{name}-*") if p.is_dir() and p.name != keep_folder]
    found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in found[KEPT - 1 :]:
        shutil.rmtree(old)


def _damaged(path: Path, what: str) -> ToolFailure:
    return ToolFailure("damaged_model", f"{path} {what}; run `briefsmith train` again", file=str(path))
