"""``graphkg train`` and ``graphkg evaluate``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError, nearest
from .extraction import evaluate_extraction_system, train_extraction_system
from .jaket import evaluate_jaket_task, train_jaket_task
from .link import check_choices, evaluate_link_system, train_ranking_system
from .show import say
from .text import check_file, open_parser, write_lines

SPLITS = ("train", "valid", "test")


def read_changes(changes: Sequence[str]) -> dict[str, Any]:
    """Reads ``key=value`` settings; values are YAML (``0.5``, ``true``, ``null``, ``max``).

    Raises:
        InputError: a setting without ``=``, or with a value that is not YAML.
    """
    import yaml

    found = {}
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals or not key:
            raise InputError(f"--set {change!r} is no setting: write key=value, as epochs=20")
        try:
            found[key.strip()] = yaml.safe_load(value)
        except yaml.YAMLError:
            raise InputError(
                f"--set {change!r}: {value!r} is no YAML value: write a number, true, false, null "
                "or a word"
            ) from None
    return found


def train_system(
    system: str,
    output: Path,
    preset: str | None,
    data: Path | None,
    model: str | None,
    vectors: Path | None,
    changes: Sequence[str],
    parser: str,
    resume: bool,
    task: str | None = None,
) -> None:
    """Trains a system and prints its validation and test scores."""
    from ..parsing.cache import cached
    from ..recipes.base import run_settings
    from ..recipes.jaket_tasks import PRETRAIN
    from ..recipes.jrrelp import build_recipe
    from ..recipes.ranking_trainings import TRAININGS
    from ..recipes.relation_data import read_relation_data
    from ..recipes.relation_training import train_jrrelp

    known = ["jrrelp", *TRAININGS, "qidn", "jaket"]
    if system == "combined":
        raise InputError("'combined' joins trained runs: take graphkg combine RUN RUN -o DIR")
    if system not in known:
        raise InputError(f"{system!r} is no system{nearest(system, known)}; known: {known}")
    if model is not None and system != "link":
        raise InputError(f"--model {model!r} names a link predictor, but {system} has its own")
    if task is not None and system != "jaket":
        raise InputError(f"--task {task} was given, but {system} has one task alone: leave it out")
    if system in TRAININGS:
        named = {} if model is None else {"model": model}
        given = {**named, **read_changes(changes)}
        train_ranking_system(system, output, preset, data, given, resume)
        return
    if system in ("qidn", "jaket"):
        for name, value in (("--vectors", vectors), ("--parser", parser != "bundled" and parser)):
            if value:
                raise InputError(f"{name} {value} was given, but {system} takes none: leave it out")
    if system == "qidn":
        train_extraction_system(output, preset, data, read_changes(changes), resume)
        return
    if system == "jaket":
        train_jaket_task(task or PRETRAIN, output, preset, data, read_changes(changes), resume)
        return
    recipe = build_recipe(preset, read_changes(changes))
    recipe = run_settings(output, "jrrelp", type(recipe)) if resume else recipe
    say(f"reading {recipe.data}")
    reader = cached(open_parser(parser))
    found = read_relation_data(recipe.data, data, reader, recipe.split_seed, recipe.type_source)
    trained = train_jrrelp(recipe, output, vectors_path=vectors, resume=resume, data=found)
    say(f"best epoch {trained.training['best_epoch']}, saved to {output}")
    for split in ("valid", "test"):
        scores = trained.evaluate(getattr(found, split)).summary()
        print(split, json.dumps({name: round(100 * value, 2) for name, value in scores.items()}))


def evaluate_system(
    run: str,
    data: Path | None,
    split: str,
    texts: str | None,
    baseline: bool,
    raw: bool,
    memory: str,
    output: Path | None,
    ranks: Path | None,
    predictions: Path | None,
    parser: str,
    more: dict[str, Any],
) -> None:
    """Prints the scores of a trained system; `output` gets them as JSON with their protocol.

    `predictions` gets a line for every labelled pair, or every sentence with its triples; `more`
    are the choices of some systems.
    """
    from ..parsing.cache import cached
    from ..recipes import load
    from ..recipes.jaket_system import JAKETSystem
    from ..recipes.jaket_tasks import TaskSystem
    from ..recipes.prediction_files import check_ending, write_predictions
    from ..recipes.predictions import Predictions
    from ..recipes.qidn_system import QIDNSystem
    from ..recipes.ranking_system import RankingSystem
    from ..recipes.relation_data import read_relation_data
    from ..recipes.relation_scores import KindPairBaseline, score_pairs
    from ..recipes.text_scores import annotated_texts, score_texts

    if output is not None:
        check_file(output)
    if texts is None and split not in SPLITS:
        raise InputError(f"--split {split!r} is not one of {', '.join(SPLITS)}")
    if predictions is not None:
        check_file(predictions)
        check_ending(predictions)
        if texts is not None:
            raise InputError("--predictions are of labelled data, but --texts was given: drop one")
    system = load(run)
    given = {"--texts": texts, "--baseline": baseline, "--predictions": predictions}
    _check_options(run, system, given | {"--raw": raw, "--ranks": ranks})
    chosen = check_choices(run, system, more)
    if isinstance(system, RankingSystem):
        evaluate_link_system(system, data, split, raw, memory, output, ranks, chosen)
        return
    if isinstance(system, JAKETSystem):
        system.evaluate()
    if isinstance(system, TaskSystem):
        evaluate_jaket_task(system, data, split, output)
        return
    if isinstance(system, QIDNSystem) and texts is None:
        evaluate_extraction_system(system, data, split, output, predictions)
        return
    reader = open_parser(parser)
    if texts is not None:
        scores: Any = score_texts(
            annotated_texts(texts, split), reader, system, data=texts, split=split
        )
    else:
        recipe = system.recipe
        found = read_relation_data(
            recipe.data, data, cached(reader), recipe.split_seed, recipe.type_source
        )
        graphs = getattr(found, split)
        predicted = system.predict(graphs)
        scores = system.evaluate(graphs, predicted)
        if predictions is not None:
            write_predictions(Predictions.of(system, graphs, split, predicted), predictions)
        if baseline and found.negative is not None:
            guesses = KindPairBaseline(found.train, found.negative).predict(graphs)
            print("most frequent relation of the two kinds")
            print(score_pairs(graphs, guesses, found.negative, {}), end="\n\n")
    print(scores)
    if output is not None:
        text = json.dumps(scores.to_dict(), ensure_ascii=False, indent=1)
        write_lines([text + "\n"], output)


def _check_options(run: str, system: Any, given: dict[str, Any]) -> None:
    """Raises if an option was given that is for another kind of system."""
    from ..recipes.jaket_system import JAKETSystem
    from ..recipes.jaket_tasks import TaskSystem
    from ..recipes.qidn_system import QIDNSystem
    from ..recipes.ranking_system import RankingSystem

    kind, others = "predicts relations in sentences", ["--raw", "--ranks"]
    if isinstance(system, RankingSystem):
        kind, others = "predicts links", ["--texts", "--baseline", "--predictions"]
    elif isinstance(system, QIDNSystem):
        kind, others = "finds triples in sentences", ["--baseline", "--raw", "--ranks"]
    elif isinstance(system, (JAKETSystem, TaskSystem)):
        kind, others = "is a JAKET", list(given)
    strange = [name for name in others if given[name]]
    if strange:
        raise InputError(f"{strange[0]} was given, but {run} {kind}: leave it out")
