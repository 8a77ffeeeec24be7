"""Few-shot episodes: N relations, K support and Q query sentences of each.

Letters: B episodes, N ways, K shots, Q queries a way, R relations, M sentences of the largest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ..errors import InputError
from .draws import uniform


class Episodes(NamedTuple):
    """B episodes; the label of a query is its place among the N ways.

    Attributes:
        relation: [B, N] distinct relations of an episode, numbers in the sampler's `labels`.
        support: [B, N, K] sentences, numbers in the split.
        query: [B, N, Q] others of the same relations.
    """

    relation: Tensor
    support: Tensor
    query: Tensor

    @property
    def target(self) -> Tensor:
        """The right answer to each query, [B, N, Q]: the place of its relation."""
        ways = torch.arange(self.query.size(1), device=self.query.device)
        return ways.view(1, -1, 1).expand_as(self.query)


class EpisodeSampler:
    """Draws episodes of N-way K-shot classification (FewRel: Han et al., 2018).

    Relations, and sentences of a relation, are drawn without replacement. An episode depends on
    the seed and on its number alone.

    Args:
        by_relation: relation -> numbers of its sentences, such as ``FewRel().val.by_relation``.
        ways: N.
        shots: K.
        queries: Q of each relation; the reference toolkit has 5.
        seed: of all draws.

    Raises:
        InputError: sizes below 1, fewer than N relations, or a relation with fewer than K + Q
            sentences.
    """

    def __init__(
        self,
        by_relation: Mapping[str, Sequence[int]],
        ways: int = 5,
        shots: int = 1,
        queries: int = 5,
        seed: int = 0,
    ):
        if min(ways, shots, queries) < 1:
            raise InputError(
                f"EpisodeSampler(ways={ways}, shots={shots}, queries={queries}) was given, but "
                "each is at least 1"
            )
        if len(by_relation) < ways:
            raise InputError(
                f"{ways} ways were asked for, but the split has {len(by_relation)} relations: ask "
                "for fewer, or give another split"
            )
        for relation, numbers in by_relation.items():
            if len(numbers) < shots + queries:
                raise InputError(
                    f"the relation {relation!r} has {len(numbers)} sentences, but {shots} shots "
                    f"and {queries} queries need {shots + queries}: ask for fewer, or leave it out"
                )
        self.labels = list(by_relation)
        self.ways, self.shots, self.queries, self.seed = ways, shots, queries, seed
        rows = [torch.tensor(numbers) for numbers in by_relation.values()]
        self._numbers = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        self._counts = torch.tensor([row.numel() for row in rows])

    def draw(self, episode: Tensor) -> Episodes:
        """Returns the episodes with the given numbers, [B]."""
        relations, place = self._numbers.shape
        chance = uniform(self.seed, episode.unsqueeze(1), torch.arange(relations))
        relation = chance.topk(self.ways, largest=False).indices
        column = torch.arange(place)
        # A stream of its own for sentences: its first key is negative.
        key = uniform(self.seed, -1 - episode.view(-1, 1, 1), relation.unsqueeze(2), column)
        key = key.masked_fill(column >= self._counts[relation].unsqueeze(2), 2.0)
        chosen = key.topk(self.shots + self.queries, largest=False).indices
        sentence = self._numbers[relation.unsqueeze(2), chosen]
        return Episodes(relation, *sentence.split([self.shots, self.queries], 2))

    def protocol(self) -> dict[str, Any]:
        """How the episodes are drawn, in plain values."""
        return {
            "ways": self.ways,
            "shots": self.shots,
            "queries": self.queries,
            "relations": len(self.labels),
            "seed": self.seed,
        }

    def __repr__(self) -> str:
        sizes = f"{self.ways} ways, {self.shots} shots, {self.queries} queries"
        return f"EpisodeSampler({len(self.labels)} relations, {sizes}, seed {self.seed})"
