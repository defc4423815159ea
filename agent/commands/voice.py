"""`voice train`: a LoRA adapter on the shop's own approved copy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.commands.shared import AsJson, deps_of, fail, settings_of


def register(app: typer.Typer) -> None:
    voice = typer.Typer(help="The brand's voice, for a model that writes.", no_args_is_help=True)
    voice.command("train")(train)
    app.add_typer(voice, name="voice")


def train(
    name: Annotated[str, typer.Argument(help="The adapter's name; vLLM serves it as a model of this name.")],
    base: Annotated[
        str | None, typer.Option("--base", help="Name or folder of the model; left out: the small one of `make vllm`.")
    ] = None,
    steps: Annotated[int, typer.Option("--steps", min=1, help="Training steps of one message each.")] = 200,
    environment: Annotated[
        Path, typer.Option("--environment", help="The folder that `make vllm` made.", file_okay=False)
    ] = Path(".vllm"),
    as_json: AsJson = False,
) -> None:
    """Fine-tune an adapter on the copy of approved campaigns; it lies in BRIEFSMITH_HOME/voices."""
    import dataclasses
    import json

    from agent.errors import problem_of
    from agent.past_copy import approved_copy, lessons
    from tools.copywriter.voice import load_voice
    from tools.failure import ToolFailure
    from tools.llm.serving.adapter import train_adapter
    from tools.llm.serving.place import Place, gpu_memory_gib

    deps = deps_of(settings_of(as_json))
    home = deps.settings.home
    place = Place(environment.resolve(), gpu=gpu_memory_gib() > 0)
    try:
        learned = lessons(approved_copy(home), deps.store.info.sender, load_voice(home))
        made = train_adapter(
            place, base or str(place.model), learned, name=name, home=home, steps=steps, seed=deps.settings.seed
        )
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    if as_json:
        typer.echo(json.dumps({**dataclasses.asdict(made), "folder": str(made.folder)}, indent=2))
        return
    typer.echo(f"`{name}` learned {made.lessons} messages in {made.steps} steps: {made.folder}")
    typer.echo(f"Loss on them {made.loss_before:.2f} before, {made.loss_after:.2f} after; blind comparison is yours.")
    typer.echo(
        f"make vllm VLLM='--adapters {made.folder.parent}' serves it; BRIEFSMITH_LLM_MODEL={name} writes with it."
    )
