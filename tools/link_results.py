"""Trains presets of link prediction with several seeds and prints a table of their test scores.

    python tools/link_results.py umls-conve umls-complex --seeds 3 --runs RUNS [--set epochs=20]

A run folder ``RUNS/<preset>-<seed>`` that is there already is read, not trained again, so that a
stopped table goes on. Data are found through GRAPHKG_DATA. Numbers are means and standard
deviations over seeds, of filtered ranks on both sides, realistic ties.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

METRICS = ("mrr", "hits@1", "hits@3", "hits@10", "mr")


def run(preset: str, seed: int, runs: Path, changes: list[str], threads: int) -> dict[str, float]:
    """Test scores of one preset with one seed, and how long it trained."""
    import torch

    from graphkg import load
    from graphkg.cli.train import read_changes
    from graphkg.recipes.link import build_link_recipe
    from graphkg.recipes.link_training import train_link

    torch.set_num_threads(threads)
    folder = runs / f"{preset}-{seed}"
    quiet = {"seed": seed, "progress": False, **read_changes(changes)}
    if (folder / "model.safetensors").is_file():
        system = load(folder)
    else:
        system = train_link(build_link_recipe(preset, quiet), folder, resume=folder.exists())
    scores = system.evaluate("test")
    scores.save(folder / "test.json")
    done = system.training
    return scores.summary() | {"seconds": done["seconds"], "epochs": done["best_epoch"]}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("presets", nargs="+")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--set", dest="changes", action="append", default=[])
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    print(f"| preset | seeds | {' | '.join(METRICS)} | best epoch | seconds |")
    print(f"|{'---|' * (len(METRICS) + 4)}")
    for preset in options.presets:
        found = [
            run(preset, seed, options.runs, options.changes, options.threads)
            for seed in range(options.seeds)
        ]
        cells = []
        for name in METRICS:
            values = [row[name] for row in found]
            spread = f" +- {statistics.stdev(values):.3f}" if len(values) > 1 else ""
            cells.append(f"{statistics.mean(values):.3f}{spread}")
        epochs = ", ".join(str(int(row["epochs"])) for row in found)
        seconds = statistics.mean(row["seconds"] for row in found)
        print(
            f"| {preset} | {len(found)} | {' | '.join(cells)} | {epochs} | {seconds:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
