"""A run of given settings: read where it is done, gone on with where it was stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..training import Settings
from .base import RECIPE, load, read_recipe, run_settings

HOW = ("device", "progress")
"""Settings that say where a run was trained and what it printed, not what came of it."""


def trained(folder: str | Path, system: str, recipe: Settings, train: Callable[..., Any]) -> Any:
    """Returns the trained system of a run folder, so that a stopped series of runs goes on.

    Args:
        folder: the run folder, which may not be there yet.
        system: the name of the system, as ``qidn``.
        recipe: the settings, as the training writes them.
        train: trains it where that was not done, as ``train(recipe, folder, resume=...)``.

    Raises:
        InputError: the folder holds a run of another system, or of other settings (where and with
            how much said it was trained does not count).
    """
    folder = Path(folder)
    begun = (folder / RECIPE).is_file()
    if begun:
        _check_same(folder, run_settings(folder, system, type(recipe)), recipe)
        if read_recipe(folder)["trained"]:
            return load(folder)
    return train(recipe, folder, resume=begun)


def _check_same(folder: Path, found: Settings, asked: Settings) -> None:
    """Raises an InputError that names the first setting of a run that is not the one asked for."""
    old, new = (dict(_flat(settings.model_dump())) for settings in (found, asked))
    for name, value in new.items():
        if (there := old.get(name)) != value:
            raise InputError(
                f"{folder} was trained with {name}={there!r}, but {name}={value!r} is asked for: "
                "name another folder for the runs"
            )


def _flat(settings: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yields the names and values of settings, those of a part as ``train.epochs``."""
    for name, value in settings.items():
        if isinstance(value, dict) and not before:
            yield from _flat(value, f"{name}.")
        elif name not in HOW:
            yield before + name, value
