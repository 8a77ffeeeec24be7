"""Pieces with markers: where they stand, what they belong to, how long sentences are cut."""

from __future__ import annotations

import pytest
from pieces import VOCABULARY, tiny_tokenizer

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.graphs.sentence import OF
from graphkg.transforms import ToMarkedPieces

MARKERS = (100, 101, 102, 103)
NAMES = {100: "H", 101: "/H", 102: "T", 103: "/T", **dict(enumerate(VOCABULARY))}


def marked(words, head, tail, limit=64, pairs=((0, 1, "r"),)):
    graph = SentenceGraph.build(
        words.split(), mentions=[(*head, "O"), (*tail, "O")], pairs=pairs, key="one"
    )
    made = ToMarkedPieces(tiny_tokenizer(), MARKERS, limit)(graph)
    assert "piece" not in graph.node_types
    return made, " ".join(NAMES[i] for i in made["piece"].input_id.tolist())


@pytest.mark.parametrize(
    ("head", "tail", "expected"),
    [
        ((0, 1), (2, 3), "H Ann /H left T Rome ##ville /T there"),
        ((2, 3), (0, 1), "T Ann /T left H Rome ##ville /H there"),
        ((0, 2), (2, 4), "H Ann left /H T Rome ##ville there /T"),
        ((0, 4), (2, 3), "H Ann left T Rome ##ville /T there /H"),
    ],
)
def test_markers_stand_around_the_mentions(head, tail, expected):
    made, text = marked("Ann left Romeville there", head, tail)
    assert text == expected
    assert made["piece"].num_nodes == 9 and made["piece"].segment.tolist() == [0] * 9


def test_markers_are_pieces_of_no_token():
    made, _ = marked("Ann left Romeville there", (0, 1), (2, 3))
    assert made[OF].edge_index.tolist() == [[1, 3, 5, 6, 8], [0, 1, 2, 2, 3]]


def test_long_sentences_keep_mentions_and_markers():
    words = "a b c d e f Ann g h i j k l Rome a b c d e f"
    made, text = marked(words, (6, 7), (13, 14), limit=12)
    assert made["piece"].num_nodes == 12
    assert "H Ann /H" in text and "T Rome /T" in text
    kept = made["piece"].input_id[made[OF].edge_index[0]]
    assert [NAMES[i] for i in kept.tolist()] == [
        words.split()[t] for t in made[OF].edge_index[1].tolist()
    ]


def test_sentences_are_marked_by_their_one_pair():
    for pairs in ((), ((0, 1, "r"), (1, 0, "r"))):
        with pytest.raises(InputError, match=f"sentence 'one' has {len(pairs)} pairs"):
            marked("Ann left Rome", (0, 1), (2, 3), pairs=pairs)


def test_there_are_four_markers():
    with pytest.raises(InputError, match="3 markers were given, but there are 4"):
        ToMarkedPieces(tiny_tokenizer(), [1, 2, 3])
    assert repr(ToMarkedPieces(tiny_tokenizer(), MARKERS)) == (
        "ToMarkedPieces([100, 101, 102, 103], limit=64)"
    )
