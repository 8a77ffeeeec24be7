"""Suites that every part of a kind passes: inherit one, say how the part is made.

class TestCGCN(RelationExtractorCase):
    def make(self): ...

That of link predictors stands in ``link_cases.py``.
"""

from __future__ import annotations

import copy
import pickle

import pytest
import torch
from torch_geometric.data import Batch

from graphkg.graphs import SentenceGraph
from graphkg.relation import RelationExtractor
from graphkg.stores import EmbeddingStore, LearnedTable, TableView
from graphkg.transforms import Offsets, PruneTree, Substitute
from graphkg.vocab import Vocabularies

RELATIONS = ("no_relation", "born_in", "left")


def raw_sentences() -> list[SentenceGraph]:
    """Sentences of 2 to 12 tokens: nested mentions, several roots, a pair with two relations."""
    return [
        SentenceGraph.build(
            "Ann Lee left Rome today".split(),
            heads=[2, 3, 0, 3, 3],
            deprels=["name", "subj", "root", "obj", "adv"],
            pos=["N", "N", "V", "N", "A"],
            ner=["PER", "PER", "O", "LOC", "O"],
            mentions=[(0, 2, "PER"), (3, 4, "LOC")],
            pairs=[(0, 1, "left")],
        ),
        SentenceGraph.build(
            "a b c d e f g h i j k l".split(),
            heads=[0, 1, 2, 3, 4, 2, 6, 7, 2, 1, 9, 11],
            mentions=[(6, 7, "LOC"), (3, 4, "PER")],
            pairs=[(1, 0, "no_relation")],
        ),
        SentenceGraph.build(
            "the city of Rome fell".split(),
            heads=[2, 5, 4, 2, 0],
            mentions=[(1, 4, "LOC"), (3, 4, "LOC")],
            pairs=[(0, 1, "no_relation")],
        ),
        SentenceGraph.build(
            "Rome : Ann born there".split(),
            heads=[0, 1, 0, 0, 4],
            mentions=[(2, 3, "PER"), (0, 1, "LOC")],
            pairs=[(0, 1, "born_in"), (0, 1, "left")],
        ),
        SentenceGraph.build(
            "Ann Ann".split(),
            heads=[0, 1],
            mentions=[(0, 1, "PER"), (0, 1, "ORG")],
            pairs=[(0, 1, "no_relation")],
        ),
    ]


def sentences(k: int = 1) -> tuple[list[SentenceGraph], Vocabularies]:
    """The sentences masked, with offsets, pruned and encoded; and their vocabularies."""
    graphs = [PruneTree(k)(Offsets()(Substitute()(graph))) for graph in raw_sentences()]
    vocabularies = Vocabularies()
    for relation in RELATIONS:
        vocabularies.relation.add(relation)
    for graph in graphs:
        x = graph.labels
        for name, labels in (("word", x.words), ("pos", x.pos), ("ner", x.ner), ("kind", x.kinds)):
            for label in labels:
                getattr(vocabularies, name).add(label)
    return [graph.encode(vocabularies) for graph in graphs], vocabularies


def new_store(
    vocabularies: Vocabularies,
    word_dim: int = 20,
    relation_dim: int = 10,
    tag_dim: int = 4,
    offsets: int | None = None,
) -> EmbeddingStore:
    """Tables for :func:`sentences`; ``object`` views the masks of the objects.

    With `offsets`, the greatest one, there is a table of them, too.
    """
    extra = {} if offsets is None else {"offset": LearnedTable(2 * offsets + 1, tag_dim)}
    words = vocabularies.word
    objects = [words[word] for word in words if word.startswith("OBJ-")]
    return EmbeddingStore(
        token=LearnedTable(len(words), word_dim, padding=0),
        pos=LearnedTable(len(vocabularies.pos), tag_dim),
        ner=LearnedTable(len(vocabularies.ner), tag_dim),
        relation=LearnedTable(len(vocabularies.relation), relation_dim),
        object=TableView("token", objects),
        **extra,
    )


