"""Accuracy of entity classification, beside what the most frequent category reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError


@dataclass(frozen=True)
class CategoryScores:
    """How many entities have the category that was predicted.

    Attributes:
        correct: right predictions.
        entities: all that were classified.
        majority: how many have the most frequent category of the training entities.
        unseen: how many have a category that no training entity has: always wrong for a
            classifier that learnt from those alone.
        categories: how many there are to choose from.
        protocol: how the scores came about, in plain values that JSON holds.
    """

    correct: int
    entities: int
    majority: int
    unseen: int
    categories: int
    protocol: Mapping[str, Any] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """``correct / entities``."""
        return self.correct / self.entities

    @property
    def majority_rate(self) -> float:
        """The accuracy of always predicting the most frequent training category."""
        return self.majority / self.entities

    def summary(self) -> dict[str, float]:
        """Returns ``accuracy`` and ``majority_rate``."""
        return {"accuracy": self.accuracy, "majority_rate": self.majority_rate}

    def to_dict(self) -> dict[str, Any]:
        """Returns all of it in plain values."""
        return {
            "metric": "accuracy over labelled entities, one label each, all categories to choose",
            **self.summary(),
            "correct": self.correct,
            "entities": self.entities,
            "unseen_in_training": self.unseen,
            "categories": self.categories,
            "protocol": dict(self.protocol),
        }

    def __str__(self) -> str:
        return (
            f"accuracy {self.accuracy:.1%} of {self.entities:,} entities, {self.categories:,} "
            f"categories (most frequent one: {self.majority_rate:.1%}; {self.unseen:,} entities "
            "with a category that training lacks)"
        )


def category_accuracy(
    gold: Tensor,
    predicted: Tensor,
    train: Tensor,
    categories: int,
    protocol: Mapping[str, Any] | None = None,
) -> CategoryScores:
    """Scores entity classification: argmax over all categories, also those training lacks.

    Args:
        gold: [n] category ids of the labelled entities that are classified.
        predicted: [n].
        train: the category ids of the training entities; of equally frequent ones the lowest id
            is the most frequent.
        categories: how many there are.
        protocol: what the result carries.

    Raises:
        InputError: nothing to score or to learn from, lengths that differ, or ids that are none.
    """
    if not gold.numel() or not train.numel() or gold.shape != predicted.shape or gold.dim() != 1:
        raise InputError(
            f"{predicted.numel()} predictions for {gold.numel()} entities with {train.numel()} of "
            "training: give one prediction an entity, and at least one entity of both"
        )
    for name, ids in (("gold", gold), ("predicted", predicted), ("train", train)):
        wrong = ids[(ids < 0) | (ids >= categories)]
        if wrong.numel():
            raise InputError(
                f"{name} holds the category {int(wrong[0])}, but there are {categories} "
                f"(0-{categories - 1}): leave entities without a label out"
            )
    counts = torch.bincount(train, minlength=categories)
    most = int((counts == counts.max()).nonzero()[0])
    return CategoryScores(
        int((gold == predicted).sum()),
        gold.numel(),
        int((gold == most).sum()),
        int((counts[gold] == 0).sum()),
        categories,
        dict(protocol or {}),
    )
