"""What the commands do with JAKET: pre-train it, train its tasks, score them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .show import say
from .text import write_lines


def train_jaket_task(
    task: str,
    output: Path,
    preset: str | None,
    data: Path | None,
    changes: dict[str, Any],
    resume: bool,
) -> None:
    """Trains a task; prints validation and test scores, or the losses of a pre-training."""
    from ..recipes.jaket_tasks import TaskSystem, jaket_task
    from ..training.fit import read_log

    training = jaket_task(task)
    if data is not None and preset is None and "data" not in changes:
        changes = {"data": str(data), **changes}
    recipe = training.build_recipe(*((None, {}) if resume else (preset, changes)))
    trained = training.train(recipe, output, data_path=data, resume=resume)
    best = trained.training["best_epoch"]
    say(f"best epoch {best}, saved to {output}")
    if isinstance(trained, TaskSystem):
        for split in (part for part in ("valid", "test") if part in trained.splits):
            scores = trained.evaluate(split, data if trained.reads_data else None).summary()
            print(split, json.dumps({name: round(100 * x, 2) for name, x in scores.items()}))
        return
    row = read_log(output / "log.jsonl")[best - 1]
    for kind in ("loss", "valid"):
        losses = {k.partition("/")[2]: round(v, 4) for k, v in row.items() if k.startswith(kind)}
        print(kind, json.dumps({name: loss for name, loss in losses.items() if name}))


def evaluate_jaket_task(system: Any, data: Path | None, split: str, output: Path | None) -> None:
    """Prints the scores of a split; `output` gets them as JSON with their protocol."""
    scores = system.evaluate(split, data)
    print(scores)
    if output is not None:
        text = json.dumps(scores.to_dict(), ensure_ascii=False, indent=1)
        write_lines([text + "\n"], output)
