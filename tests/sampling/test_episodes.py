"""Episodes: N relations, K support and Q query sentences, none twice."""

from __future__ import annotations

import pytest
import torch
from scipy import stats

from graphkg.datasets import FewRel
from graphkg.errors import InputError
from graphkg.sampling import EpisodeSampler

SPLIT = {"a": range(10), "b": range(10, 18), "c": range(18, 30), "d": range(30, 36)}


def test_an_episode_holds_distinct_relations_and_distinct_sentences_of_them():
    sampler = EpisodeSampler(SPLIT, ways=3, shots=2, queries=4)
    found = sampler.draw(torch.arange(50))
    assert found.relation.shape == (50, 3)
    assert found.support.shape == (50, 3, 2) and found.query.shape == (50, 3, 4)
    for relations, support, query in zip(*(part.tolist() for part in found)):
        assert len(set(relations)) == 3
        for relation, shots, asked in zip(relations, support, query):
            assert len({*shots, *asked}) == 6
            assert {*shots, *asked} <= set(SPLIT[sampler.labels[relation]])
    assert found.target[7].tolist() == [[0] * 4, [1] * 4, [2] * 4]


def test_relations_and_sentences_are_drawn_equally_often():
    found = EpisodeSampler(SPLIT, ways=2, shots=1, queries=2).draw(torch.arange(8000))
    assert stats.chisquare(found.relation.view(-1).bincount().numpy()).pvalue > 0.001
    of_a = found.query[found.relation == 0].view(-1)
    assert stats.chisquare(of_a.bincount(minlength=10).numpy()).pvalue > 0.001


def test_an_episode_depends_on_the_seed_and_its_number_alone():
    sampler = EpisodeSampler(SPLIT, ways=2, queries=1)
    both, one = sampler.draw(torch.tensor([3, 8])), sampler.draw(torch.tensor([8]))
    assert all(torch.equal(x[1:], y) for x, y in zip(both, one))
    other = EpisodeSampler(SPLIT, ways=2, queries=1, seed=1).draw(torch.arange(20))
    assert not torch.equal(other.query, sampler.draw(torch.arange(20)).query)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((5, 1, 1), "5 ways were asked for, but the split has 4 relations"),
        ((2, 2, 5), "the relation 'd' has 6 sentences, but 2 shots and 5 queries need 7"),
        ((2, 0, 1), r"EpisodeSampler\(ways=2, shots=0, queries=1\).*at least 1"),
    ],
)
def test_episodes_that_the_split_cannot_fill_raise(sizes, message):
    with pytest.raises(InputError, match=message):
        EpisodeSampler(SPLIT, *sizes)


def test_the_protocol_says_how_episodes_are_drawn():
    sampler = EpisodeSampler(SPLIT, ways=2, queries=3, seed=9)
    assert sampler.protocol() == {
        "ways": 2, "shots": 1, "queries": 3, "relations": 4, "seed": 9,
    }  # fmt: skip
    assert repr(sampler) == "EpisodeSampler(4 relations, 2 ways, 1 shots, 3 queries, seed 9)"


def test_episodes_of_fewrel_have_sentences_of_their_relations(data_folder):
    split = FewRel(data_folder / "fewrel").val
    sampler = EpisodeSampler(split.by_relation, ways=5, shots=5, queries=5)
    found = sampler.draw(torch.arange(3))
    for relations, queries in zip(found.relation.tolist(), found.query.tolist()):
        for relation, numbers in zip(relations, queries):
            assert {split[n].pairs[0][2] for n in numbers} == {sampler.labels[relation]}
