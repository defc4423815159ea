"""The model behind writer and planner: where it is, whether it answers, and who does what when it does not."""

from dataclasses import dataclass

from agent.campaign import PlannerName, WriterName
from agent.settings import Settings
from tools.failure import ToolFailure
from tools.llm.types import LlmConfig


@dataclass(frozen=True)
class Hands:
    """Who plans and who writes; `problem` is why a model that is configured does not."""

    planner: PlannerName = "playbook"
    writer: WriterName = "template"
    problem: str = ""


def config_of(settings: Settings) -> LlmConfig | None:
    """The model's place and ceilings; null where none is configured.

    Raises:
        ToolFailure: `no_model` where only one of address and name is given.
    """
    urls = tuple(url.strip().rstrip("/") for url in (settings.llm_base_url or "").split(",") if url.strip())
    if not urls and not settings.llm_model:
        return None
    if not urls or not settings.llm_model:
        raise _no_model("A model needs both its address and its name")
    micro = 1_000_000
    return LlmConfig(
        base_urls=urls,
        model=settings.llm_model,
        api_key=settings.llm_api_key.get_secret_value(),
        concurrency=settings.llm_concurrency,
        call_seconds=settings.llm_call_seconds,
        silence_seconds=settings.llm_silence_seconds,
        grammar=settings.llm_grammar,
        max_calls=settings.llm_max_calls,
        max_tokens=settings.llm_max_tokens,
        max_seconds=min(settings.llm_max_seconds, settings.max_seconds),
        max_cost_micro=None if settings.llm_max_cost is None else round(settings.llm_max_cost * 100 * micro),
        prompt_price_micro=round(settings.llm_prompt_price * 100),
        completion_price_micro=round(settings.llm_completion_price * 100),
    )


def choose(settings: Settings, planner: PlannerName | None, writer: WriterName | None) -> Hands:
    """Who does what: as asked, and where nothing is asked the model if it answers.

    Raises:
        ToolFailure: `no_model` where the model is asked for and none is configured.
    """
    from tools.llm.doctor import PROBE_SECONDS, calls_tools, probe

    config = config_of(settings)
    if config is None:
        if "llm" in (planner, writer):
            raise _no_model("No model is configured")
        return Hands(planner or "playbook", writer or "template")
    if planner == "playbook" and writer == "template":
        return Hands()
    problem = probe(config, min(PROBE_SECONDS, config.call_seconds))
    if problem:
        return Hands(problem=problem)
    leads: PlannerName = planner or ("llm" if calls_tools(config) else "playbook")
    return Hands(leads, writer or "llm")


def model_found(settings: Settings) -> dict[str, object]:
    """What the configured model answers to a probe, and can do; for `doctor`."""
    from tools.llm.doctor import inspect

    config = config_of(settings)
    if config is None:
        return {"configured": False}
    return {"configured": True, **inspect(config).model_dump(mode="json")}


def _no_model(what: str) -> ToolFailure:
    return ToolFailure("no_model", f"{what}: set BRIEFSMITH_LLM_BASE_URL and BRIEFSMITH_LLM_MODEL.")
