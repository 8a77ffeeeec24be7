"""Two systems on the same test set: is the gain of the second over the first real?"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import InputError, nearest
from ..metrics.extraction_scores import RULES
from ..metrics.outcomes import RANKING, Outcomes
from ..metrics.seeds import TTest, welch_test
from ..metrics.significance import Comparison, paired_bootstrap
from ..parsing.base import Parser
from ..version import __version__
from .base import RECIPE, find_folder, load, read_recipe
from .found_triples import FoundTriples
from .prediction_files import read_predictions
from .predictions import METRICS, Predictions
from .qidn_system import QIDNSystem
from .ranked_links import HEAD, RankedLinks
from .runs import HOW

ALIKE = ("seed", *HOW)  # training settings that seeds of one system may differ in
SPLITS = ("train", "valid", "test")

Answers = Predictions | FoundTriples | RankedLinks
ANSWERS: dict[str, type[Answers]] = {"jrrelp": Predictions, "qidn": FoundTriples}
"""What a system is compared by; of all others it is the ranks of links."""


def compare(
    first: str | Path,
    second: str | Path,
    split: str = "test",
    metric: str | None = None,
    data: str | Path | None = None,
    parser: Parser | None = None,
    samples: int = 10_000,
    seed: int = 0,
    over_seeds: bool = False,
) -> Comparison:
    """Compares two systems by a paired bootstrap over the sentences (or triples) of a split.

    Each side is a run folder, a folder of run folders that differ in their seed alone, or a file
    that ``graphkg evaluate`` wrote with ``--predictions`` or ``--ranks``.

    Args:
        first: the system to compare with, as a baseline.
        second: the system whose gain is asked for.
        split: ``test``, ``valid`` or ``train``; of a file it is what the file holds.
        metric: of relations ``f1`` (the data's own), ``accuracy``, and on SemEval ``harmonic_f1``
            and ``micro_f1``; of triples ``f1``, ``precision``, ``recall`` by the rule of the data,
            ``accuracy`` of whole sentences; of links ``mrr``, ``hits@1``, ``hits@3``, ``hits@10``.
        data: where the data set of systems that read sentences lies; by default
            ``$GRAPHKG_DATA``.
        parser: for trees and tags that the data lack; the bundled one by default.
        samples: resamples.
        seed: of the resampling.
        over_seeds: draw the runs of each system, too.

    Returns:
        the comparison, with Welch's t-test over seeds where each side has several.

    Raises:
        InputError: sides of different kinds, data or splits, a training that has not ended, runs
            of one folder that differ in more than the seed, an unknown metric, a single example.
    """
    if split not in SPLITS:
        raise InputError(f"split {split!r} is not one of {', '.join(SPLITS)}")
    paths = [find_runs(given) for given in (first, second)]
    _check_recipes(paths, data, metric)
    reader = _Reader(split, data, parser)
    sides = [{path: reader.read(path) for path in side} for side in paths]
    _check_same({**sides[0], **sides[1]})
    one = next(iter(sides[0].values()))
    metric = _known(metric, one.metrics)
    before, after = ([answers.outcomes(metric) for answers in side.values()] for side in sides)
    runs = {name: [str(p) for p in side] for name, side in zip(("first", "second"), paths)}
    facts = {"kind": one.kind, "test": one.test, "runs": runs, "graphkg": __version__}
    names = (str(first), str(second))
    found = paired_bootstrap(
        before, after, samples, seed, over_seeds=over_seeds, names=names, protocol=facts
    )
    return replace(found, t_test=_t_test(before, after))


def _known(metric: str | None, metrics: tuple[str, ...]) -> str:
    """Returns the metric that was asked for, the first by default."""
    if metric is not None and metric not in metrics:
        hint = nearest(metric, list(metrics))
        raise InputError(f"metric {metric!r} is not one of {', '.join(metrics)}{hint}")
    return metric or metrics[0]


def find_runs(given: str | Path) -> list[Path]:
    """Returns the run folders, or the file, that one side of a comparison names.

    Raises:
        InputError: there is none.
    """
    path = Path(given)
    if path.is_file():
        return [path]
    if not path.is_dir() or (path / RECIPE).exists():
        return [find_folder(str(given))]
    runs = sorted(found.parent for found in path.glob(f"*/{RECIPE}"))
    runs = [run for run in runs if not run.name.startswith(".")]
    if not runs:
        raise InputError(
            f"{path} is no run folder and holds none: give a run, a folder of runs, or a file of "
            f"predictions ({', '.join(Predictions.endings)})"
        )
    return runs


def _check_recipes(paths: list[list[Path]], data: Any, metric: str | None) -> None:
    """Tells what does not fit from the recipes alone, before anything is loaded."""
    sides = [{path: read_recipe(path) for path in side if path.is_dir()} for side in paths]
    for side in sides:
        _check_seeds(side)
    recipes = [(path, recipe) for side in sides for path, recipe in side.items()]
    for path, recipe in recipes:
        if not recipe.get("trained"):
            raise InputError(f"{path} holds a training that has not ended: go on with --resume")
        first, other = recipes[0]
        kind = ANSWERS.get(recipe["system"], RankedLinks)
        if kind != ANSWERS.get(other["system"], RankedLinks):
            raise InputError(
                f"{path} is a run of {recipe['system']}, but {first} of {other['system']}: compare "
                "two of one kind"
            )
        links = kind is RankedLinks
        if links and data is not None:
            raise InputError(f"data {data} was given, but {path} holds its triples: leave it out")
        if not links and recipe["data"]["data"] != other["data"]["data"]:
            raise InputError(
                f"{path} was trained on {recipe['data']['data']}, but {first} on "
                f"{other['data']['data']}: compare two on the same data"
            )
        metrics: tuple[str, ...] | None = RANKING if links else FoundTriples.metrics
        if kind is Predictions:
            metrics = METRICS.get(recipe["data"]["metric"])
        if metrics is not None:
            _known(metric, metrics)


def _check_seeds(recipes: dict[Path, dict[str, Any]]) -> None:
    """Raises if the runs of one folder are not seeds of one system."""
    if not recipes:
        return
    first, *others = recipes
    seeds: dict[Any, Path] = {}
    for path, recipe in recipes.items():
        # A combination has no seed of its own: its members have.
        train = recipe["settings"].get("train")
        seed = path if train is None else train.get("seed", 0)
        if seed in seeds:
            raise InputError(f"{seeds[seed]} and {path} both have seed {seed}: keep one of them")
        seeds[seed] = path
    expected = _settings(recipes[first])
    for path in others:
        own = _settings(recipes[path])
        wrong = [key for key in {**own, **expected} if own.get(key) != expected.get(key)]
        if wrong:
            raise InputError(
                f"{first} and {path} differ in {', '.join(wrong)}, so they are no seeds of one "
                "system: put the runs of each system into a folder of its own"
            )


def _settings(recipe: dict[str, Any]) -> dict[str, Any]:
    settings = dict(recipe["settings"])
    train = {f"train.{k}": v for k, v in settings.pop("train", {}).items() if k not in ALIKE}
    return {"system": recipe["system"], **settings, **train}


class _Reader:
    """Reads the answers of runs and files; each data set is read once."""

    def __init__(self, split: str, data: str | Path | None, parser: Parser | None):
        self.split, self.data, self.given = split, data, parser
        self.graphs: dict[tuple[Any, ...], Any] = {}

    def read(self, path: Path) -> Answers:
        if path.is_file():
            return read_answers(path)
        system = load(path)
        if hasattr(system, "triples"):
            return RankedLinks.of(system, self.split)
        if isinstance(system, QIDNSystem):
            return FoundTriples.of(system, self._triples(system.recipe), self.split)
        return Predictions.of(system, self._sentences(system.recipe), self.split)

    @cached_property
    def parser(self) -> Parser:
        """The parser that was given or the bundled one, with the user's cache."""
        from ..parsing import SpacyParser
        from ..parsing.cache import cached

        return cached(self.given or SpacyParser())

    def _sentences(self, recipe: Any) -> Any:
        from .relation_data import read_relation_data

        key = recipe.data, recipe.split_seed, recipe.type_source
        if key not in self.graphs:
            found = read_relation_data(
                recipe.data, self.data, self.parser, recipe.split_seed, recipe.type_source
            )
            self.graphs[key] = getattr(found, self.split)
        return self.graphs[key]

    def _triples(self, recipe: Any) -> Any:
        from .qidn_training import read_qidn_data

        key = recipe.data, recipe.match, recipe.held_out, recipe.held_out_of
        if key not in self.graphs:
            self.graphs[key] = read_qidn_data(recipe, self.data).part(self.split)
        return self.graphs[key]


def read_answers(path: Path) -> Answers:
    """Reads a file of predictions or of ranks, told apart by the first line."""
    try:
        with path.open(encoding="utf-8") as file:
            first = file.readline().rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read ({error}): give predictions or ranks") from None
    if first.split("\t") == list(HEAD):
        return RankedLinks.read(path)
    return FoundTriples.read(path) if _holds_triples(first) else read_predictions(path)


def _holds_triples(line: str) -> bool:
    """Whether a line is JSON that says by which rule triples are compared."""
    try:
        row = json.loads(line)
    except ValueError:
        return False
    return isinstance(row, dict) and row.get("metric") in RULES


def _check_same(found: dict[Path, Answers]) -> None:
    """Raises unless all were asked the same examples."""
    (path, one), *others = found.items()
    for name, other in others:
        if other.kind != one.kind:
            raise InputError(
                f"{path} predicts {one.kind} and {name} {other.kind}: compare two of one kind"
            )
        for key in [key for key in one.test if key in other.test]:
            given = one.test[key], other.test[key]
            if given[0] != given[1] and "unknown" not in given:
                raise InputError(
                    f"{path} and {name} were not asked the same: {key} is {given[0]!r} and "
                    f"{given[1]!r}, but a paired comparison needs the same test examples"
                )
        for number, (a, b) in enumerate(zip(one.examples, other.examples), 1):
            if a != b:
                raise InputError(
                    f"example {number} is {a} of {path} and {b} of {name}, but a paired comparison "
                    "needs the same test examples in the same order"
                )


def _t_test(first: list[Outcomes], second: list[Outcomes]) -> TTest | None:
    if min(len(first), len(second)) < 2:
        return None
    return welch_test([run.score for run in first], [run.score for run in second])
