"""Trains JAKET on FewRel or MetaQA by rows and seeds; a table of test scores.

    python tools/jaket_tasks_results.py fewrel fewrel-5w5s fewrel-10w1s --runs RUNS --seeds 3
    python tools/jaket_tasks_results.py metaqa-1hop metaqa-1hop-half --runs RUNS --questions 2000 \\
        --rows encoder memory memory-shuffled jaket --init PRETRAINED --set epochs=3

The columns are presets. Rows are the paper's: ``encoder`` (RoBERTa), ``random`` (+ GNN), ``memory``
(+ GNN + M) and ``jaket``, which begins with the pre-trained run ``--init`` (one, or one a seed);
``<row>-off`` and ``<row>-shuffled`` have the graph taken away or its tails dealt out anew. A run
folder ``RUNS/<preset>-<row>-<seed>`` that is there already is read, or gone on with, not trained
again, so that a stopped table goes on. Data are found through GRAPHKG_DATA; ``--episodes`` and
``--questions`` bound what is scored; ``--shots`` scores runs with other shots than those they
learned with. Numbers are accuracies or hits@1 in percent, means and
standard deviations over seeds; hits@1 stands beside the rate that no model can exceed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

STARTS = ("encoder", "random", "memory", "jaket")
ROWS = [*STARTS, *(f"{start}-{kg}" for start in STARTS[1:] for kg in ("off", "shuffled"))]
METRICS = {"fewrel": "accuracy", "metaqa": "hits@1"}
BOUNDS = {"fewrel": ("episodes", "shots"), "metaqa": ("questions",)}


def settings(row: str, seed: int, init: Sequence[Path]) -> dict[str, Any]:
    """The settings that make a row of the table."""
    start, _, kg = row.partition("-")
    found: dict[str, Any] = {"start": start, "kg": kg or "on", "seed": seed}
    if start == "jaket":
        found["init"] = str(init[seed % len(init)])
    return found


def run(task: str, recipe: Any, folder: Path, bound: dict[str, int]) -> Any:
    """Test scores of one run, which is trained if it is not there; `bound` goes to ``evaluate``."""
    from graphkg.recipes.jaket_linked import started
    from graphkg.recipes.jaket_tasks import jaket_task
    from graphkg.recipes.runs import trained

    system = trained(folder, f"jaket-{task}", started(recipe), jaket_task(task).train)
    scores = system.evaluate("test", **bound)
    text = json.dumps(scores.to_dict(), ensure_ascii=False, indent=1)
    name = f"test-{bound['shots']}-shot.json" if "shots" in bound else "test.json"
    (folder / name).write_text(text + "\n", encoding="utf-8")
    return scores


def cell(task: str, found: list[Any]) -> str:
    """Mean and deviation over seeds, in percent; of MetaQA the oracle rate beside it."""
    from graphkg.metrics import mean_and_sd

    shown = mean_and_sd([one.summary()[METRICS[task]] for one in found]).show(100)
    if task == "metaqa":
        shown += f" (of {100 * found[0].oracle_rate:.1f})"
    return shown


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("presets", nargs="+")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(STARTS[:3]))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--init", type=Path, nargs="+", default=[])
    parser.add_argument("--episodes", type=int, help="of FewRel that are scored")
    parser.add_argument("--shots", type=int, help="of the episodes that are scored")
    parser.add_argument("--questions", type=int, help="of MetaQA that are scored")
    parser.add_argument("--set", dest="changes", action="append", default=[])
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    if not options.init and any(row.startswith("jaket") for row in options.rows):
        parser.error("the row jaket begins with a pre-trained run: name it by --init")

    import torch

    from graphkg.cli.train import read_changes
    from graphkg.recipes.jaket_tasks import jaket_task

    torch.set_num_threads(options.threads)
    changes = {"progress": False, **read_changes(options.changes)}
    print(f"| row | {' | '.join(options.presets)} |")
    print(f"|{'---|' * (len(options.presets) + 1)}")
    for row in options.rows:
        cells = []
        for preset in options.presets:
            task = preset.partition("-")[0]
            named = {name: getattr(options, name) for name in BOUNDS.get(task, ())}
            bound = {name: value for name, value in named.items() if value}
            found = []
            for seed in range(options.seeds):
                own = {**changes, **settings(row, seed, options.init)}
                recipe = jaket_task(task).build_recipe(preset, own)
                found.append(run(task, recipe, options.runs / f"{preset}-{row}-{seed}", bound))
            cells.append(cell(task, found))
        print(f"| {row} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    from graphkg.cli.show import say_mistakes

    with say_mistakes("jaket_tasks_results"):
        main()
