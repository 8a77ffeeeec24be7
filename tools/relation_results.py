"""Trains JRRELP and its ablations with several seeds, prints their test scores and the gains.

    python tools/relation_results.py semeval-cgcn --variants alone jrrelp --seeds 3 --runs RUNS

Variants: alone (no link losses), jrrelp, uncoupled (without the coupling loss), unlinked (without
the link loss), shuffled (the graph's objects dealt out anew). Runs lie in
``RUNS/<preset>/<variant>/<seed>``; one that is there already is read, not trained again, so that a
stopped table goes on and ``graphkg compare RUNS/<preset>/alone RUNS/<preset>/jrrelp`` works. The
gain is over the first variant. Data and word vectors are found through GRAPHKG_DATA.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

VARIANTS: dict[str, dict[str, Any]] = {
    "alone": {"kg": "off"},
    "jrrelp": {},
    "uncoupled": {"coupling_weight": 0.0},
    "unlinked": {"link_weight": 0.0},
    "shuffled": {"kg": "shuffled"},
}


def run(folder: Path, recipe: Any, data: Any) -> dict[str, float]:
    """Test scores of one run, how long it trained and its best epoch."""
    from graphkg.recipes.relation_training import train_jrrelp
    from graphkg.recipes.runs import trained

    system = trained(folder, "jrrelp", recipe, partial(train_jrrelp, data=data))
    done = system.training
    scores = system.evaluate(data.test)
    (folder / "test.json").write_text(scores.to_json() + "\n", encoding="utf-8")
    return scores.summary() | {"seconds": done["seconds"], "epoch": done["best_epoch"]}


def row(name: str, found: list[dict[str, float]]) -> str:
    """A line of the table."""
    from graphkg.metrics import mean_and_sd

    metrics = [name for name in ("f1", "harmonic_f1", "micro_f1") if name in found[0]]
    cells = [mean_and_sd([one[metric] for one in found]).show(100, 2) for metric in metrics]
    epochs = ", ".join(str(int(one["epoch"])) for one in found)
    seconds = sum(one["seconds"] for one in found) / len(found)
    return f"| {name} | {' | '.join(cells)} | {epochs} | {seconds:.0f} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("presets", nargs="+")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--set", dest="changes", action="append", default=[])
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)

    import torch

    from graphkg.cli.train import read_changes
    from graphkg.parsing import SpacyParser
    from graphkg.parsing.cache import cached
    from graphkg.recipes.comparison import compare
    from graphkg.recipes.jrrelp import build_recipe
    from graphkg.recipes.relation_data import read_relation_data

    torch.set_num_threads(options.threads)
    reader = cached(SpacyParser())
    for preset in options.presets:
        changes = {"progress": False, **read_changes(options.changes)}
        plain = build_recipe(preset, changes)
        data = read_relation_data(plain.data, None, reader, plain.split_seed, plain.type_source)
        print(f"{preset}\n| variant | F1, harmonic, micro | best epochs | seconds |", flush=True)
        for variant in options.variants:
            found = []
            for seed in range(options.seeds):
                recipe = build_recipe(preset, {**changes, **VARIANTS[variant], "seed": seed})
                found.append(run(options.runs / preset / variant / str(seed), recipe, data))
            print(row(variant, found), flush=True)
        first, *others = options.variants
        for variant in others:
            folder = options.runs / preset
            for metric in ("f1", "harmonic_f1") if data.metric in ("semeval", "kbp37") else ("f1",):
                pair = folder / first, folder / variant
                print(compare(*pair, metric=metric, over_seeds=options.seeds > 1), flush=True)


if __name__ == "__main__":
    from graphkg.cli.show import say_mistakes

    with say_mistakes("relation_results"):
        main()
