"""Trains presets of QIDN and variants of them with several seeds; tables of their scores.

    python tools/extraction_results.py webnlg-partial --seeds 3 --runs RUNS --tables
    python tools/extraction_results.py conll04 --runs RUNS --variant full --variant no-instance \\
        --variant "wide: {num_queries: 30}" --set epochs=10 --sample 200

A variant is the name of an ablation (full, tokens, one-branch, no-instance, no-class, neither,
entity-hidden, relation-hidden, both-hidden) or a name with settings of its own. Runs lie in
``RUNS/<preset>/<variant>/<seed>`` (``<preset>-first<N>`` with ``--sample N``, the first N training
sentences); one that is there already is read, not trained again, so that a stopped table goes on
and ``graphkg compare RUNS/<preset>/full RUNS/<preset>/tokens`` works. Scores are on the test part,
or on the validation part of a set without one, by the rule of the set. Data are found through
GRAPHKG_DATA.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

ABLATIONS: dict[str, dict[str, Any]] = {
    "full": {},
    "tokens": {"keys": "token"},
    "one-branch": {"branches": False},
    "no-instance": {"instance_weight": 0.0},
    "no-class": {"class_weight": 0.0},
    "neither": {"instance_weight": 0.0, "class_weight": 0.0},
    "entity-hidden": {"hidden": "entity_to_relation"},
    "relation-hidden": {"hidden": "relation_to_entity"},
    "both-hidden": {"hidden": "both"},
}


def read_variants(given: list[str]) -> dict[str, dict[str, Any]]:
    """Settings by the name of the variant; the full model alone if none is given."""
    import yaml

    found: dict[str, dict[str, Any]] = {}
    for text in given or ["full"]:
        read = yaml.safe_load(text)
        if not isinstance(read, dict) and read not in ABLATIONS:
            raise SystemExit(f"variant {text!r}: give 'name: {{...}}' or {', '.join(ABLATIONS)}")
        found |= read if isinstance(read, dict) else {read: ABLATIONS[read]}
    return found


def first_sentences(data: Any, count: int) -> Any:
    """Data with the first `count` training sentences alone; their protocol says so."""
    sources = {**data.sources, "train": f"first {count} of {data.sources['train']}"}
    counts = {name: found for name, found in data.counts.items() if name != "train"}
    return replace(data, train=data.train[:count], counts=counts, sources=sources)


def run(folder: Path, recipe: Any, data: Any) -> dict[str, Any]:
    """All scores of one run in plain values, trained if it is not there."""
    from graphkg.recipes.qidn_training import train_qidn
    from graphkg.recipes.runs import trained

    split = "test" if data.test else "valid"
    system = trained(folder, "qidn", recipe, partial(train_qidn, data=data))
    scored = folder / f"{split}.json"
    if not scored.is_file():
        found = json.dumps(system.evaluate(data, split).to_dict(), ensure_ascii=False, indent=1)
        scored.write_text(found + "\n", encoding="utf-8")
    scores: dict[str, Any] = json.loads(scored.read_text(encoding="utf-8"))
    return scores


def columns(scores: dict[str, Any]) -> dict[str, float]:
    """What a line shows of a run: the set's own rule, the other rules of spans, mentions."""
    found = {name: scores[key] for name, key in (("P", "precision"), ("R", "recall"), ("F1", "f1"))}
    for rule in ("boundaries", "strict"):
        if rule in scores["rules"] and rule != scores["match"]:
            found[f"F1 {rule}"] = scores["rules"][rule]["f1"]
    return found if scores["mentions"] is None else {**found, "NER F1": scores["ner_f1"]}


def line(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def mean(runs: list[dict[str, float]], name: str) -> str:
    """Mean and standard deviation over seeds, in percent."""
    from graphkg.metrics import mean_and_sd

    return mean_and_sd([one[name] for one in runs]).show(100, 2).rpartition(" (n =")[0]


def row(name: str, runs: list[dict[str, Any]]) -> str:
    """A line of scores, best epochs and seconds of training."""
    shown = [columns(scores) for scores in runs]
    done = [scores["protocol"]["training"] for scores in runs]
    epochs = ", ".join(str(int(one["best_epoch"])) for one in done)
    seconds = sum(one["seconds"] for one in done) / len(done)
    cells = [mean(shown, key) for key in shown[0]]
    return line(name, str(len(runs)), *cells, epochs, f"{seconds:.0f}")


def class_table(found: dict[str, list[dict[str, Any]]]) -> str:
    """F1 by overlap class and number of gold triples, a line a variant."""
    classes = next(iter(found.values()))[0]["classes"]
    lines = [
        line("variant", *(f"{name} ({of['sentences']})" for name, of in classes.items())),
        f"|{'---|' * (len(classes) + 1)}",
    ]
    for name, runs in found.items():
        shown = [{key: of["f1"] for key, of in scores["classes"].items()} for scores in runs]
        lines.append(line(name, *(mean(shown, key) for key in classes)))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("presets", nargs="+")
    parser.add_argument("--variant", dest="variants", action="append", default=[])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--set", dest="changes", action="append", default=[])
    parser.add_argument("--sample", type=int, help="train on the first N sentences")
    parser.add_argument("--tables", action="store_true", help="by overlap class and N, too")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)

    import torch

    from graphkg.cli.train import read_changes
    from graphkg.recipes.qidn import build_qidn_recipe
    from graphkg.recipes.qidn_training import read_qidn_data

    torch.set_num_threads(options.threads)
    variants = read_variants(options.variants)
    for preset in options.presets:
        changes = {"progress": False, **read_changes(options.changes)}
        data = read_qidn_data(build_qidn_recipe(preset, changes))
        split, name = "test" if data.test else "valid", preset
        trained = f"{len(data.train)} training sentences"
        if options.sample:
            trained = f"the first {options.sample} of {trained}"
            data, name = first_sentences(data, options.sample), f"{preset}-first{options.sample}"
        found: dict[str, list[dict[str, Any]]] = {}
        for variant, own in variants.items():
            runs = found[variant] = []
            for seed in range(options.seeds):
                recipe = build_qidn_recipe(preset, {**changes, **own, "seed": seed})
                runs.append(run(options.runs / name / variant / str(seed), recipe, data))
            if len(found) == 1:
                heads = ["variant", "seeds", *columns(runs[0]), "best epochs", "seconds"]
                print(f"{preset}, {data.name}: {trained}; {split}, {runs[0]['match']} match")
                print(f"{line(*heads)}\n|{'---|' * len(heads)}")
            print(row(variant, runs), flush=True)
        if options.tables:
            print(f"F1 by overlap class and number of triples N\n{class_table(found)}", flush=True)


if __name__ == "__main__":
    from graphkg.cli.show import say_mistakes

    with say_mistakes("extraction_results"):
        main()
