"""Prompts are data: YAML, one file a version, declared variables, a hash that goes into every trace."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, model_validator

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent


@cache
def _environment() -> "Environment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)


class BadPrompt(ValueError):
    """A prompt's file, or `live.yaml`, that is not what it has to be; names the file and what is wrong with it."""


class Prompt(BaseModel):
    """One version of one prompt. Declared variables equal those that the template uses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    version: int
    variables: tuple[str, ...]
    template: str

    @model_validator(mode="after")
    def _declared(self) -> "Prompt":
        from jinja2 import TemplateSyntaxError, meta

        try:
            used = meta.find_undeclared_variables(_environment().parse(self.template))
        except TemplateSyntaxError as error:
            raise ValueError(f"line {error.lineno} of the template: {error.message}") from error
        if used != set(self.variables):
            raise ValueError(f"prompt `{self.id}` declares {sorted(self.variables)} and uses {sorted(used)}")
        return self

    @property
    def sha(self) -> str:
        return hashlib.sha256(self.template.encode()).hexdigest()

    def render(self, **values: object) -> str:
        """The text; a missing variable raises `jinja2.UndefinedError`, an undeclared one `TypeError`."""
        unknown = set(values) - set(self.variables)
        if unknown:
            raise TypeError(f"prompt `{self.id}` takes {sorted(self.variables)}, got {sorted(unknown)} besides")
        return _environment().from_string(self.template).render(**values)


@cache
def prompt(prompt_id: str) -> Prompt:
    """The version that `live.yaml` names.

    Raises:
        BadPrompt: its file is not there, or is no prompt.
    """
    path = FOLDER / f"{prompt_id}.v{live()[prompt_id]}.yaml"
    if not path.is_file():
        raise BadPrompt(f"`live.yaml` serves `{path.stem}`, and there is no file `{path.name}`")
    return _read(path)


@cache
def live() -> dict[str, int]:
    """Prompt id → the version that is served.

    Raises:
        BadPrompt: `live.yaml` is no such table.
    """
    served = _yaml(FOLDER / "live.yaml")
    if not isinstance(served, dict) or not all(type(number) is int for number in served.values()):
        raise BadPrompt("`live.yaml` is no table of prompt ids and version numbers")
    return {str(name): number for name, number in served.items()}


@contextmanager
def serving(names: Iterable[str]) -> Iterator[None]:
    """Serve these versions (`ID.vN`) in place of the live ones, in this process, while the block runs."""
    before = dict(live())
    live().update({one.id: one.version for one in map(version, names)})
    prompt.cache_clear()
    try:
        yield
    finally:
        live().update(before)
        prompt.cache_clear()


def version(name: str) -> Prompt:
    """A prompt by `ID.vN`, or the served version of `ID`.

    Raises:
        KeyError: there is no such prompt or version.
    """
    for one in every():
        if name in (f"{one.id}.v{one.version}", one.id if live().get(one.id) == one.version else None):
            return one
    raise KeyError(name)


def every() -> tuple[Prompt, ...]:
    """Every version of every prompt, by id and version."""
    found = (_read(path) for path in FOLDER.glob("*.v*.yaml"))
    return tuple(sorted(found, key=lambda one: (one.id, one.version)))


def _read(path: Path) -> Prompt:
    from pydantic import ValidationError

    try:
        made = Prompt.model_validate(_yaml(path))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise BadPrompt(f"`{path.name}`: {where + ': ' if where else ''}{said}") from error
    if path.stem != f"{made.id}.v{made.version}":
        raise BadPrompt(f"`{path.name}` holds `{made.id}.v{made.version}`: the file's name and what it says must agree")
    return made


def _yaml(path: Path) -> object:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadPrompt(f"`{path.name}` is no YAML: {' '.join(str(error).split())}") from error
