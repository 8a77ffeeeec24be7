"""The settings of a combination of trained rankers, and the grid its weights are chosen from."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Literal

from pydantic import Field

from ..errors import InputError
from ..training import Settings

MOST_POINTS = 20_000


class CombinedRecipe(Settings):
    """Settings of a combination.

    Attributes:
        data: that of the members: a known set or a folder of triples.
        normalise: how the members' scores come to one scale, see
            :class:`~graphkg.models.CombinedRanker`.
        steps: weights are multiples of 1 / steps that add up to 1.
        bonus_hops: whether entities that are so near in the training graph get a bonus, see
            :class:`~graphkg.models.NeighbourhoodBonus`; SimKGC has 2 on WN18RR.
        bonus_weights: the bonuses that are tried besides none, on the scale of normalised scores.
    """

    data: str
    normalise: Literal["standard", "log_softmax"] = "standard"
    steps: int = Field(10, ge=1)
    bonus_hops: int | None = Field(None, ge=1)
    bonus_weights: tuple[float, ...] = (0.1, 0.2, 0.3, 0.5, 1.0, 2.0)

    def grid(self, members: int) -> list[tuple[float, ...]]:
        """Returns the points that are tried: weights of the members, then the bonus if asked for.

        Smaller bonuses come first, and more weight on earlier members.

        Raises:
            InputError: too many points, or a bonus that is not above 0.
        """
        # Each by itself: where a NaN sorts to is chance.
        if self.bonus_hops and not all(0 <= weight < float("inf") for weight in self.bonus_weights):
            given = list(self.bonus_weights)
            raise InputError(f"bonus_weights are {given}, but a bonus is a number above 0")
        bonuses = sorted({0.0, *self.bonus_weights}) if self.bonus_hops else []
        points = comb(self.steps + members - 1, members - 1) * max(len(bonuses), 1)
        if points > MOST_POINTS:
            raise InputError(
                f"steps={self.steps} for {members} members are {points:,} points to try, but "
                f"{MOST_POINTS:,} are the most: give fewer steps"
            )
        weights = simplex(members, self.steps)
        if not bonuses:
            return weights
        return [(*point, bonus) for bonus in bonuses for point in weights]


def simplex(members: int, steps: int) -> list[tuple[float, ...]]:
    """Returns all weights of `members` that are multiples of 1 / `steps` and add up to 1.

    Example:
        >>> simplex(2, 2)
        [(1.0, 0.0), (0.5, 0.5), (0.0, 1.0)]
    """
    # Bars among stars: | at places 0 and 2 of **|*| are 2, 1 and 0 steps for three members.
    places = steps + members - 1
    found = []
    for bars in combinations(range(places), members - 1):
        edges = (-1, *bars, places)
        found.append(tuple((b - a - 1) / steps for a, b in zip(edges, edges[1:])))
    return found[::-1]
