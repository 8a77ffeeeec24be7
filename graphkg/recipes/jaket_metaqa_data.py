"""Which questions of MetaQA are learned, which choose the epoch, and which are scored."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from ..datasets.metaqa import MetaQA
from ..datasets.questions import Questions
from ..errors import InputError
from .jaket_metaqa import MetaQARecipe
from .long_ranking import subset_places


def read_metaqa(recipe: MetaQARecipe, path: str | Path | None = None) -> MetaQA:
    """Returns the data of the settings.

    Args:
        recipe: the settings.
        path: the folder; by default that of the settings, or ``$GRAPHKG_DATA/metaqa``.
    """
    named = None if recipe.data == "metaqa" else recipe.data
    return MetaQA(path if path is not None else named, recipe.share, recipe.share_seed)


def learned_questions(recipe: MetaQARecipe, data: MetaQA) -> Questions:
    """Returns the questions of training: those of train, or those of dev that are not held out.

    Raises:
        InputError: a part that the data lack.
    """
    if recipe.learn_from == "train":
        return data.questions(recipe.hops, "train")
    dev = data.questions(recipe.hops, "dev")
    return dev.part(_divided(recipe, len(dev))[0])


def scored_questions(
    recipe: MetaQARecipe, data: MetaQA, split: str, count: int | None = None
) -> Questions:
    """Returns the questions of ``test``, or the ones of dev that choose the epoch (``valid``).

    Args:
        recipe: the settings.
        data: MetaQA.
        split: ``valid`` or ``test``.
        count: how many of them, drawn once; by default as the settings say.

    Raises:
        InputError: no question is left, or a part that the data lack.
    """
    part = data.questions(recipe.hops, "test" if split == "test" else "dev")
    if split == "valid" and recipe.learn_from == "dev":
        held = _divided(recipe, len(part))[1]
        if not held.numel():
            raise InputError(
                f"held_out={recipe.held_out} of {len(part)} questions of dev are none, but some "
                "are to be scored: raise held_out"
            )
        part = part.part(held)
    most = recipe.test_questions if split == "test" else recipe.valid_questions
    return part.part(subset_places(len(part), most if count is None else count))


def _divided(recipe: MetaQARecipe, count: int) -> tuple[Tensor, Tensor]:
    """The numbers of the questions that are learned, and of those that are held out."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(recipe.share_seed))
    held = round(recipe.held_out * count)
    return order[held:].sort().values, order[:held].sort().values
