from __future__ import annotations

import pickle

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.graphs import NodeText

ROWS = st.lists(st.lists(st.integers(0, 2**31 - 1), max_size=4), max_size=5)


def test_from_texts_tokenises_each_node_once():
    seen = []

    def tokenize(text: str) -> list[int]:
        seen.append(text)
        return [len(word) for word in text.split()]

    texts = NodeText.from_texts(["a dog", "", "barks"], tokenize)
    assert [texts[node].tolist() for node in range(3)] == [[1, 3], [], [5]]
    assert seen == ["a dog", "", "barks"]
    assert repr(texts) == "NodeText(3 nodes, 3 pieces)"


@given(rows=ROWS, in_memory=st.booleans())
def test_saved_and_opened_rows_are_the_same(tmp_path_factory, rows, in_memory):
    folder = tmp_path_factory.mktemp("texts")
    NodeText.from_rows(rows).save(folder)
    texts = NodeText.open(folder, in_memory)
    assert [texts[node].tolist() for node in range(len(texts))] == rows
    nodes = torch.arange(len(rows)).flip(0)
    found = texts.gather(nodes)
    assert [found[row].tolist() for row in range(len(rows))] == rows[::-1]


def test_gather_gives_int64_pieces_from_int32_storage():
    texts = NodeText.from_rows([[1], [2, 3]])
    assert texts.ids.dtype == torch.int32
    assert texts.gather(torch.tensor([1])).values.dtype == torch.int64
    assert texts[1].dtype == torch.int64


def test_an_opened_text_does_not_write_to_its_file(tmp_path):
    NodeText.from_rows([[1, 2]]).save(tmp_path)
    NodeText.open(tmp_path).ids.add_(5)
    assert NodeText.open(tmp_path)[0].tolist() == [1, 2]


def test_an_opened_text_outlives_a_second_save(tmp_path):
    NodeText.from_rows([[1, 2]]).save(tmp_path)
    texts = NodeText.open(tmp_path)
    NodeText.from_rows([[3], [4, 5]]).save(tmp_path)
    assert texts[0].tolist() == [1, 2]
    assert NodeText.open(tmp_path)[1].tolist() == [4, 5]


def test_an_opened_text_can_be_sent_to_a_worker(tmp_path):
    NodeText.from_rows([[1, 2], [3]]).save(tmp_path)
    assert pickle.loads(pickle.dumps(NodeText.open(tmp_path)))[1].tolist() == [3]


@pytest.mark.parametrize("node", [-1, 2])
def test_a_node_that_is_not_there_is_refused(node):
    with pytest.raises(InputError, match=f"node {node} was asked for, but there are 2 texts"):
        NodeText.from_rows([[1], [2]])[node]


def test_pointers_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="3 pieces and pointers"):
        NodeText(torch.tensor([1, 2, 3]), torch.tensor([0, 2]))


def test_a_cut_file_is_refused(tmp_path):
    NodeText.from_rows([[1, 2], [3]]).save(tmp_path)
    path = tmp_path / "ids.bin"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match="ids.bin has 11 bytes, but 12 were written"):
        NodeText.open(tmp_path)


def test_a_folder_without_texts_is_refused(tmp_path):
    with pytest.raises(InputError, match="no folder of NodeText.save"):
        NodeText.open(tmp_path)


def test_nodes_of_equal_texts_share_one_distinct_text():
    texts = NodeText.from_rows([[5], [6, 7], [5], [6], [6, 7], []])
    first, text = texts.distinct()
    assert first.tolist() == [0, 1, 3, 5] and text.tolist() == [0, 1, 0, 2, 1, 3]
    none = NodeText.from_rows([]).distinct()
    assert [part.tolist() for part in none] == [[], []]
