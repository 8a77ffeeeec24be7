from __future__ import annotations

import copy
import pickle

import pytest
import torch

from graphkg.errors import InputError
from graphkg.graphs import Mention, SentenceGraph
from graphkg.graphs.sentence import DEP, IN, REL
from graphkg.vocab import UNKNOWN, Vocabularies, Vocabulary


def test_every_part_has_the_numbers_that_paper_gives(ada):
    assert ada["token"].num_nodes == 6 and ada["mention"].num_nodes == 2
    assert ada["token"].chars.tolist()[3:] == [[17, 24], [25, 32], [32, 33]]
    assert ada[DEP].edge_index.tolist() == [[1, 2, 4, 2, 2], [0, 1, 3, 4, 5]]
    assert ada["mention"].span.tolist() == [[0, 2], [3, 5]]
    assert ada["mention"].entity.tolist() == [7, -1]
    assert ada[IN].edge_index.tolist() == [[0, 1, 3, 4], [0, 0, 1, 1]]
    assert ada[REL].edge_index.tolist() == [[0], [1]]
    assert repr(ada) == "SentenceGraph(6 tokens, 2 mentions, 1 pairs)"


def test_without_vocabularies_ids_count_labels_by_first_appearance(ada):
    assert ada["token"].word.tolist() == [0, 1, 2, 3, 4, 5]
    assert ada["token"].pos.tolist() == [0, 0, 1, 0, 0, 2]
    assert ada["token"].ner.tolist() == [0, 0, 1, 0, 0, 1]
    assert ada[DEP].edge_type.tolist() == [0, 1, 0, 2, 3]  # compound nsubj compound obj punct
    assert ada["mention"].kind.tolist() == [0, 0]
    assert ada[REL].edge_type.tolist() == [0]


def test_the_labels_stay_readable(ada):
    assert ada.words[:2] == ("Ada", "Lovelace")
    assert ada.heads == [2, 3, 0, 5, 3, 3]
    assert ada.mentions[0] == Mention(0, 2, "PER", "Ada Lovelace", (0, 12), 7)
    assert ada.mentions[1].text == "Charles Babbage"
    assert ada.pairs == [(0, 1, "met")]
    assert ada.triples() == [("Ada Lovelace", "met", "Charles Babbage")]


def test_a_bare_sentence_has_every_part_with_length_zero(bare):
    assert bare.text == "Hello" and bare.heads == [0]
    for part, name, shape in [
        (DEP, "edge_index", (2, 0)),
        (DEP, "edge_type", (0,)),
        (IN, "edge_index", (2, 0)),
        (REL, "edge_index", (2, 0)),
        (REL, "edge_type", (0,)),
        ("mention", "span", (0, 2)),
        ("mention", "kind", (0,)),
        ("mention", "entity", (0,)),
    ]:
        assert tuple(bare[part][name].shape) == shape
        assert bare[part][name].dtype == torch.long
    assert SentenceGraph.build([])["token"].chars.shape == (0, 2)


def test_a_pair_without_a_label_is_to_be_predicted():
    graph = SentenceGraph.build(
        ["a", "b"],
        mentions=[(0, 1, "X"), (1, 2, "X")],
        pairs=[(0, 1, None), (1, 0, "r")],
        vocabularies=Vocabularies(relation=Vocabulary(["q", "r"])),
    )
    assert graph[REL].edge_type.tolist() == [-1, 1]
    assert graph.triples() == [("b", "r", "a")]


def test_encode_gives_the_ids_of_the_vocabularies_and_leaves_the_graph_alone(ada):
    vocabularies = Vocabularies(relation=Vocabulary(["none", "met"], name="relation"))
    met = vocabularies.word.add("met")
    encoded = ada.encode(vocabularies)
    unknown = vocabularies.word[UNKNOWN]
    assert encoded["token"].word.tolist() == [unknown, unknown, met] + 3 * [unknown]
    assert encoded[REL].edge_type.tolist() == [1]
    assert ada[REL].edge_type.tolist() == [0] and ada["token"].word.tolist()[0] == 0
    assert encoded[DEP].edge_index is ada[DEP].edge_index


def test_an_unknown_relation_is_refused(ada):
    with pytest.raises(InputError, match="'met' is not one of the 0 known"):
        ada.encode(Vocabularies())


def test_with_pairs_replaces_pairs_and_their_labels(ada):
    changed = ada.with_pairs([(1, 0, None), (0, 1, "knows")])
    assert changed.pairs == [(1, 0, None), (0, 1, "knows")]
    assert changed[REL].edge_type.tolist() == [-1, 0]
    assert ada.pairs == [(0, 1, "met")]
    with pytest.raises(InputError, match="joins mentions 0 and 2"):
        ada.with_pairs([(0, 2, "knows")])


