"""The page's templates and words, in one place for all its routes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
PageLanguage = Literal["en", "zh"]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""No script in the page itself and none from elsewhere; nothing is loaded from other hosts."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
PRIVATE = {**HEADERS, "Cache-Control": "no-store"}
"""Of what holds rows about customers: kept by no browser and no proxy."""


@cache
def words() -> dict[str, Any]:
    """Language → key → phrase."""
    import yaml

    loaded: dict[str, Any] = yaml.safe_load((HERE / "words.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from agent.report.language import say
    from agent.report.words import plain

    loader = FileSystemLoader([HERE / "templates", HERE.parent / "report" / "templates"])
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters.update(plain=plain, say=say)
    return made


def rendered(template: str, language: PageLanguage, **values: Any) -> str:
    """A fragment of the page; every value escaped."""
    from agent.report.language import sayer

    shared = {"words": words()[language], "language": language, "t": sayer(language)}
    return environment().get_template(template).render(**shared, **values)
