"""Which relations of FewRel are learned, which choose the epoch, and which are scored."""

from __future__ import annotations

from pathlib import Path

import torch

from ..datasets.fewshot import FewRel, FewRelSplit
from ..errors import InputError
from .jaket_fewrel import FewRelRecipe

ByRelation = dict[str, list[int]]


def read_fewrel(recipe: FewRelRecipe, path: str | Path | None = None) -> FewRel:
    """Returns the data of the settings.

    Args:
        recipe: the settings.
        path: the folder; by default that of the settings, or ``$GRAPHKG_DATA/fewrel``.
    """
    named = None if recipe.data == "fewrel" else recipe.data
    return FewRel(path if path is not None else named)


def learned_relations(recipe: FewRelRecipe, data: FewRel) -> ByRelation:
    """Returns the relations that episodes of training are drawn from.

    Raises:
        InputError: fewer relations are kept than an episode has.
    """
    if 0 < recipe.valid_relations < recipe.ways:
        raise InputError(
            f"valid_relations={recipe.valid_relations} and ways={recipe.ways} were given, but an "
            "episode has as many relations as ways: keep more, or none (0)"
        )
    return divided(data.train.by_relation, recipe.valid_relations, recipe.episode_seed)[0]


def scored_part(recipe: FewRelRecipe, data: FewRel, split: str) -> tuple[FewRelSplit, ByRelation]:
    """Returns the part that holds the sentences of a split, and the split's relations."""
    if split == "test":
        return data.val, data.val.by_relation
    kept = divided(data.train.by_relation, recipe.valid_relations, recipe.episode_seed)[1]
    return data.train, kept


def divided(by_relation: ByRelation, count: int, seed: int) -> tuple[ByRelation, ByRelation]:
    """Returns the relations without `count` drawn ones, and these."""
    labels = list(by_relation)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    drawn = {labels[place] for place in order[:count].tolist()}
    kept = {label: rows for label, rows in by_relation.items() if label not in drawn}
    return kept, {label: rows for label, rows in by_relation.items() if label in drawn}
