"""What the commands do with QIDN: train it, score it, draw its attention."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..exchange.files import make_folder
from .show import say
from .text import check_file, open_parser, write_lines

PICTURES = (".png", ".svg", ".pdf")


def train_extraction_system(
    output: Path,
    preset: str | None,
    data: Path | None,
    changes: dict[str, Any],
    resume: bool,
) -> None:
    """Trains a QIDN and prints its validation and test scores."""
    from ..recipes.base import run_settings
    from ..recipes.qidn import QIDNRecipe, build_qidn_recipe
    from ..recipes.qidn_training import read_qidn_data, train_qidn

    if resume:
        recipe = run_settings(output, "qidn", QIDNRecipe)
    else:
        if data is not None and preset is None and "data" not in changes:
            changes = {"data": str(data), **changes}
        recipe = build_qidn_recipe(preset, changes)
    say(f"reading {recipe.data}")
    found = read_qidn_data(recipe, data)
    trained = train_qidn(recipe, output, resume=resume, data=found)
    dropped = {name: count for name, count in trained.training["left_out"].items() if count}
    if dropped:
        counted = ", ".join(f"{count} {name}" for name, count in dropped.items())
        say(f"gold triples that training left out, and scores do not: {counted}")
    say(f"best epoch {trained.training['best_epoch']}, saved to {output}")
    for split in ("valid", "test"):
        if found.parts[split]:
            scores = trained.evaluate(found, split).summary()
            print(split, json.dumps({name: round(100 * x, 2) for name, x in scores.items()}))


def evaluate_extraction_system(
    system: Any, data: Path | None, split: str, output: Path | None, predictions: Path | None
) -> None:
    """Prints the scores of a split; `output` gets them as JSON with their protocol.

    `predictions` gets a line for every sentence.
    """
    from ..recipes.found_triples import FoundTriples
    from ..recipes.prediction_files import check_ending, write_predictions
    from ..recipes.qidn_training import read_qidn_data

    if predictions is not None:
        check_ending(predictions, FoundTriples)
    read = read_qidn_data(system.recipe, data)
    graphs = read.part(split)
    found = system.predict(graphs)
    scores = system.evaluate(read, split, found)
    if predictions is not None:
        write_predictions(FoundTriples.of(system, graphs, split, found), predictions)
    print(scores)
    if output is not None:
        text = json.dumps(scores.to_dict(), ensure_ascii=False, indent=1)
        write_lines([text + "\n"], output)


def draw_queries(run: str, sentence: str, output: Path, layer: int | None, parser: str) -> None:
    """Draws where the queries that answer look in a sentence."""
    from ..exchange.canvas import pyplot
    from ..recipes import load
    from ..recipes.attention_plot import draw_attention
    from ..recipes.qidn_system import QIDNSystem

    check_file(output)
    if output.suffix.lower() not in PICTURES:
        raise InputError(f"{output} ends in none of {', '.join(PICTURES)}: name a picture")
    plot, system = pyplot(), load(run)
    if not isinstance(system, QIDNSystem):
        raise InputError(
            f"{run} is a {type(system).__name__}, which has no queries: give a run of graphkg "
            "train qidn"
        )
    graphs = [graph for graph in open_parser(parser).parse([("", sentence)]) if graph.words]
    if len(graphs) != 1:
        raise InputError(f"{len(graphs)} sentences were given, but one is drawn: give one")
    figure = draw_attention(system, graphs[0], layer)
    make_folder(output.parent)
    beside = output.with_name(f".{output.stem}.part{output.suffix}")
    try:
        figure.savefig(beside, dpi=150)
        os.replace(beside, output)
    finally:
        plot.close(figure)
        beside.unlink(missing_ok=True)
    say(f"written to {output}")
