"""Accuracy over few-shot episodes, with its interval.

Letters: E episodes, n queries of an episode.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError

QUANTILE = 1.96  # of the normal distribution, for 95 % in the middle


@dataclass(frozen=True)
class EpisodeScores:
    """Accuracy of N-way K-shot classification.

    Attributes:
        by_episode: [E] the share of right queries of each episode.
        queries: n.
        protocol: how the episodes came about, in plain values that JSON holds.
    """

    by_episode: Tensor
    queries: int
    protocol: Mapping[str, Any] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """The mean over episodes."""
        return float(self.by_episode.mean())

    @property
    def margin(self) -> float:
        """Half of the 95 % interval of the mean, 1.96 sd / sqrt(E); NaN for one episode.

        It knows the noise of the episodes, not that of the training.
        """
        if self.by_episode.numel() < 2:
            return math.nan
        return QUANTILE * float(self.by_episode.std()) / math.sqrt(self.by_episode.numel())

    def summary(self) -> dict[str, float]:
        """Returns ``accuracy`` and ``margin``."""
        return {"accuracy": self.accuracy, "margin": self.margin}

    def to_dict(self) -> dict[str, Any]:
        """Returns all of it in plain values; `margin` is ``None`` for one episode."""
        return {
            "metric": "share of right queries, mean over episodes; margin of the 95 % interval",
            "accuracy": self.accuracy,
            "margin": None if math.isnan(self.margin) else self.margin,
            "episodes": self.by_episode.numel(),
            "queries_an_episode": self.queries,
            "protocol": dict(self.protocol),
        }

    def __str__(self) -> str:
        spread = "" if math.isnan(self.margin) else f" +- {self.margin:.1%}"
        sizes = f"{self.by_episode.numel():,} episodes of {self.queries} queries"
        return f"accuracy {self.accuracy:.1%}{spread} (95 %, {sizes})"


def episode_accuracy(
    target: Tensor, predicted: Tensor, protocol: Mapping[str, Any] | None = None
) -> EpisodeScores:
    """Scores few-shot classification as FewRel's toolkit does (Han et al., 2018).

    Args:
        target: [E, ...] the place of the right relation among the N of its episode.
        predicted: the same of the predictions; a prediction outside of the N places is wrong.
        protocol: what the result carries.

    Raises:
        InputError: no query, or shapes that differ.
    """
    if target.shape != predicted.shape or target.dim() < 2 or not target.numel():
        raise InputError(
            f"predictions of shape {list(predicted.shape)} for targets of shape "
            f"{list(target.shape)}: give one a query, [episodes, queries] or [episodes, ways, "
            "queries], and at least one query"
        )
    right = (target == predicted).flatten(1).to(torch.float64)
    return EpisodeScores(right.mean(1), right.size(1), dict(protocol or {}))
