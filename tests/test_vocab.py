from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.vocab import PAD, UNKNOWN, Vocabularies, Vocabulary


def test_ids_follow_the_order_given():
    relations = Vocabulary(["spouse", "child", "born"], name="relation")
    assert [relations[x] for x in relations] == [0, 1, 2]
    assert relations.ids(["born", "spouse"]) == [2, 0]
    assert relations.label(1) == "child"
    assert "child" in relations and "parent" not in relations
    assert repr(relations) == "Vocabulary(relation, 3)"


def test_a_closed_vocabulary_refuses_an_unknown_label_and_offers_the_nearest():
    relations = Vocabulary(["spouse", "child"], name="relation")
    with pytest.raises(InputError, match="relation 'spous' is not one of the 2.*'spouse'"):
        relations["spous"]


def test_an_open_vocabulary_maps_an_unknown_label_to_one_id():
    words = Vocabulary([PAD, UNKNOWN, "a"], unknown=UNKNOWN)
    assert words.ids(["a", "b", "c"]) == [2, 1, 1]
    assert "b" not in words


def test_the_unknown_label_is_added_if_it_is_not_among_the_labels():
    words = Vocabulary(["a"], unknown="?")
    assert words.labels == ["a", "?"] and words["b"] == 1


def test_a_label_given_twice_is_refused_with_both_places():
    with pytest.raises(InputError, match=r"'a' is given twice \(ids 0 and 2\)"):
        Vocabulary(["a", "b", "a"])


@pytest.mark.parametrize("index", [-1, 2])
def test_an_id_outside_the_vocabulary_is_refused(index):
    with pytest.raises(InputError, match=rf"id {index} .* 2 labels \(0-1\)"):
        Vocabulary(["a", "b"]).label(index)


def test_add_gives_the_next_id_once():
    names = Vocabulary(["a"])
    assert (names.add("b"), names.add("a"), names.add("b"), len(names)) == (1, 0, 1, 2)


def test_labels_is_a_copy():
    names = Vocabulary(["a"])
    names.labels.append("b")
    assert len(names) == 1


def test_count_orders_by_falling_count_then_by_name():
    words = Vocabulary.count("c b b a a d a z z".split(), first=[PAD, "z"], minimum=2)
    assert words.labels == [PAD, "z", "a", "b"]


def test_count_keeps_labels_that_are_first_whatever_their_count():
    assert Vocabulary.count(["a"], first=["rare"], minimum=2).labels == ["rare"]


@given(
    labels=st.lists(st.text(), unique=True, max_size=8),
    description=st.text(),
    unknown=st.none() | st.just("[UNK]"),
)
def test_saved_and_loaded_it_is_equal(tmp_path_factory, labels, description, unknown):
    path = tmp_path_factory.mktemp("vocab") / "names.jsonl"
    names = Vocabulary(labels, unknown=unknown, name="thing")
    if labels:
        names.descriptions[labels[0]] = description
        names.aliases[labels[-1]] = [description, "other"]
    names.save(path)
    assert Vocabulary.load(path) == names
    assert pickle.loads(pickle.dumps(names)) == names
    assert [p.name for p in path.parent.iterdir()] == ["names.jsonl"]


def test_saving_twice_writes_the_same_bytes(tmp_path):
    names = Vocabulary(["b", "a"], descriptions={"a": "first"})
    names.save(tmp_path / "one")
    Vocabulary.load(tmp_path / "one").save(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


HEADER = b'{"graphkg": "vocabulary", "name": "word", "unknown": null}\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ":1: not a vocabulary"),
        (b'"a"\n', ":1: not a vocabulary"),
        (HEADER + b'"a"\n{oops\n', ":3: not JSON"),
        (HEADER + b'"a"\n"b"\n"a"\n', ":4: 'a' is no new label"),
        (HEADER + b'{"name": "a"}\n', ":2: None is no new label"),
        (HEADER + b"7\n", ":2: 7 is no new label"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(tmp_path, content, message):
    path = tmp_path / "words.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        Vocabulary.load(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        Vocabulary.load(tmp_path / "none")


def test_different_vocabularies_are_unequal():
    assert Vocabulary(["a", "b"]) != Vocabulary(["b", "a"])
    assert Vocabulary(["a"], name="word") != Vocabulary(["a"], name="tag")


def test_the_six_vocabularies_are_saved_in_one_folder(tmp_path):
    vocabularies = Vocabularies(relation=Vocabulary(["born"], name="relation"))
    vocabularies.word.add("Ada")
    vocabularies.save(tmp_path / "run" / "vocabularies")
    assert Vocabularies.load(tmp_path / "run" / "vocabularies") == vocabularies


def test_only_the_relations_are_closed_by_default():
    vocabularies = Vocabularies()
    assert vocabularies.word["unseen"] == vocabularies.word[UNKNOWN] == 1
    assert vocabularies.pos[PAD] == 0
    with pytest.raises(InputError):
        vocabularies.relation["unseen"]
