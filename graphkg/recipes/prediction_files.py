"""Predictions as JSON lines or tab-separated, one line an example, and their reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..exchange.files import make_folder, write_whole
from ..metrics.classification import DIRECTED, OTHER
from .found_triples import FoundTriples
from .predictions import Prediction, Predictions, Protocol
from .relation_scores import SINGLE

BETWEEN = "|"  # the labels of one cell
COLUMNS = tuple(field.name for kind in (Prediction, Protocol) for field in fields(kind))
SEVERAL = ("gold", "predicted", "score")


def check_ending(path: Path, answers: type[Predictions | FoundTriples] = Predictions) -> None:
    """Raises unless the file's name says how answers of this kind are written."""
    if path.suffix not in answers.endings:
        raise InputError(
            f"{path} ends in {path.suffix!r}: predictions of {answers.kind} are "
            f"{' or '.join(answers.endings)}"
        )


def write_predictions(predictions: Predictions | FoundTriples, path: str | Path) -> None:
    """Writes one line an example, as the ending says; the file appears when it is whole.

    A line holds key, subject, object (of a sentence with triples: its text), gold, predicted and
    score, and the protocol. Labels are a list in JSON, and joined by ``|`` in a table.

    Raises:
        InputError: another ending, a label that a table cannot hold, or a file that cannot be
            written.
    """
    path = Path(path)
    check_ending(path, type(predictions))
    if isinstance(predictions, FoundTriples) or path.suffix == ".jsonl":
        lines = list(_json_lines(predictions))
    else:
        lines = list(_table_lines(predictions))
    make_folder(path.parent)
    write_whole({path: lines})


def _json_lines(predictions: Predictions | FoundTriples) -> Iterator[str]:
    facts = asdict(predictions.protocol)
    for row in predictions.rows:
        yield json.dumps({**asdict(row), **facts}, ensure_ascii=False) + "\n"


def _table_lines(predictions: Predictions) -> Iterator[str]:
    facts = asdict(predictions.protocol)
    yield "\t".join(COLUMNS) + "\n"
    for row in predictions.rows:
        values = {**asdict(row), **facts}
        cells = [
            BETWEEN.join(map(_cell, values[name])) if name in SEVERAL else _cell(values[name])
            for name in COLUMNS
        ]
        yield "\t".join(cells) + "\n"


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    if any(mark in text for mark in (BETWEEN, "\t", "\n", "\r")):
        raise InputError(
            f"{text!r} has a tab, a line break or {BETWEEN!r}, which a table cannot hold: write "
            "predictions as .jsonl"
        )
    return text


def read_predictions(path: str | Path) -> Predictions:
    """Reads what :func:`write_predictions` wrote, or a file of another program.

    Only key, gold and predicted are needed. Without a metric, labels that are all those of
    SemEval-2010 Task 8 are scored as there, others as pairs without ``no_relation``.

    Raises:
        InputError: a file that cannot be read, is empty, or has a line that does not fit.
    """
    path = Path(path)
    check_ending(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read ({error}): give a file of predictions") from None
    read = _from_json if path.suffix == ".jsonl" else _from_table
    rows: dict[tuple[str, int, int], Prediction] = {}
    facts: dict[str, Any] = {}
    for where, values in read(text.removesuffix("\n").split("\n") if text else [], path):
        row = _prediction(values, where)
        place = (row.key, row.subject, row.object)
        if place in rows:
            raise InputError(f"{where}: the pair {place} is there twice: keep one line a pair")
        rows[place] = row
        own = {f.name: values.get(f.name) for f in fields(Protocol)}
        facts = facts or own
        if own != facts:
            name = next(name for name in own if own[name] != facts[name])
            raise InputError(
                f"{where}: {name} is {own[name]!r}, but {facts[name]!r} above: keep one system's "
                "answers to one split in a file"
            )
    if not rows:
        raise InputError(f"{path} holds no prediction: an empty file is no result")
    return Predictions(tuple(rows.values()), _protocol(facts, list(rows.values()), path))


def _from_json(lines: Iterable[str], path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
        except ValueError:
            raise InputError(f"{where}: not JSON: one object a line is expected") from None
        if not isinstance(row, dict):
            raise InputError(f"{where}: not an object with key, gold and predicted")
        yield where, row


def _from_table(lines: Iterable[str], path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    names, *table = [line.rstrip("\r").split("\t") for line in lines] or [[]]
    for number, cells in enumerate(table, 2):
        if len(cells) != len(names):
            raise InputError(
                f"{path}:{number}: {len(cells)} columns, but {len(names)} are named in line 1"
            )
        row: dict[str, Any] = {n: cell for n, cell in zip(names, cells) if cell or n in SEVERAL}
        for name in SEVERAL:
            if name in row:
                row[name] = row[name].split(BETWEEN) if row[name] else []
        yield f"{path}:{number}", row


def _prediction(row: dict[str, Any], where: str) -> Prediction:
    missing = [name for name in ("key", "gold", "predicted") if row.get(name) is None]
    if missing:
        raise InputError(f"{where}: {missing[0]} is missing, but a line has key, gold, predicted")
    gold, predicted, score = (
        tuple(value) if isinstance(value, list) else (value,)
        for value in (row["gold"], row["predicted"], row.get("score", []))
    )
    if not all(isinstance(label, str) for label in (*gold, *predicted)):
        raise InputError(f"{where}: gold and predicted are labels or lists of labels")
    try:
        ends = int(row.get("subject", 0)), int(row.get("object", 1))
        scores = tuple(float(number) for number in score)
    except (TypeError, ValueError):
        raise InputError(f"{where}: subject, object and score are numbers") from None
    return Prediction(str(row["key"]), *ends, tuple(sorted(gold)), predicted, scores)


def _protocol(facts: dict[str, Any], rows: list[Prediction], path: Path) -> Protocol:
    known = {*DIRECTED, OTHER}
    single = all(len(row.gold) == len(row.predicted) == 1 for row in rows)
    semeval = single and all({*row.gold, *row.predicted} <= known for row in rows)
    metric = facts["metric"] or ("semeval" if semeval else "pairs")
    if metric in SINGLE and not single:
        raise InputError(f"{path}: scored as {metric}, but some lines have not one label of each")
    if metric == "semeval" and not semeval:
        raise InputError(f"{path}: scored as semeval, but some labels are not those of its task")
    negative = facts["negative"] if facts["metric"] else None if semeval else "no_relation"
    return Protocol(
        facts["model"] or path.stem,
        facts["data"] or "unknown",
        facts["split"] or "unknown",
        metric,
        negative,
    )