class TransformCase:
    """``make()`` returns the transform; :func:`raw_sentences` are its input."""

    def make(self):
        raise NotImplementedError

    def test_the_given_graph_stays_as_it_was(self):
        for graph in raw_sentences():
            before = copy.deepcopy(graph)
            self.make()(graph)
            assert graph.words == before.words
            assert graph.to_dict().keys() == before.to_dict().keys()
            for part in (*graph.node_types, *graph.edge_types):
                assert set(graph[part].keys()) == set(before[part].keys())

    def test_it_survives_pickling(self):
        transform = pickle.loads(pickle.dumps(self.make()))
        assert repr(transform) == repr(self.make())
        for graph in raw_sentences():
            _same(transform(graph), self.make()(graph))

    def test_its_printed_form_names_it(self):
        assert repr(self.make()).startswith(type(self.make()).__name__ + "(")

    def test_twice_is_once(self):
        for graph in raw_sentences():
            once = self.make()(graph)
            _same(self.make()(once), once)

    def test_results_batch_and_come_back(self):
        given = [self.make()(graph) for graph in raw_sentences()]
        for back, graph in zip(Batch.from_data_list(given).to_data_list(), given):
            _same(back, graph)


class RelationExtractorCase:
    """``make()`` returns an extractor of `relation_dim` 10 for :func:`new_store`."""

    def make(self) -> RelationExtractor:
        raise NotImplementedError

    @pytest.fixture
    def parts(self):
        torch.manual_seed(0)
        graphs, vocabularies = sentences()
        return self.make(), self.store(vocabularies), graphs

    def store(self, vocabularies: Vocabularies) -> EmbeddingStore:
        return new_store(vocabularies)

    def test_vectors_and_logits_have_their_shapes(self, parts):
        f, store, graphs = parts
        r_hat = f(Batch.from_data_list(graphs), store)
        assert r_hat.shape == (len(graphs), f.relation_dim) == (5, 10)
        assert f.logits(r_hat, store).shape == (5, f.num_relations) == (5, 3)

    def test_a_batch_is_its_members_one_by_one(self, parts):
        f, store, graphs = parts
        f.eval()
        alone = torch.cat([f(graph, store) for graph in graphs])
        torch.testing.assert_close(f(Batch.from_data_list(graphs), store), alone, atol=1e-5, rtol=0)
        back = f(Batch.from_data_list(graphs[::-1]), store).flip(0)
        torch.testing.assert_close(back, alone, atol=1e-5, rtol=0)

    def test_gradients_reach_every_parameter(self, parts):
        f, store, graphs = parts
        f.eval()
        f.logits(f(Batch.from_data_list(graphs), store), store).square().sum().backward()
        for name, parameter in (*f.named_parameters(), *store.named_parameters()):
            assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name

    def test_the_vector_does_not_touch_the_classifier(self, parts):
        f, store, graphs = parts
        f(Batch.from_data_list(graphs), store).sum().backward()
        assert f.bias.grad is None and store["relation"].weight.grad is None

    def test_no_chance_is_left_in_eval_mode(self, parts):
        f, store, graphs = parts
        batch = Batch.from_data_list(graphs)
        assert not torch.equal(f(batch, store), f(batch, store))
        f.eval()
        state = torch.get_rng_state()
        assert torch.equal(f(batch, store), f(batch, store))
        assert torch.equal(state, torch.get_rng_state())

    def test_loaded_weights_give_the_same_bits(self, parts):
        f, store, graphs = parts
        other = self.make()
        other.load_state_dict(copy.deepcopy(f.state_dict()))
        batch = Batch.from_data_list(graphs)
        assert torch.equal(f.eval()(batch, store), other.eval()(batch, store))

    def test_it_asks_for_no_table_but_those_it_names(self, parts):
        f, store, graphs = parts
        few = EmbeddingStore(**{name: store[name] for name in f.tables})
        f.logits(f(Batch.from_data_list(graphs), few), few)

    def test_its_printed_form_is_one_line_with_its_size(self):
        assert "\n" not in repr(self.make()) and "10" in repr(self.make())


def _same(one: SentenceGraph, other: SentenceGraph) -> None:
    for part in (*other.node_types, *other.edge_types):
        for name, value in other[part].items():
            if isinstance(value, torch.Tensor):
                assert torch.equal(one[part][name], value), (part, name)
