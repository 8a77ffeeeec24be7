"""The trainings of JAKET by task, and what the trained system of every task can do."""

from __future__ import annotations

import importlib
from abc import abstractmethod
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import InputError, nearest
from .base import System

PRETRAIN = "pretrain"
# Module and name of: settings by preset and changes; training.
TASKS = {
    PRETRAIN: ("jaket:build_jaket_recipe", "jaket_training:train_jaket"),
    "entity-classification": (
        "jaket_classification:build_classification_recipe",
        "jaket_classification_training:train_classification",
    ),
    "fewrel": ("jaket_fewrel:build_fewrel_recipe", "jaket_fewrel_training:train_fewrel"),
    "metaqa": ("jaket_metaqa:build_metaqa_recipe", "jaket_metaqa_training:train_metaqa"),
}


class JAKETTask(NamedTuple):
    """How a task is trained.

    Attributes:
        build_recipe: (preset or None, changes) -> settings; they have ``data`` and ``train``.
        train: (settings, folder, data_path=, resume=) -> a trained system, saved in the folder.
    """

    build_recipe: Any
    train: Any


class TaskSystem(System):
    """A JAKET that was trained for a task: scored on the splits of its data.

    Attributes:
        splits: of the data that can be scored, such as ``("valid", "test")``.
        reads_data: whether data outside of the run folder are read to score it.
    """

    splits: tuple[str, ...] = ("valid", "test")
    reads_data: bool = True

    @abstractmethod
    def evaluate(self, split: str = "test", data_path: str | Path | None = None) -> Any:
        """Returns scores with ``summary()``, ``to_dict()`` (with a protocol) and a printed form.

        Args:
            split: one of :attr:`splits`.
            data_path: where the data lie, if the run folder does not hold them.
        """

    def check_split(self, split: str) -> None:
        """Raises an InputError unless `split` can be scored."""
        if split not in self.splits:
            raise InputError(
                f"split {split!r} was asked for, but a {type(self).__name__} is scored on "
                f"{' or '.join(self.splits)}: ask for one of these"
            )


def jaket_task(name: str) -> JAKETTask:
    """Returns the training of a task.

    Raises:
        InputError: an unknown task.
    """
    if name not in TASKS:
        raise InputError(
            f"task {name!r} is none of JAKET's{nearest(name, list(TASKS))}: take one of "
            f"{', '.join(TASKS)}"
        )
    return JAKETTask(*map(_find, TASKS[name]))


def _find(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(f".{module}", __package__), name)
