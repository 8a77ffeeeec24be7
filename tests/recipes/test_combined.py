"""The grid that weights are chosen from."""

from __future__ import annotations

import pytest

from graphkg.errors import InputError
from graphkg.recipes.combined import CombinedRecipe, simplex


def test_a_simplex_is_all_shares_once_the_first_member_foremost():
    assert simplex(1, 5) == [(1.0,)]
    assert simplex(2, 2) == [(1.0, 0.0), (0.5, 0.5), (0.0, 1.0)]
    found = simplex(3, 10)
    assert len(set(found)) == len(found) == 66
    assert found[0] == (1.0, 0.0, 0.0) and found[-1] == (0.0, 0.0, 1.0)
    assert all(sum(point) == pytest.approx(1) and min(point) >= 0 for point in found)


def test_bonuses_are_tried_smallest_first_with_none_among_them():
    recipe = CombinedRecipe(data="x", steps=1, bonus_hops=2, bonus_weights=(0.5, 0.1))
    assert recipe.grid(2) == [(a, 1 - a, bonus) for bonus in (0.0, 0.1, 0.5) for a in (1.0, 0.0)]
    assert CombinedRecipe(data="x", steps=1).grid(2) == [(1.0, 0.0), (0.0, 1.0)]


def test_what_cannot_be_tried_is_told():
    with pytest.raises(InputError, match="steps=100 for 6 members are 96,560,646 points"):
        CombinedRecipe(data="x", steps=100).grid(6)
    for wrong in (-0.1, float("inf"), float("nan")):
        for weights in ((wrong, 1.0), (1.0, wrong), (0.5, wrong, 1.0)):
            recipe = CombinedRecipe(data="x", bonus_hops=2, bonus_weights=weights)
            with pytest.raises(InputError, match="a bonus is a number above 0"):
                recipe.grid(2)
    with pytest.raises(InputError, match="unknown key 'step'.*'steps'"):
        CombinedRecipe.parse({"data": "x", "step": 3}, "settings of combined")
