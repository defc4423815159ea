"""The model `briefsmith/NAME` of inspect's, by NAME:

live[/MODEL]         the server of BRIEFSMITH_LLM_BASE_URL, with its key, and BRIEFSMITH_LLM_MODEL unless MODEL is given
playbook             PlaybookPlanner
replay/NAME          recorded answers of `evals/recorded/NAME.jsonl`, or of a file that ends in .jsonl
copyist, obedient, assessor, assessor-first, assessor-mumbling
                     the servers of `evals.servers`, started on loopback when first asked
faulty-KIND          the copyist behind a fault of `evals.servers.faulty`
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from inspect_ai.model import GenerateConfig, ModelAPI, ModelOutput, ModelUsage
from inspect_ai.model._providers.openai_compatible import OpenAICompatibleAPI

from evals.providers.recorded import load_recordings, question_sha
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage
    from inspect_ai.tool import ToolChoice, ToolInfo

SERVICE = "briefsmith-llm"
"""Inspect's own `openai-api/briefsmith-llm/MODEL` reads BRIEFSMITH_LLM_BASE_URL and BRIEFSMITH_LLM_API_KEY, as ours."""
ATTEMPT_SECONDS = 120


class Briefsmith(ModelAPI):
    """Hands every request to the model that its name means."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008  # inspect's signature
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self.inner = _made(model_name, base_url, api_key, config, model_args)
        if isinstance(self.inner, OpenAICompatibleAPI) and not isinstance(self.inner, Served):
            # It is in the cache's key: the same name on another server is another model.
            self.base_url = self.inner.base_url

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> Any:
        return await self.inner.generate(input, tools, tool_choice, config)

    def should_retry(self, ex: BaseException) -> Any:
        return self.inner.should_retry(ex)  # type: ignore[arg-type]

    def connection_key(self) -> str:
        return f"briefsmith-{self.model_name}"

    async def aclose(self) -> None:
        await self.inner.aclose()


def _made(
    name: str, base_url: str | None, api_key: str | None, config: GenerateConfig, more: dict[str, Any]
) -> ModelAPI:
    kind, _, rest = name.partition("/")
    if kind == "live":
        return live(rest, base_url, api_key, config, more)
    if kind == "playbook":
        from evals.providers.playbook import Playbook

        return Playbook(name, config=config)
    if kind == "replay":
        return Replay(rest, config)
    return Served(kind, config)


class Whole(OpenAICompatibleAPI):
    """Sends the schema as the product does: inspect leaves out lengths and patterns, which vLLM's grammar keeps."""

    @property
    def schema_exclude_fields(self) -> set[str] | None:
        return None


def live(
    model: str, base_url: str | None, api_key: str | None, config: GenerateConfig, more: dict[str, Any]
) -> OpenAICompatibleAPI:
    """The project's own model, by its own settings.

    Raises:
        ToolFailure: `no_model`, where none is configured.
    """
    from agent.settings import Settings

    settings = Settings()
    url = base_url or (settings.llm_base_url or "").split(",")[0].strip()
    named = model or settings.llm_model
    if not url or not named:
        message = "No model is configured: set BRIEFSMITH_LLM_BASE_URL and BRIEFSMITH_LLM_MODEL."
        raise ToolFailure("no_model", message)
    key = api_key or settings.llm_api_key.get_secret_value()
    return Whole(f"{SERVICE}/{named}", url, key, config, service=SERVICE, strict_tools=False, **more)


class NotRecorded(LookupError):
    """No failure that the product could adapt to: the case ends in this error."""


class Replay(ModelAPI):
    """Answers from a recording, with the tokens and seconds that they took then."""

    def __init__(self, name: str, config: GenerateConfig) -> None:
        super().__init__(f"replay/{name}", config=config)
        self.name, self.answers = name, load_recordings(name)

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> Any:
        from inspect_ai.model import ModelCall

        sha = question_sha(input, tools, config)
        found = self.answers.get(sha)
        if found is None:
            raise NotRecorded(
                f"The recording `{self.name}` has no answer to what is asked now ({sha[:12]}): a prompt, a case or the "
                "request has changed. Record it anew: docs/evals.md, “Recorded answers”.",
            )
        call = ModelCall.create({"sha": sha}, {}, time=found.seconds)
        return ModelOutput.model_validate(found.output), call


class Served(Whole):
    """A server of `evals.servers` on loopback, for as long as the model is held."""

    def __init__(self, kind: str, config: GenerateConfig) -> None:
        from evals.servers.named import named
        from evals.servers.protocol import serving

        mind, delivery = named(kind)
        self.running = ExitStack()
        self.server = self.running.enter_context(serving(mind, delivery))
        super().__init__(
            f"{kind}/{self.server.model}",
            self.server.url,
            "none",
            config,
            service=kind,
            client_timeout=ATTEMPT_SECONDS,
            max_retries=0,
        )

    async def aclose(self) -> None:
        await super().aclose()
        self.running.close()


def counted(text: str, input: list[ChatMessage]) -> ModelUsage:
    """Tokens of a model without a tokenizer: four characters each."""
    asked, said = sum(len(message.text) for message in input) // 4 + 1, len(text) // 4 + 1
    return ModelUsage(input_tokens=asked, output_tokens=said, total_tokens=asked + said)
