"""One real vLLM with SmolLM2 on the CPU for all tests of this folder, in `.vllm` or where `BRIEFSMITH_VLLM` says.

Where vLLM cannot be had at all the tests are skipped, and say why.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httpx
import pytest

from agent.deps import Deps
from agent.past_copy import Said, lessons, own_parts
from agent.plan import plan
from tests.agent.conftest import deps, planning_home
from tools.copywriter.voice import Voice
from tools.failure import ToolFailure
from tools.llm.serving.adapter import FEWEST, Trained, train_adapter
from tools.llm.serving.command import Served, adapters_in, command, environment
from tools.llm.serving.place import Place
from tools.llm.types import LlmConfig

__all__ = ["deps", "planning_home"]

ROOT = Path(__file__).parents[2]
UP_SECONDS = 900
ADAPTER, STEPS = "warm", 3
MAIL = "Win back customers who haven't bought anything for 30 days. $500, email only, Dec 1–14, no discount."


@dataclass(frozen=True)
class Vllm:
    url: str
    model: str

    def config(self, **changes: object) -> LlmConfig:
        patient: dict[str, object] = {"base_urls": (self.url,), "model": self.model, "call_seconds": 240, "attempts": 2}
        return LlmConfig.model_validate(patient | {"max_seconds": 900} | changes)

    def metric(self, name: str) -> float:
        """The sum of a counter of vLLM's own over its labels."""
        text = httpx.get(f"{self.url.removesuffix('/v1')}/metrics").text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(f"vllm:{name}{{"))


@pytest.fixture(scope="session")
def place() -> Place:
    made = Place(Path(os.environ.get("BRIEFSMITH_VLLM", ROOT / ".vllm")).resolve(), gpu=False)
    try:
        made.ensure(print)
        made.ensure_model(print)
    except ToolFailure as failure:
        pytest.skip(failure.message)
    return made


@pytest.fixture(scope="session")
def voice(place: Place, deps: Deps, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A few steps on the templates' e-mails of a plan, as if it had been approved."""
    home = tmp_path_factory.mktemp("voices")
    campaign = plan(MAIL, deps, out=home / "plan").campaign
    mails = [Said(campaign, item, parts) for item in campaign.copies if (parts := own_parts(item))]
    learned = [_short(one) for one in lessons(mails * FEWEST, deps.store.info.sender, Voice())[:FEWEST]]
    return train_adapter(place, str(place.model), learned, name=ADAPTER, home=home, steps=STEPS, seed=0)


def _short(lesson: dict[str, object]) -> dict[str, object]:
    """Without the writer's standing rules, which are two thirds of its tokens: what is learned is the answer."""
    rules, *others = cast(list[dict[str, str]], lesson["messages"])
    return {"messages": [{**rules, "content": rules["content"].split("RULES END")[1]}, *others]}


@pytest.fixture(scope="session")
def vllm(place: Place, voice: Trained, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vllm]:
    served = Served(place, None, _free_port(), adapters_in(voice.folder.parent))
    log = tmp_path_factory.mktemp("vllm") / "vllm.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command(served), env={**os.environ, **environment(served)}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _wait(process, served.url, log)
        yield Vllm(served.url, served.name)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(UP_SECONDS):
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/models", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(1)
    raise AssertionError(f"vLLM does not come up:\n{log.read_text(errors='replace')[-4000:]}")
