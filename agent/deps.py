"""Deps: what a plan needs of the world, made once and passed on. No client at module level, no singleton."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from agent.settings import Settings

if TYPE_CHECKING:
    from agent.ledger.ledger import Ledger
    from agent.workspace import Workspace
    from tools.catalog.embedding import Embedder
    from tools.catalog.index import CatalogIndex
    from tools.llm.client import LlmClient
    from tools.response.assumptions import Assumptions
    from tools.segments.resolve import ShopTerms
    from tools.shop.store import ShopStore

Progress = Callable[[str, int, int | None], None]
"""Called with a label, how much is done, and of how much (null where that is not known)."""


def silent(label: str, done: int, total: int | None) -> None:
    """No progress: where nobody watches."""


def unseen(work: Workspace) -> None:
    """No look at a plan while it is made: where nobody watches."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Deps:
    """Stores, clock and settings. Everything heavy is made at first use and then kept."""

    settings: Settings
    now: Callable[[], datetime] = utc_now
    progress: Progress = silent
    watch: Callable[[Workspace], None] = unseen
    """Called before each step with what is known by then."""
    _terms: dict[date, ShopTerms] = field(default_factory=dict)

    @cached_property
    def store(self) -> ShopStore:
        from tools.shop.store import ShopStore

        return ShopStore.open(self.settings.home)

    @cached_property
    def embedder(self) -> Embedder:
        from tools.catalog.embedding import Embedder

        return Embedder.load(self.settings.embedding_model, cache_dir=self.settings.home / "cache")

    @cached_property
    def index(self) -> CatalogIndex:
        from tools.catalog.index import ensure_index

        return ensure_index(self.store, self.settings.home, self.embedder, self.progress)

    @cached_property
    def llm(self) -> LlmClient | None:
        """The model's client; null where none is configured."""
        from agent.model import config_of
        from tools.llm.client import LlmClient

        config = config_of(self.settings)
        return LlmClient(config, self.settings.home / "cache" / "llm") if config else None

    @cached_property
    def assumptions(self) -> Assumptions:
        from tools.response.assumptions import load_assumptions

        return load_assumptions(self.settings.home)

    @cached_property
    def ledger(self) -> Ledger:
        from agent.ledger.ledger import Ledger

        return Ledger.open(self.settings, lambda: self.now())

    def current(self) -> Deps:
        """Itself, or where a newer version of the shop was imported since it was opened, one that opens it anew."""
        from tools.shop.layout import current_version

        opened = self.__dict__.get("store")
        if opened is None or opened.folder.name == current_version(self.settings.home):
            return self
        fresh = Deps(self.settings, self.now, self.progress, self.watch)
        fresh.ledger = self.ledger
        return fresh

    def terms(self, as_of: date) -> ShopTerms:
        """The shop's own words as of a day; cached a day."""
        if as_of not in self._terms:
            from tools.segments.resolve import ShopTerms

            self._terms[as_of] = ShopTerms.build(self.store, as_of, self.embedder)
        return self._terms[as_of]

    def today(self) -> date:
        """The shop's own today where it has one (the demo's data ends in 2017), else the clock's date in UTC."""
        return self.store.info.default_today or self.now().date()
