"""Trains presets of a system that ranks entities with several seeds; a table of test scores.

    python tools/link_results.py umls-conve umls-complex --seeds 3 --runs RUNS [--set epochs=20]
    python tools/link_results.py umls-minilm --system mtl-kgc --runs RUNS --own-encoder dim=128 \\
        --variant "LP: {tasks: [lp]}" --variant "LP+RP: {tasks: [lp, rp]}"
    python tools/link_results.py wn18rr-minilm --system mtl-kgc --runs RUNS --candidates-from RUN

A variant is a name with settings of its own. A run folder ``RUNS/<preset>[-<variant>]-<seed>``
(``<preset>-sample<N>`` with ``--sample N``) that is there already is read, not trained again, so
that a stopped table goes on. Data are found through GRAPHKG_DATA; ``--sample N`` keeps N entities
that hang together, ``--own-encoder`` makes a small encoder from the texts of the graph instead of
reading a pretrained one, and ``--candidates-from`` ranks the ``--top`` candidates of another run
anew. Numbers are means and standard deviations over seeds, of filtered ranks on both sides,
realistic ties.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

METRICS = ("mrr", "hits@1", "hits@3", "hits@10", "mr")


def read_variants(given: list[str]) -> dict[str, dict[str, Any]]:
    """Settings by the name of the variant; one without a name if none is given."""
    import yaml

    found: dict[str, dict[str, Any]] = {}
    for text in given:
        found |= yaml.safe_load(text)
    return found or {"": {}}


def scores_of(system: Any, folder: Path, how: dict[str, Any]) -> dict[str, float]:
    """Test scores of one run, and how long it trained; `how` is for ``evaluate``."""
    scores = system.evaluate("test", **how)
    scores.save(folder / "test.json")
    done = system.training
    return scores.summary() | {"seconds": done["seconds"], "epochs": done["best_epoch"]}


def row(name: str, found: list[dict[str, float]]) -> str:
    """A line of the table."""
    cells = []
    for metric in METRICS:
        values = [one[metric] for one in found]
        spread = f" +- {statistics.stdev(values):.3f}" if len(values) > 1 else ""
        cells.append(f"{statistics.mean(values):.3f}{spread}")
    epochs = ", ".join(str(int(one["epochs"])) for one in found)
    seconds = statistics.mean(one["seconds"] for one in found)
    return f"| {name} | {len(found)} | {' | '.join(cells)} | {epochs} | {seconds:.0f} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("presets", nargs="+")
    parser.add_argument("--system", default="link")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--set", dest="changes", action="append", default=[])
    parser.add_argument("--variant", dest="variants", action="append", default=[])
    parser.add_argument("--sample", type=int)
    parser.add_argument("--own-encoder", help="as dim=128,layers=2")
    parser.add_argument("--candidates-from", help="a run whose best candidates are ranked anew")
    parser.add_argument("--top", type=int, default=50)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)

    import torch

    from graphkg import load
    from graphkg.cli.train import read_changes
    from graphkg.datasets.triple_samples import sample_entities
    from graphkg.datasets.triples import read_triple_data
    from graphkg.recipes.ranking_trainings import ranking_training
    from graphkg.recipes.runs import trained
    from graphkg.recipes.small_encoder import small_encoder, texts_of

    torch.set_num_threads(options.threads)
    training = ranking_training(options.system)
    how: dict[str, Any] = {}
    if options.candidates_from:
        how = {"candidates_from": load(options.candidates_from), "top": options.top}
    print(f"| preset | seeds | {' | '.join(METRICS)} | best epoch | seconds |")
    print(f"|{'---|' * (len(METRICS) + 4)}")
    for preset in options.presets:
        changes = {"progress": False, **read_changes(options.changes)}
        data, named = read_triple_data(training.build_recipe(preset, changes).data), preset
        if options.sample:
            data, named = sample_entities(data, options.sample), f"{preset}-sample{options.sample}"
        if options.own_encoder:
            sizes = read_changes(options.own_encoder.split(","))
            encoder = options.runs / f"{named}-encoder"
            if not encoder.is_dir():
                small_encoder(texts_of(data), encoder, **sizes)
            changes["encoder"] = str(encoder)
        train = partial(training.train, data=data)
        for variant, own in read_variants(options.variants).items():
            name = f"{named}-{variant}" if variant else named
            found = []
            for seed in range(options.seeds):
                recipe = training.build_recipe(preset, {**changes, **own, "seed": seed})
                folder = options.runs / f"{name}-{seed}"
                system = trained(folder, options.system, recipe, train)
                found.append(scores_of(system, folder, how))
            print(row(name, found), flush=True)


if __name__ == "__main__":
    from graphkg.cli.show import say_mistakes

    with say_mistakes("link_results"):
        main()
