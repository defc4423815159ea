"""A voice adapter: LoRA on a shop's approved copy. Run by the Python of `.vllm/env`, which has nothing of ours.

`python lora.py MODEL LESSONS TARGET STEPS SEED`: LESSONS is JSON Lines of `{"messages": [...]}`, the last of them the
answer that is learned. Prints a line of JSON at the end: steps, and the loss before and after on the same lessons.
Low-rank adaptation: Hu et al. 2021, arXiv 2106.09685.
"""

import json
import sys
from pathlib import Path
from typing import Any

RANK, ALPHA, RATE = 8, 16, 3e-4
MOST_TOKENS = 2048
JUDGED = 2
"""Lessons whose loss is told: it costs as much time as learning them."""
Lesson = list[dict[str, str]]


def train(
    model_path: str, lessons: list[list[dict[str, str]]], target: Path, steps: int, seed: int
) -> dict[str, float]:
    """`steps` steps of one lesson each, in order and over again; the adapter lies in `target` when it is whole."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(model_path)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    base: Any = AutoModelForCausalLM.from_pretrained(model_path, dtype=dtype)
    base.to(device)
    shape = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules="all-linear", task_type="CAUSAL_LM")
    model: Any = get_peft_model(base, shape)
    batches = [_batch(tokenizer, lesson, device) for lesson in lessons]
    optimiser = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=RATE)
    before = _loss(model, batches)
    model.train()
    for step in range(steps):
        loss = model(**batches[step % len(batches)]).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    after = _loss(model, batches)
    half = target.with_name(target.name + ".half")
    model.save_pretrained(half)
    half.rename(target)
    return {"steps": steps, "lessons": len(lessons), "loss_before": before, "loss_after": after}


def _batch(tokenizer: Any, lesson: Lesson, device: str) -> dict[str, Any]:
    """Tokens of a chat, and labels that count its answer alone."""
    import torch

    asked = tokenizer.apply_chat_template(lesson[:-1], add_generation_prompt=True, tokenize=False)
    whole = tokenizer.apply_chat_template(lesson, tokenize=False)
    start = len(tokenizer(asked, add_special_tokens=False)["input_ids"])
    tokens = tokenizer(whole, add_special_tokens=False)["input_ids"][:MOST_TOKENS]
    labels = [-100] * start + tokens[start:]
    return {
        "input_ids": torch.tensor([tokens], device=device),
        "labels": torch.tensor([labels[: len(tokens)]], device=device),
    }


def _loss(model: Any, batches: list[dict[str, Any]]) -> float:
    """Mean over the first lessons, in nats a token."""
    import torch

    model.eval()
    some = batches[:JUDGED]
    with torch.no_grad():
        return float(sum(model(**batch).loss.item() for batch in some) / len(some))


if __name__ == "__main__":
    model_path, lessons_path, target_path, steps, seed = sys.argv[1:]
    rows = Path(lessons_path).read_text(encoding="utf-8").splitlines()
    lessons = [json.loads(row)["messages"] for row in rows]
    told = train(model_path, lessons, Path(target_path), int(steps), int(seed))
    print(json.dumps(told))  # noqa: T201
