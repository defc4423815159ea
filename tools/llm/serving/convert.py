"""A GGUF file as a folder that vLLM and PEFT read. Run by the Python of `.vllm/env`, which has nothing of ours."""

import sys
from pathlib import Path


def convert(source: Path, target: Path) -> None:
    """Weights and tokenizer of `source`, dequantised to bfloat16, written beside `target` and renamed into it."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    folder, name = str(source.parent), source.name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file=name, quantization_config=GgufConfig(gguf_file=name, dequantize=True), dtype="bfloat16"
    )
    # Left in, they would have it saved as a quantised model again.
    model.config.quantization_config = None
    setattr(model, "hf_quantizer", None)  # noqa: B010
    half = target.with_name(target.name + ".half")
    model.save_pretrained(half)
    tokenizer.save_pretrained(half)
    half.rename(target)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