def test_mentions_may_overlap():
    graph = SentenceGraph.build(["New", "York", "Times"], mentions=[(0, 3, "ORG"), (0, 2, "LOC")])
    assert graph[IN].edge_index.tolist() == [[0, 1, 2, 0, 1], [0, 0, 0, 1, 1]]
    assert [m.text for m in graph.mentions] == ["New York Times", "New York"]


def test_characters_count_letters_and_not_bytes():
    graph = SentenceGraph.build(["Ærø", "🙂", "zwölf"], text="Ærø 🙂zwölf", mentions=[(2, 3, "N")])
    assert graph.mentions[0].chars == (5, 10)
    assert graph.text[5:10] == graph.mentions[0].text == "zwölf"


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        lambda graph: pickle.loads(pickle.dumps(graph)),
        lambda graph: graph.clone(),
        lambda graph: graph.to("cpu"),
        lambda graph: graph.contiguous(),
    ],
)
def test_a_copy_keeps_class_labels_and_ids(ada, copied):
    other = copied(ada)
    assert type(other) is SentenceGraph
    assert other.labels == ada.labels and other.mentions == ada.mentions
    assert (other.text, other.key, other.offset) == (ada.text, "notes#3", 100)
    assert other["token"].word.tolist() == ada["token"].word.tolist()


def test_a_shallow_copy_can_change_without_its_origin(ada):
    other = copy.copy(ada)
    other["token"].word = torch.zeros(6, dtype=torch.long)
    other[REL].edge_type = torch.tensor([5])
    assert ada["token"].word.tolist() == [0, 1, 2, 3, 4, 5]
    assert ada[REL].edge_type.tolist() == [0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"heads": [0]}, "1 heads for 2 words"),
        ({"deprels": ["x"] * 3}, "3 deprels for 2 words"),
        ({"pos": []}, "0 pos for 2 words"),
        ({"ner": ["O"]}, "1 ner for 2 words"),
        ({"chars": [(0, 1)]}, "1 chars for 2 words"),
        ({"chars": [(0, 1), (2, 9)]}, r"word 1 has the characters \[2, 9\), but the text has 3"),
        ({"heads": [0, 3]}, "token 2 has head 3"),
        ({"mentions": [(0, 3, "X")]}, r"mention 0 \(X\) has the span \[0, 3\)"),
        ({"mentions": [(1, 1, "X")]}, r"half-open and lies in \[0, 2\)"),
        ({"mentions": [(0, 1)]}, r"mention 0 is \(0, 1\), but a mention is \(start, end, kind\)"),
        ({"pairs": [(0, 1, "r")]}, "joins mentions 0 and 1, but the sentence has 0 mentions"),
        ({"pairs": [(0, 1)]}, r"pair 0 is \(0, 1\), but a pair is"),
        ({"entities": [3]}, "1 entities for 0 mentions"),
        ({"text": "a c"}, r"word 1 \('b'\) does not occur"),
    ],
)
def test_what_does_not_fit_the_words_is_refused_with_the_sentence_named(wrong, message):
    with pytest.raises(InputError, match=message) as caught:
        SentenceGraph.build(["a", "b"], **wrong)
    assert "sentence 'a b'" in str(caught.value)
    with pytest.raises(InputError, match="sentence 'doc#1'"):
        SentenceGraph.build(["a", "b"], key="doc#1", **wrong)


def test_further_mentions_stand_behind_the_others_and_share_the_rest():
    graph = SentenceGraph.build(
        "Ann left Rome".split(), [2, 0, 2], mentions=[(0, 1, "PER")], pairs=[(0, 0, "self")]
    )
    more = graph.with_mentions([(1, 3, "X"), (2, 3, "LOC")])
    assert [(m.text, m.kind, m.entity) for m in more.mentions] == [
        ("Ann", "PER", -1),
        ("left Rome", "X", -1),
        ("Rome", "LOC", -1),
    ]
    assert more["token", "in", "mention"].edge_index.tolist() == [[0, 1, 2, 2], [0, 1, 1, 2]]
    assert more.pairs == graph.pairs and more["mention"].num_nodes == 3
    assert len(graph.mentions) == 1 and graph["mention"].num_nodes == 1
    assert graph.with_mentions([]).mentions == graph.mentions
    with pytest.raises(InputError, match="mention 0 .X. has the span"):
        graph.with_mentions([(2, 4, "X")])
