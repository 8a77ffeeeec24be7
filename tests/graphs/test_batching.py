"""What PyG's collation does to sentence graphs, and what every model relies on."""

from __future__ import annotations

import pickle

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.data import Batch
from torch_geometric.loader import DataLoader

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.graphs.sentence import DEP, IN, REL


@st.composite
def sentences(draw):
    words = draw(st.lists(st.sampled_from(["a", "bc", "d"]), max_size=5))
    count = len(words)
    spans = st.tuples(st.integers(0, max(count - 1, 0)), st.integers(1, max(count, 1)))
    mentions = [(*span, "X") for span in draw(st.lists(spans, max_size=3)) if span[0] < span[1]]
    mentions = mentions if count else []
    ends = st.tuples(*2 * [st.integers(0, max(len(mentions) - 1, 0))])
    labels = st.sampled_from(["r", "s", None])
    pairs = [(*p, draw(labels)) for p in draw(st.lists(ends, max_size=3))] if mentions else []
    heads = [draw(st.integers(0, token)) for token in range(count)]
    return SentenceGraph.build(words, heads=heads, mentions=mentions, pairs=pairs, key=str(count))


@given(st.lists(sentences(), min_size=1, max_size=4))
def test_a_batch_splits_into_its_members(graphs):
    for graph, split in zip(graphs, Batch.from_data_list(graphs).to_data_list(), strict=True):
        assert type(split) is SentenceGraph
        assert (split.text, split.key) == (graph.text, graph.key)
        for part in (*graph.node_types, *graph.edge_types):
            for name, value in graph[part].items():
                got = split[part][name]
                same = torch.equal(got, value) if isinstance(value, torch.Tensor) else got == value
                assert same, (part, name)


def test_spans_and_edges_are_shifted_and_ids_are_not(ada, bob, bare):
    batch = Batch.from_data_list([ada, bare, bob])
    assert batch["mention"].span.tolist() == [[0, 2], [3, 5], [7, 8]]
    assert batch[IN].edge_index.tolist() == [[0, 1, 3, 4, 7], [0, 0, 1, 1, 2]]
    assert batch[DEP].edge_index.tolist() == ada[DEP].edge_index.tolist()
    assert batch["mention"].entity.tolist() == [7, -1, 2]
    assert batch["token"].word.tolist() == [0, 1, 2, 3, 4, 5, 0, 0, 1]
    assert batch["token"].chars[7].tolist() == [0, 3]


def test_the_words_of_a_span_are_those_of_its_own_sentence(ada, bob):
    batch = Batch.from_data_list([bob, ada])
    for (start, end), sentence in zip(
        batch["mention"].span.tolist(), batch["mention"].batch.tolist(), strict=True
    ):
        assert batch["token"].batch[start:end].tolist() == [sentence] * (end - start)


def test_ptr_and_batch_count_tokens_and_mentions_of_each_sentence(ada, bare, bob):
    batch = Batch.from_data_list([ada, bare, bob])
    assert batch["token"].ptr.tolist() == [0, 6, 7, 9]
    assert batch["mention"].ptr.tolist() == [0, 2, 2, 3]
    assert batch["token"].batch.tolist() == [0] * 6 + [1, 2, 2]
    assert batch.num_graphs == 3


def test_a_batch_is_a_sentence_graph_without_labels(ada, bob):
    batch = Batch.from_data_list([ada, bob])
    assert isinstance(batch, SentenceGraph)
    with pytest.raises(InputError, match="ids alone"):
        print(batch.words)
    assert repr(batch) == "SentenceGraphBatch(8 tokens, 3 mentions, 1 pairs)"


def test_strings_become_lists_and_offsets_a_tensor(ada, bob):
    batch = Batch.from_data_list([ada, bob])
    assert batch.key == ["notes#3", "b"]
    assert batch.text == [ada.text, bob.text]
    assert batch.offset.tolist() == [100, 0]


def test_sentences_that_are_all_empty_batch_too(bare):
    empty = SentenceGraph.build([])
    batch = Batch.from_data_list([empty, bare, empty])
    assert batch["token"].num_nodes == 1 and batch["mention"].num_nodes == 0
    assert batch["mention"].span.shape == (0, 2) and batch[REL].edge_index.shape == (2, 0)


def test_follow_batch_adds_the_sentence_of_each_value(ada, bob):
    batch = Batch.from_data_list([ada, bob], follow_batch=["span"])
    assert batch["mention"].span_batch.tolist() == [0, 0, 1]
    assert batch["mention"].span_ptr.tolist() == [0, 2, 3]


def test_an_attribute_that_a_later_sentence_lacks_is_an_error(ada, bob):
    ada["token"].subject_offset = torch.zeros(6, dtype=torch.long)
    with pytest.raises(KeyError, match="subject_offset"):
        Batch.from_data_list([ada, bob])


def test_labels_are_not_collated(ada, bob):
    batch = Batch.from_data_list([ada, bob])
    assert b"PROPN" in pickle.dumps(ada)
    assert b"PROPN" not in pickle.dumps(batch)


def test_a_batch_moves_and_is_pickled_as_one(ada, bob):
    batch = Batch.from_data_list([ada, bob]).to("cpu")
    other = pickle.loads(pickle.dumps(batch))
    assert isinstance(other, SentenceGraph)
    assert other["mention"].span.tolist() == batch["mention"].span.tolist()


@pytest.mark.parametrize("workers", [0, 1])
def test_a_data_loader_gives_batches_with_shifted_spans(ada, bob, workers):
    loader = DataLoader([ada, bob, ada], batch_size=2, num_workers=workers)
    first, second = list(loader)
    assert first["mention"].span.tolist() == [[0, 2], [3, 5], [6, 7]]
    assert second["mention"].span.tolist() == [[0, 2], [3, 5]]
