"""PruneTree: hand-drawn trees, odd ones, and a second, slower implementation."""

from __future__ import annotations

import logging

import pytest
import torch
from cases import TransformCase, raw_sentences
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.graphs.sentence import DEP, PATH
from graphkg.transforms import PruneTree, split_pairs
from graphkg.transforms import prune as prune_module

# 0 - 1 - 2 - [3] - 4      token 3 is the subject, 6 the object, 1 the lowest common ancestor;
# |   |-- 5 - [6] - 7      0 and 9 lie above it
# 9   '-- 8 - 10 - 11
HEADS = [0, 1, 2, 3, 4, 2, 6, 7, 2, 1, 9, 11]


def build(heads, subject, object_):
    mentions = [(*subject, "X"), (*object_, "Y")]
    return SentenceGraph.build(
        [f"w{i}" for i in range(len(heads))], heads, mentions=mentions, pairs=[(0, 1, None)]
    )


def pruned(heads, subject, object_, k):
    """The kept tokens and the edges (governor, dependent) of the pruned tree."""
    graph = PruneTree(k)(build(heads, subject, object_))
    kept = set(graph["token"].kept.nonzero().view(-1).tolist())
    edges = list(map(tuple, graph[PATH].edge_index.t().tolist()))
    half = len(edges) // 2
    assert edges[half:] == [(b, a) for a, b in edges[:half]]
    return kept, set(edges[:half])


def slow_pruned(heads, subject, object_, k):
    """The definition in sets and loops."""
    roots = [i for i, head in enumerate(heads) if head == 0]
    above = [
        head - 1 if head else (None if i == roots[0] else roots[0]) for i, head in enumerate(heads)
    ]

    def walk(token):
        chain = []
        while token is not None:
            chain.append(token)
            token = above[token]
        return chain

    tokens = range(len(heads))
    if k < 0:
        return set(tokens), {(above[i], i) for i in tokens if above[i] is not None}
    members = [*range(*subject), *range(*object_)]
    common = set.intersection(*(set(walk(i)) for i in members))
    lca = next(i for i in common if not any(above[j] == i for j in common))
    path = {j for i in members for j in walk(i)} - common | {lca}
    kept = {i for i in tokens if any(j in path for j in walk(i)[: k + 1])}
    return kept, {(above[i], i) for i in kept if i != lca}


class TestPruneTree(TransformCase):
    def make(self):
        return PruneTree(1)


class TestWholeTree(TransformCase):
    def make(self):
        return PruneTree(-1)


@pytest.mark.parametrize(
    ("k", "kept"),
    [
        (-1, set(range(12))),
        (0, {1, 2, 3, 5, 6}),
        (1, {1, 2, 3, 4, 5, 6, 7, 8}),
        (2, {1, 2, 3, 4, 5, 6, 7, 8, 10}),
        (3, {1, 2, 3, 4, 5, 6, 7, 8, 10, 11}),
        (99, {1, 2, 3, 4, 5, 6, 7, 8, 10, 11}),
    ],
)
def test_a_hand_drawn_tree(k, kept):
    top = 0 if k < 0 else 1
    edges = {(HEADS[i] - 1, i) for i in kept if i != top}
    assert pruned(HEADS, (3, 4), (6, 7), k) == (kept, edges)


def test_crossing_edges_need_nothing_special():
    # 3 governs 0 and 4, 4 governs 1, 1 governs 2: the edges 3-0 and 4-1 cross.
    heads = [4, 5, 2, 0, 4]
    assert pruned(heads, (0, 1), (2, 3), 0) == ({0, 1, 2, 3, 4}, {(3, 0), (3, 4), (4, 1), (1, 2)})


def test_a_nested_mention_meets_at_the_token_they_share():
    assert pruned(HEADS, (3, 5), (4, 5), 0) == ({3, 4}, {(3, 4)})


def test_a_mention_above_the_other_is_the_top():
    assert pruned(HEADS, (1, 2), (6, 7), 0) == ({1, 5, 6}, {(1, 5), (5, 6)})


def test_a_tree_of_one_node_is_kept_without_edges():
    assert pruned(HEADS, (4, 5), (4, 5), 2) == ({4}, set())


def test_several_roots_are_linked_to_the_first(caplog):
    prune_module._log_roots.cache_clear()
    with caplog.at_level(logging.DEBUG, logger="graphkg"):
        heads = [2, 0, 4, 0, 0]
        assert pruned(heads, (0, 1), (2, 3), 0) == ({0, 1, 2, 3}, {(1, 0), (1, 3), (3, 2)})
        assert pruned(heads, (0, 1), (2, 3), -1)[1] == {(1, 0), (1, 3), (3, 2), (1, 4)}
    assert len(caplog.records) == 1 and caplog.records[0].levelno == logging.DEBUG


@st.composite
def forests(draw):
    count = draw(st.integers(1, 12))
    order = draw(st.permutations(range(count)))
    heads = [0] * count
    for place, token in enumerate(order[1:], start=1):
        above = draw(st.integers(-1, place - 1))
        heads[token] = 0 if above < 0 else order[above] + 1
    if count > 1 and not any(heads):
        heads[order[1]] = order[0] + 1
    spans = []
    for _ in range(2):
        start = draw(st.integers(0, count - 1))
        spans.append((start, draw(st.integers(start + 1, count))))
    return heads, *spans


@given(forests(), st.integers(-1, 5))
def test_the_slow_definition_agrees(forest, k):
    assert pruned(*forest, k) == slow_pruned(*forest, k)


def test_all_pairs_of_a_sentence_together_are_each_alone():
    graph = build(HEADS, (3, 4), (6, 7))
    graph = SentenceGraph.build(
        graph.words,
        HEADS,
        mentions=[(3, 5, "X"), (6, 7, "Y"), (4, 5, "Z")],
        pairs=[(a, b, None) for a in range(3) for b in range(3) if a != b],
    )
    pieces = split_pairs(graph) + split_pairs(raw_sentences()[0])
    for k in (-1, 0, 1):
        for one, alone in zip(PruneTree(k).many(pieces), map(PruneTree(k), pieces)):
            assert torch.equal(one["token"].kept, alone["token"].kept)
            assert torch.equal(one[PATH].edge_index, alone[PATH].edge_index)
    assert PATH not in pieces[0].edge_types


def test_the_whole_tree_needs_no_pair_and_leaves_dep_whole():
    graph = SentenceGraph.build(["a", "b"], heads=[0, 1])
    whole = PruneTree(-1)(graph)
    assert whole["token"].kept.all() and torch.equal(whole[DEP].edge_index, graph[DEP].edge_index)
    with pytest.raises(InputError, match="0 mention pairs"):
        PruneTree(0)(graph)


def test_a_sentence_without_heads_is_an_error():
    graph = SentenceGraph.build(["a", "b"], key="s1")
    with pytest.raises(InputError, match="'s1' has no dependency heads"):
        PruneTree(-1)(graph)
    assert PruneTree(-1)(SentenceGraph.build(["a"]))["token"].kept.tolist() == [True]


def test_k_below_minus_one_is_an_error():
    with pytest.raises(InputError, match="k=-2"):
        PruneTree(-2)


def test_the_printed_form_has_k():
    assert repr(PruneTree(2)) == "PruneTree(k=2)"
