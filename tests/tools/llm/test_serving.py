"""What `make vllm` would start, and what it says where it cannot; the starting itself is `make test-vllm`'s."""

import hashlib
import json
from pathlib import Path

import pytest

from tools.failure import ToolFailure
from tools.llm.serving.command import Served, adapters_in, command, environment, good_model
from tools.llm.serving.place import Place


@pytest.mark.parametrize(
    ("gib", "model"), [(79.6, "Qwen/Qwen3-32B-FP8"), (24.0, "Qwen/Qwen3-8B"), (12.0, "Qwen/Qwen3-4B")]
)
def test_the_model_fits_the_gpu(gib: float, model: str) -> None:
    assert good_model(gib) == model


def test_a_gpu_that_is_too_small_is_told_what_to_do() -> None:
    with pytest.raises(ToolFailure, match="--cpu"):
        good_model(6.0)


def test_a_gpu_is_served_with_prefix_cache_tools_and_adapters(tmp_path: Path) -> None:
    for name in ("warm", "plain"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "adapter_config.json").write_text("{}", encoding="utf-8")
    (tmp_path / "half-made").mkdir()
    adapters = adapters_in(tmp_path)
    served = Served(Place(tmp_path, gpu=True), "Qwen/Qwen3-8B", 8000, adapters)
    line = command(served)
    assert sorted(adapters) == ["plain", "warm"]
    assert {"--enable-prefix-caching", "--enable-auto-tool-choice", "--enable-lora"} <= set(line)
    assert f"warm={tmp_path / 'warm'}" in line
    assert json.loads(line[line.index("--default-chat-template-kwargs") + 1]) == {"enable_thinking": False}
    assert environment(served)["HF_HUB_OFFLINE"] == "0"


def test_a_cpu_is_served_without_what_kills_its_engine(tmp_path: Path) -> None:
    served = Served(Place(tmp_path, gpu=False), None, 8123)
    assert "--no-enable-chunked-prefill" in command(served)
    assert str(tmp_path / "model") in command(served)
    assert environment(served)["HF_HUB_OFFLINE"] == "1"
    assert served.url == "http://127.0.0.1:8123/v1"


def test_what_cannot_be_installed_is_said_with_the_installers_own_words(tmp_path: Path) -> None:
    place = Place(tmp_path, gpu=False)
    place.python.parent.mkdir(parents=True)
    place.python.write_text("#!/bin/sh\necho 'ERROR: No matching distribution' >&2\nexit 1\n", encoding="utf-8")
    place.python.chmod(0o755)
    said: list[str] = []
    with pytest.raises(ToolFailure, match="install vLLM: ERROR: No matching distribution"):
        place.ensure(said.append)
    assert len(said) == 1
    assert not (tmp_path / "env" / "installed").exists()


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    from tools.llm.serving.place import HERE

    place = Place(tmp_path, gpu=False)
    (tmp_path / "env").mkdir()
    place.model.mkdir()
    (tmp_path / "env" / "installed").write_text(hashlib.sha256((HERE / "cpu.txt").read_bytes()).hexdigest(), "ascii")
    said: list[str] = []
    place.ensure(said.append)
    place.ensure_model(said.append)
    assert said == []
