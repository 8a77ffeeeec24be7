"""Trains JAKET's entity classification by rows, fractions and seeds; a table of test accuracies.

    python tools/jaket_results.py codex-s --runs RUNS --seeds 3 [--pretraining RUN ...]
    python tools/jaket_results.py codex-s --runs RUNS --own-encoder dim=128,layers=4 \\
        --pretrain epochs=4 --rows random memory jaket jaket-shuffled --fractions 1 0.05

Rows are the paper's: ``encoder`` (descriptions alone), ``random`` (GNN), ``memory`` (RoBERTa + GNN
+ M) and ``jaket``; ``<row>-off`` and ``<row>-shuffled`` have the graph taken away or its tails
dealt out anew. ``jaket`` begins with a pre-training of the same seed: ``RUNS/pretraining-<seed>``,
which is trained if it is not there, or one that ``--pretraining`` gives for each seed. A run that
is there already is read, not trained again, so that a stopped table goes on; runs of ``--sample N``
lie in ``RUNS/sample<N>``. A seed is that of weights, labels and pre-training; the unseen graph is
the same for all. Data are found through GRAPHKG_DATA.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

STARTS = ("encoder", "random", "memory", "jaket")
GRAPHS = ("on", "off", "shuffled")
ROWS = [
    start if kg == "on" else f"{start}-{kg}"
    for start in STARTS
    for kg in GRAPHS
    if kg == "on" or start != "encoder"
]


def pretrain(folder: Path, recipe: Any, data: Any) -> Path:
    """Pre-trains a run if it is not there, or goes on with it; returns its folder."""
    from graphkg.recipes.jaket_training import train_jaket
    from graphkg.recipes.runs import trained

    trained(folder, "jaket", recipe, partial(train_jaket, data=data))
    return folder


def classify(folder: Path, recipe: Any, data: Any) -> Any:
    """Test scores of one run, which is trained if it is not there."""
    import json

    from graphkg.recipes.jaket_classification_system import NAME
    from graphkg.recipes.jaket_classification_training import settled, train_classification
    from graphkg.recipes.runs import trained

    system = trained(folder, NAME, settled(recipe), partial(train_classification, data=data))
    scores = system.evaluate("test")
    text = json.dumps(scores.to_dict(), ensure_ascii=False, indent=1)
    (folder / "test.json").write_text(text + "\n", encoding="utf-8")
    return scores


def line(name: str, cells: list[list[Any]]) -> str:
    """A line of the table: for each fraction the mean and deviation over seeds, in percent."""
    from graphkg.metrics import mean_and_sd

    shown = [mean_and_sd([one.accuracy for one in found]).show(100) for found in cells]
    return f"| {name} | {' | '.join(shown)} |"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("preset")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(STARTS))
    parser.add_argument("--fractions", type=float, nargs="+", default=[1.0, 0.2, 0.05])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--pretraining", type=Path, nargs="+", help="a run for each seed")
    parser.add_argument("--pretrain", action="append", default=[], help="a setting of it")
    parser.add_argument("--set", dest="changes", action="append", default=[])
    parser.add_argument("--sample", type=int, help="keep so many entities that hang together")
    parser.add_argument("--own-encoder", help="made from the texts of the graph: dim=128,layers=2")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    if options.pretraining and len(options.pretraining) != options.seeds:
        parser.error(f"--pretraining needs {options.seeds} runs, one for each seed")

    import torch

    from graphkg.cli.train import read_changes
    from graphkg.datasets.triple_samples import sample_entities
    from graphkg.datasets.triples import read_triple_data
    from graphkg.recipes.jaket import build_jaket_recipe
    from graphkg.recipes.jaket_classification import build_classification_recipe
    from graphkg.recipes.small_encoder import small_encoder, texts_of

    torch.set_num_threads(options.threads)
    shared: dict[str, Any] = {"progress": False}
    data = read_triple_data(build_jaket_recipe(options.preset).data)
    if options.sample:
        data = sample_entities(data, options.sample)
        options.runs /= f"sample{options.sample}"
    if options.own_encoder:
        folder = options.runs / "encoder"
        if not folder.is_dir():
            texts = [*data.entity_extracts.values(), *texts_of(data)]
            small_encoder(texts, folder, **read_changes(options.own_encoder.split(",")))
        shared["encoder"] = str(folder)
    first = {**shared, **read_changes(options.pretrain)}
    changes = {**shared, **read_changes(options.changes)}
    print(f"| row | {' | '.join(f'{fraction:.0%}' for fraction in options.fractions)} |")
    print(f"|{'---|' * (len(options.fractions) + 1)}")
    rates: list[float] = []
    for row in options.rows:
        start, _, kg = row.partition("-")
        cells: list[list[Any]] = [[] for _ in options.fractions]
        for seed in range(options.seeds):
            own = {**changes, "start": start, "kg": kg or "on", "seed": seed, "split_seed": seed}
            if start == "jaket":
                given = options.pretraining[seed] if options.pretraining else None
                recipe = build_jaket_recipe(options.preset, {**first, "seed": seed})
                own["init"] = str(
                    given or pretrain(options.runs / f"pretraining-{seed}", recipe, data)
                )
            for cell, fraction in zip(cells, options.fractions):
                recipe = build_classification_recipe(options.preset, {**own, "fraction": fraction})
                folder = options.runs / f"{row}-{fraction:g}-{seed}"
                cell.append(classify(folder, recipe, data))
                rates.append(cell[-1].majority_rate)
        print(line(row, cells), flush=True)
    print(f"the most frequent category: {100 * sum(rates) / len(rates):.1f}")


if __name__ == "__main__":
    from graphkg.cli.show import say_mistakes

    with say_mistakes("jaket_results"):
        main()
