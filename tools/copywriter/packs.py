"""The copy packs on disk, `packs/<language>/{common,<goal>}.yaml`: loaded and validated once, when they are needed."""

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from tools.copywriter.pack import CommonPack, GoalPack
from tools.failure import ToolFailure
from tools.vocabulary import Goal, Language, Model

PACKS = Path(__file__).with_name("packs")
_Pack = TypeVar("_Pack", bound=Model)


@cache
def goal_pack(language: Language, goal: Goal, root: Path = PACKS) -> GoalPack:
    """The messages of a goal.

    Raises:
        ToolFailure: `no_copy_pack` where the file is missing, `broken_copy_pack` naming the file and the line's id.
    """
    path = root / language / f"{goal}.yaml"
    pack = _load(path, GoalPack, "messages")
    if (pack.language, pack.goal) != (language, goal):
        raise _broken(path, f"says {pack.language}/{pack.goal}, but lies where {language}/{goal} belongs")
    return pack


@cache
def common_pack(language: Language, root: Path = PACKS) -> CommonPack:
    """The lines that every goal of a language shares. Raises as `goal_pack` does."""
    path = root / language / "common.yaml"
    pack = _load(path, CommonPack, "lines")
    if pack.language != language:
        raise _broken(path, f"says {pack.language}, but lies where {language} belongs")
    return pack


def _load(path: Path, model: type[_Pack], items: str) -> _Pack:
    raw = _read_yaml(path)
    if not isinstance(raw, dict):
        raise _broken(path, f"must be a mapping with `language` and `{items}`")
    try:
        pack = model.model_validate(raw)
    except ValidationError as error:
        raise _broken(path, _first_error(error, raw, items)) from error
    ids = [item.id for item in getattr(pack, items)]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise _broken(path, f"uses the id `{twice[0]}` twice")
    return pack


def _read_yaml(path: Path) -> Any:
    import yaml

    if not path.is_file():
        raise ToolFailure("no_copy_pack", f"There is no copy pack {path}.", file=str(path))
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _broken(path, f"is not readable as YAML: {' '.join(str(error).split())}") from error


def _first_error(error: ValidationError, raw: dict[str, Any], items: str) -> str:
    first = error.errors()[0]
    where = list(first["loc"])
    name = ""
    if len(where) > 1 and where[0] == items and isinstance(where[1], int):
        item = raw[items][where[1]]
        name = f"line `{item['id']}`: " if isinstance(item, dict) and "id" in item else f"line {where[1] + 1}: "
        where = where[2:]
    field = ".".join(str(part) for part in where)
    return name + (f"`{field}`: " if field else "") + first["msg"].removeprefix("Value error, ")


def _broken(path: Path, what: str) -> ToolFailure:
    return ToolFailure("broken_copy_pack", f"The copy pack {path.parent.name}/{path.name}: {what}.", file=str(path))
