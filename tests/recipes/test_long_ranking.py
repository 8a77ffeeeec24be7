"""Long rankings: which triples a subset has, where they run, what is said on the way."""

from __future__ import annotations

import pytest
import torch

from graphkg.errors import InputError
from graphkg.recipes import long_ranking
from graphkg.recipes.long_ranking import follow_lines, ranking_device, subset_places


def test_a_subset_is_the_same_every_time_and_a_smaller_one_is_part_of_it():
    torch.manual_seed(3)
    state = torch.get_rng_state()
    large, small = subset_places(1000, 100), subset_places(1000, 10)
    assert torch.equal(large, subset_places(1000, 100))
    assert torch.equal(state, torch.get_rng_state())
    assert len(large.unique()) == 100 and bool((large.diff() > 0).all())
    assert set(small.tolist()) <= set(large.tolist())
    assert not torch.equal(large, subset_places(1000, 100, seed=1))


@pytest.mark.parametrize("subset", [None, 7, 8])
def test_all_triples_are_all_triples(subset):
    assert subset_places(7, subset).tolist() == list(range(7))


def test_a_subset_of_nothing_is_refused():
    with pytest.raises(InputError, match="a subset of -1 triples was asked for: rank at least 1"):
        subset_places(7, -1)


def test_a_model_ranks_on_a_gpu_if_it_may_and_else_where_it_is(monkeypatch):
    cpu, other = torch.device("cpu"), torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert ranking_device("cpu", cpu) == cpu and ranking_device("auto", other) == other
    assert ranking_device("auto", cpu).type == ranking_device("gpu", cpu).type == "cuda"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert ranking_device("auto", cpu) == cpu


def test_how_many_blocks_are_left_is_said_now_and_then(monkeypatch, capsys):
    clock = iter(range(0, 1000, 20))
    monkeypatch.setattr(long_ranking.time, "monotonic", lambda: float(next(clock)))
    assert list(follow_lines(list("abcde"))) == list("abcde")
    said = capsys.readouterr().err.splitlines()
    # It begins at 0 and looks at 20, 40, ... 100; lines are at least 30 apart.
    assert said == [
        "ranked 1 of 5 blocks, about 3 minutes left",
        "ranked 3 of 5 blocks, about 53 seconds left",
    ]
