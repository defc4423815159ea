"""`make vllm`: vLLM for the machine it is on. On a GPU a good open model, else SmolLM2 on the CPU, for a try-out.

Installs what is missing (nothing is done twice), says which settings point Briefsmith at it, and becomes the server.
"""

import argparse
import os
import sys
from pathlib import Path

from tools.failure import ToolFailure
from tools.llm.serving.command import Served, adapters_in, command, environment, good_model
from tools.llm.serving.place import Place, gpu_memory_gib


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.llm.serving", description="Start vLLM for this machine.")
    parser.add_argument("--folder", type=Path, default=Path(".vllm"), help="Environment and small model.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--model", help="Name or folder of a model; left out: one that fits the GPU, else SmolLM2.")
    parser.add_argument("--adapters", type=Path, help="Folder of LoRA adapters, each served by its folder's name.")
    parser.add_argument("--cpu", action="store_true", help="Even if there is a GPU.")
    parser.add_argument("--prepare", action="store_true", help="Install, and start nothing.")
    asked = parser.parse_args()
    try:
        serve(asked)
    except ToolFailure as failure:
        sys.exit(failure.message)


def serve(asked: argparse.Namespace) -> None:
    memory = 0.0 if asked.cpu else gpu_memory_gib()
    place = Place(asked.folder.resolve(), gpu=memory > 0)
    place.ensure(say)
    model = asked.model or (good_model(memory) if place.gpu else None)
    if model is None:
        place.ensure_model(say)
    served = Served(place, model, asked.port, adapters_in(asked.adapters))
    if asked.prepare:
        return
    names = ", ".join([served.name, *served.adapters])
    say(f"vLLM starts on port {asked.port} with {names}. When it says that it is up, in another shell:")
    say(f"export BRIEFSMITH_LLM_BASE_URL={served.url} BRIEFSMITH_LLM_MODEL={served.name}")
    say("briefsmith doctor")
    os.execve(place.python, command(served), {**os.environ, **environment(served)})  # noqa: S606


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
