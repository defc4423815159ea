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


class Prompt(BaseModel):
    """One version of one prompt. Declared variables equal those that the template uses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    version: int
    variables: tuple[str, ...]
    template: str

    @model_validator(mode="after")
    def _declared(self) -> "Prompt":
        from jinja2 import meta

        used = meta.find_undeclared_variables(_environment().parse(self.template))
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
    """The version that `live.yaml` names."""
    return _read(FOLDER / f"{prompt_id}.v{live()[prompt_id]}.yaml")


@cache
def live() -> dict[str, int]:
    """Prompt id → the version that is served."""
    import yaml

    served: dict[str, int] = yaml.safe_load((FOLDER / "live.yaml").read_text(encoding="utf-8"))
    return served


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
    import yaml

    return Prompt.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
