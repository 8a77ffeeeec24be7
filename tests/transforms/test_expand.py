"""ExpandPairs: the batch that the single steps give, in one go."""

from __future__ import annotations

import pytest
import torch
from cases import new_store, raw_sentences, sentences
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.graphs.sentence import PATH, REL
from graphkg.relation import CGCN, Pairs
from graphkg.transforms import ExpandPairs, Offsets, PruneTree, Substitute, split_pairs


@pytest.fixture
def many():
    """Sentences with none, one and several pairs, and vocabularies that know most of them."""
    _, vocabularies = sentences()
    graphs = raw_sentences()
    graphs[1] = SentenceGraph.build(
        graphs[1].words,
        graphs[1].heads,
        mentions=[(0, 2, "PER"), (3, 4, "LOC"), (1, 5, "NEW")],
        pairs=[(0, 1, "left"), (1, 0, None), (0, 1, "born_in"), (2, 1, "no_relation")],
    )
    graphs.insert(1, SentenceGraph.build(["Hm"]))
    return graphs, vocabularies


def step_by_step(graphs, vocabularies, k, limit, names=False):
    pieces = [piece for graph in graphs for piece in split_pairs(graph)]
    pieces = PruneTree(k).many([Offsets(limit)(Substitute(names)(piece)) for piece in pieces])
    return Batch.from_data_list([piece.encode(vocabularies) for piece in pieces])


@pytest.mark.parametrize(("k", "limit"), [(-1, 100), (0, 2), (1, 100)])
def test_it_is_the_single_steps_one_after_the_other(many, k, limit):
    graphs, vocabularies = many
    batch, slow = (
        ExpandPairs(vocabularies, k, limit)(graphs),
        step_by_step(graphs, vocabularies, k, limit),
    )
    for name in ("word", "pos", "ner", "subject_offset", "object_offset", "kept", "ptr", "batch"):
        assert torch.equal(batch["token"][name], slow["token"][name]), name
    edges, slow_edges = (set(zip(*g[PATH].edge_index.tolist())) for g in (batch, slow))
    assert edges == slow_edges and batch[PATH].edge_index.shape == slow[PATH].edge_index.shape
    pairs, slow_pairs = Pairs.of(batch), Pairs.of(slow)
    for name in ("sentence", "relation"):
        assert torch.equal(getattr(pairs, name), getattr(slow_pairs, name)), name
    for name in ("subject", "object"):
        mine, theirs = getattr(pairs, name), getattr(slow_pairs, name)
        assert torch.equal(batch["mention"].span[mine], slow["mention"].span[theirs])
        assert torch.equal(batch["mention"].kind[mine], slow["mention"].kind[theirs])
    assert batch.num_graphs == slow.num_graphs == 7


def test_an_extractor_reads_both_alike(many):
    graphs, vocabularies = many
    torch.manual_seed(0)
    store = new_store(vocabularies)
    f = CGCN(3, word_dim=20, pos_dim=4, ner_dim=4, hidden=6, relation_dim=10).eval()
    fast, slow = ExpandPairs(vocabularies)(graphs), step_by_step(graphs, vocabularies, 1, 100)
    torch.testing.assert_close(f(fast, store), f(slow, store))
    named = ExpandPairs(vocabularies, names=True)(graphs)
    slow = step_by_step(graphs, vocabularies, 1, 100, names=True)
    assert torch.equal(named["token"].name, slow["token"].name)
    torch.testing.assert_close(f(named, store), f(slow, store))
    assert not torch.allclose(f(named, store), f(fast, store))


def test_given_sentences_stay(many):
    graphs, vocabularies = many
    ExpandPairs(vocabularies)(graphs)
    assert graphs[0].words[0] == "Ann" and PATH not in graphs[0].edge_types
    assert graphs[0][REL].edge_index.tolist() == [[0], [1]]


def test_no_pair_at_all_is_an_error(many):
    with pytest.raises(InputError, match="none of the 1 sentences has a mention pair"):
        ExpandPairs(many[1])([SentenceGraph.build(["Hm"])])


def test_the_printed_form_has_its_settings(many):
    assert repr(ExpandPairs(many[1], 0, 9)) == "ExpandPairs(k=0, limit=9)"
