"""Gold answers and predictions brought together; whatever does not fit raises."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from ..errors import InputError, nearest


def align(gold: Any, predicted: Any, default: Hashable = None) -> tuple[list[Any], list[Any]]:
    """Returns gold answers and predictions as two lists of the same length.

    Args:
        gold: a sequence, a tensor, or ``{id: answer}``.
        predicted: of the same sort as `gold`.
        default: what an id without a prediction counts as; ``None`` makes it an error.

    Raises:
        InputError: nothing given, unequal lengths, ids missing, or ids that `gold` lacks.
    """
    if isinstance(gold, Mapping) != isinstance(predicted, Mapping):
        raise InputError(
            "one of gold and predicted has ids and the other has none: give two sequences in the "
            "same order, or two dicts {id: answer}"
        )
    if len(gold) == 0:
        raise InputError("there is no gold answer, so there is nothing to score: give some")
    if len(predicted) == 0:
        raise InputError(
            f"there is no prediction for {len(gold)} gold answers: an empty file is no result"
        )
    if isinstance(gold, Mapping):
        unknown = [key for key in predicted if key not in gold]
        if unknown:
            raise InputError(
                f"{len(unknown)} predictions have ids (such as {unknown[0]!r}) that are not among "
                f"the {len(gold)} gold answers: score them with their own gold file"
            )
        missing = [key for key in gold if key not in predicted]
        if missing and default is None:
            raise InputError(
                f"{len(missing)} of {len(gold)} ids (such as {missing[0]!r}) have no prediction: "
                "predict every one of them"
            )
        return list(gold.values()), [predicted.get(key, default) for key in gold]
    if len(gold) != len(predicted):
        raise InputError(
            f"{len(predicted)} predictions for {len(gold)} gold answers: give one each, in order"
        )
    return _plain(gold), _plain(predicted)


def _plain(values: Any) -> list[Any]:
    return values.tolist() if hasattr(values, "tolist") else list(values)


def by_id(rows: Iterable[tuple[Hashable, Any]]) -> dict[Hashable, Any]:
    """Turns ``(id, answer)`` rows, as read from a file, into a dict.

    Raises:
        InputError: an id that occurs twice.
    """
    found: dict[Hashable, Any] = {}
    for number, (key, answer) in enumerate(rows, start=1):
        if key in found:
            raise InputError(
                f"row {number}: the id {key!r} occurs twice (answers {found[key]!r} and "
                f"{answer!r}), but each id has one answer: drop one"
            )
        found[key] = answer
    return found


def check_labels(values: Iterable[Any], known: Iterable[Any], what: str) -> None:
    """Raises if one of `values` is not among the `known` labels."""
    labels = list(known)
    for number, value in enumerate(values):
        if value not in labels:
            hint = nearest(value, labels) if isinstance(value, str) else ""
            raise InputError(
                f"{what} {number} is {value!r}, which is not one of the {len(labels)} labels{hint}"
            )
