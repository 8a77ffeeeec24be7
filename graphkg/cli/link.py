"""``graphkg train``, ``graphkg evaluate`` and ``graphkg predict`` of systems that rank entities."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from .show import say
from .text import check_file, write_lines

COLUMNS = ("rank", "label", "name", "score", "probability", "known")


def train_ranking_system(
    system: str,
    output: Path,
    preset: str | None,
    data: Path | None,
    changes: dict[str, Any],
    resume: bool,
) -> None:
    """Trains a system that ranks entities and prints its validation and test scores."""
    from ..datasets.triples import read_triple_data
    from ..recipes.base import run_settings
    from ..recipes.ranking_trainings import ranking_training

    training = ranking_training(system)
    if resume:
        recipe = run_settings(output, system, type(training.build_recipe()))
    else:
        named = preset is not None or "data" in changes
        if data is not None and not named:
            changes = {"data": str(data), **changes}
            data = None
        recipe = training.build_recipe(preset, changes)
    say(f"reading {recipe.data}")
    triples = read_triple_data(recipe.data, data)
    trained = training.train(recipe, output, resume=resume, data=triples)
    say(f"best epoch {trained.training['best_epoch']}, saved to {output}")
    for split in ("valid", "test"):
        if triples.parts[split].heads.numel() and (scores := trained.report(split)) is not None:
            shown = {name: round(value, 4) for name, value in scores.summary().items()}
            print(split, json.dumps(shown))


def check_choices(run: str, system: Any, more: dict[str, Any]) -> dict[str, Any]:
    """Returns the choices of :meth:`RankingSystem.evaluate` that were made.

    Raises:
        InputError: one that the system does not have, or ``--top`` without candidates.
    """
    given = {
        name: value for name, value in more.items() if value is not None and value is not False
    }
    for name in given:
        if name not in getattr(system, "choices", ()):
            raise InputError(
                f"--{name.replace('_', '-')} was given, but it is for text models of links, and "
                f"{run} is a {type(system).__name__}: leave it out"
            )
    if "top" in given and "candidates_from" not in given:
        raise InputError(
            f"--top {given['top']} was given, but it says how many candidates of another run are "
            "ranked: give --candidates-from RUN"
        )
    return given


def evaluate_link_system(
    system: Any,
    data: Path | None,
    split: str,
    raw: bool,
    memory: str,
    output: Path | None,
    ranks: Path | None,
    more: dict[str, Any],
) -> None:
    """Prints the ranking of a split.

    `output` gets it as JSON with its protocol, `ranks` a line for every triple and side; `more`
    are the choices of text models.
    """
    from ..datasets.triples import read_triple_data
    from ..recipes.long_ranking import subset_places

    if ranks is not None:
        check_file(ranks)
    given: Any = split
    if data is not None:
        name = system.recipe.data
        known = name == Path(name).name and not Path(name).exists()
        triples = read_triple_data(name, data) if known else read_triple_data(str(data))
        given = triples.parts[split]
    relations = more.pop("relations", False)
    if "candidates_from" in more:
        more["candidates_from"] = _candidate_system(more["candidates_from"])
    scores = system.evaluate(given, raw=raw, memory_budget=memory, progress=True, **more)
    print(scores)
    found = scores.to_dict()
    if relations:
        ranked = system.evaluate_relations(given, subset=more.get("subset"))
        print(ranked)
        found["relations"] = ranked.to_dict()
    if output is not None:
        text = json.dumps(found, ensure_ascii=False, indent=1)
        write_lines([text + "\n"], output)
    if ranks is not None:
        rows = (system.triples.parts[split] if data is None else given).triples()
        places = subset_places(len(rows), more.get("subset")).tolist()
        write_lines(_rank_lines([rows[place] for place in places], scores.ranks), ranks)


def _candidate_system(run: str) -> Any:
    """The system whose candidates another ranks anew."""
    from ..recipes import load
    from ..recipes.ranking_system import RankingSystem

    system = load(run)
    if not isinstance(system, RankingSystem):
        raise InputError(
            f"--candidates-from {run} is a {type(system).__name__}, which ranks no entities: give "
            "a run of link prediction"
        )
    return system


def _rank_lines(triples: Sequence[tuple[str, str, str]], ranks: Mapping[str, Any]) -> Iterator[str]:
    """One line a triple and side, so that any average can be computed again."""
    kinds = ("optimistic", "realistic", "pessimistic", "candidates")
    yield "\t".join(["head", "relation", "tail", "side", *kinds]) + "\n"
    for side, found in ranks.items():
        columns = [getattr(found, kind).tolist() for kind in kinds]
        for triple, *row in zip(triples, *columns):
            yield "\t".join([*triple, side, *map(str, row)]) + "\n"


def predict_links(
    run: str,
    head: str | None,
    relation: str,
    tail: str | None,
    top: int,
    keep_known: bool,
    candidates: str | None,
    new: Sequence[str],
    form: str,
    output: Path | None,
) -> None:
    """Prints the best answers to one question as a table, lines of JSON or tab-separated."""
    from ..recipes import load
    from ..recipes.ranking_system import RankingSystem

    writers = {"table": _table, "jsonl": _jsonl, "tsv": _tsv}
    if form not in writers:
        raise InputError(f"--format {form!r} is not one of {', '.join(writers)}")
    if output is not None:
        check_file(output)
    system = load(run)
    if not isinstance(system, RankingSystem):
        raise InputError(
            f"{run} is {type(system).__name__}, which extracts from text, but predict needs a run "
            "of link prediction: train one with graphkg train link"
        )
    if new:
        system = system.with_entities([read_new_entity(text) for text in new])
    answers = system.predict(head, relation, tail, top, keep_known, candidates)
    write_lines(writers[form](answers), output)


def read_new_entity(text: str) -> Any:
    """Reads ``NAME: DESCRIPTION``, or a name alone."""
    from ..recipes.node_texts import NewEntity

    name, _, description = text.partition(":")
    return NewEntity(name.strip(), description.strip())


def _table(answers: Sequence[Any]) -> list[str]:
    rows = [[_cell(getattr(answer, name)) for name in COLUMNS] for answer in answers]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *rows)]
    lines = [[*COLUMNS], *rows]
    return ["  ".join(c.ljust(w) for c, w in zip(row, widths)).rstrip() + "\n" for row in lines]


def _jsonl(answers: Sequence[Any]) -> list[str]:
    rows = ({name: getattr(answer, name) for name in COLUMNS} for answer in answers)
    return [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]


def _tsv(answers: Sequence[Any]) -> list[str]:
    rows = ([_cell(getattr(answer, name)) for name in COLUMNS] for answer in answers)
    return ["\t".join(row) + "\n" for row in [list(COLUMNS), *rows]]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{value:.4f}" if isinstance(value, float) else " ".join(str(value).split())
