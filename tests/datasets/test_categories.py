"""Categories on a graph, and which labelled entities are learnt from."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.datasets import CoDExS, split_labelled, with_categories
from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph
from graphkg.sampling import NeighborSampler
from graphkg.vocab import Vocabulary

TYPES = {"a": ("city", "port"), "b": ("human",), "d": ("human",), "x": ("river",)}


@pytest.fixture(name="graph")
def small():
    return KnowledgeGraph.from_triples([("a", "r", "b"), ("c", "r", "d")])


def test_an_entity_has_its_first_type_and_one_without_any_is_unknown(graph):
    labelled, categories = with_categories(graph, TYPES)
    assert categories.labels == ["human", "city"] and categories.name == "category"
    assert labelled["entity"].category.tolist() == [1, 0, -1, 0]
    assert "category" not in graph["entity"] and labelled.entities is graph.entities


def test_given_categories_decide_the_ids(graph):
    given_ = Vocabulary(["river", "city"], name="category")
    labelled, categories = with_categories(graph, TYPES, given_)
    assert categories is given_ and labelled["entity"].category.tolist() == [1, -1, -1, -1]
    with pytest.raises(InputError, match="none of the 4 entities has a category"):
        with_categories(graph, {"A": ["city"]})


@given(
    st.lists(st.integers(-1, 3), min_size=12, max_size=60).filter(
        lambda found: sum(x >= 0 for x in found) >= 8
    ),
    st.integers(0, 9),
)
def test_parts_are_disjoint_and_hold_every_labelled_entity_once(found, seed):
    category = torch.tensor(found)
    split = split_labelled(category, seed)
    parts = torch.cat([split.train, split.valid, split.test])
    assert parts.sort().values.tolist() == (category >= 0).nonzero().view(-1).tolist()
    count = parts.numel()
    assert split.train.numel() == split.valid.numel() == round(0.2 * count)


def test_a_fraction_of_training_is_part_of_a_larger_one_and_changes_no_other_part():
    category = torch.arange(1000) % 7
    splits = [split_labelled(category, 3, fraction) for fraction in (1.0, 0.2, 0.05, 0.0001)]
    assert [split.train.numel() for split in splits] == [200, 40, 10, 1]
    for large, small in zip(splits, splits[1:]):
        assert set(small.train.tolist()) < set(large.train.tolist())
        assert torch.equal(small.valid, large.valid) and torch.equal(small.test, large.test)
    assert splits[1].protocol["train"] == 40 and splits[1].protocol["fraction"] == 0.2
    assert repr(splits[1]) == "LabelSplit(40 + 200 + 600 entities, seed 3)"


def test_a_seed_draws_the_split():
    category = torch.zeros(100, dtype=torch.long)
    assert torch.equal(split_labelled(category, 1).test, split_labelled(category, 1).test)
    assert not torch.equal(split_labelled(category, 1).test, split_labelled(category, 2).test)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fraction": 0}, "fraction=0 and shares"),
        ({"shares": (0.5, 0.5)}, "leave some for the test"),
        ({"shares": (0.01, 0.2)}, "10 labelled entities cannot be split by"),
    ],
)
def test_splits_that_leave_a_part_empty_raise(options, message):
    with pytest.raises(InputError, match=message):
        split_labelled(torch.zeros(10, dtype=torch.long), **options)


def test_codex_s_has_categories_descriptions_and_extracts(data_folder):
    data = CoDExS(data_folder / "codex" / "codex-s")
    assert data.whole()["entity", "rel", "entity"].edge_index.size(1) == 32_888 + 1_827 + 1_828
    graph, categories = with_categories(data.whole(), data.entity_types)
    category = graph["entity"].category
    assert len(categories) == 168 and (category >= 0).all()
    assert categories.label(0) == "human" and (category == 0).sum() == 1_396
    assert len(data.entity_extracts) == 1_984 and len(data.entities.descriptions) == 2_019
    assert data.entity_extracts["Q15"].startswith("Africa is the world's second-largest")
    split = split_labelled(category, fraction=0.05)
    assert (split.train.numel(), split.valid.numel(), split.test.numel()) == (20, 407, 1_220)
    piece = NeighborSampler(graph, (10, 10), "out").sample(split.train)
    assert torch.equal(piece["entity"].category[:20], category[split.train])
