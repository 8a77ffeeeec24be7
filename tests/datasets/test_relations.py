"""SemEval-2010 Task 8: both forms, the traps of its text format, the held-out list."""

from __future__ import annotations

import json

import pytest

from graphkg.datasets import SemEval, held_out, mention_kinds_from_ner, with_tags
from graphkg.datasets.relations import LABELS, draw
from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph

TEXT = (
    '7\t"He ""said" that the <e1>big engine</e1>\'s noise scared<e2>birds</e2>."\n'
    "Cause-Effect(e1,e2)\n"
    'Comment: 9\t"no sentence"\n\n'
    '8\t"The <e1>cup</e1> holds <e2>tea</e2>."\nContent-Container(e2,e1)\nComment:\n\n'
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "train.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_the_text_format_is_read_with_exact_offsets(folder):
    first, second = SemEval(folder, parsed=False).train
    assert first.text == 'He ""said" that the big engine\'s noise scaredbirds.'
    assert [m.text for m in first.mentions] == ["big engine", "birds"]
    assert all(first.text[slice(*m.chars)] == m.text for m in first.mentions)
    assert first.pairs == [(0, 1, "Cause-Effect(e1,e2)")] and first.key == "7"
    assert second.triples() == [("cup", "Content-Container(e2,e1)", "tea")]
    assert {m.kind for m in first.mentions} == {"O"} and set(first.heads) == {0}


def test_the_parsed_form_adds_trees_to_the_same_text(folder):
    row = {
        "id": 8,
        "token": ["The", "cup", "holds", "tea", "."],
        "subj_start": 1,
        "subj_end": 1,
        "obj_start": 3,
        "obj_end": 3,
        "stanford_head": [2, 3, 0, 3, 3],
        "stanford_deprel": ["det", "nsubj", "ROOT", "obj", "punct"],
    }
    source = folder / "train.parsed.jsonl"
    source.write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="train.txt:1: sentence 7 has no tree"):
        _ = SemEval(folder).train
    (folder / "train.txt").write_text(TEXT[TEXT.index("8\t") :], encoding="utf-8")
    (graph,) = SemEval(folder).train
    assert graph.heads == [2, 3, 0, 3, 3] and graph.labels.deprels[1] == "nsubj"
    assert graph["token"].chars.tolist()[3] == [14, 17] and graph.text == "The cup holds tea."
    source.write_text(json.dumps(row | {"stanford_head": [2, 1, 0, 3, 3]}), encoding="utf-8")
    with pytest.raises(InputError, match="train.parsed.jsonl:1: sentence '8'.*circle"):
        _ = SemEval(folder).train


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Cause-Effect(e1,e2)", "Cause-Effect", "train.txt:2: 'Cause-Effect' is not one of the 19"),
        ("<e2>birds</e2>", "birds", "train.txt:1: expected one <e1>"),
        ("<e1>cup</e1>", "<e1></e1>", "train.txt:5: expected one <e1>"),
        ('8\t"', "8\t", "train.txt:5: expected number"),
        ("8\t", "7\t", "train.txt:5: the sentence number 7 occurs twice"),
    ],
)
def test_malformed_lines_raise_with_their_place(folder, old, new, message):
    (folder / "train.txt").write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        _ = SemEval(folder, parsed=False).train


def sentence(key, text="a b", **tags):
    pairs = [(0, 1, "Other")]
    return SentenceGraph.build(
        text.split(), mentions=[(0, 1, "O"), (1, 2, "O")], pairs=pairs, key=key, **tags
    )


def test_a_seed_holds_out_sentences_whose_text_is_unique():
    graphs = [sentence(str(i), f"w{i} x") for i in range(20)] + [sentence("a"), sentence("b")]
    train, valid = held_out(graphs, count=5, seed=3)
    assert (len(train), len(valid)) == (17, 5)
    assert {g.key for g in held_out(graphs[::-1], 5, seed=3)[1]} == {g.key for g in valid}
    assert not {"a", "b"} & set(draw(graphs, 3))
    with pytest.raises(InputError, match="21 sentences were to be held out, but only 20 can"):
        held_out(graphs, count=21, seed=3)
    with pytest.raises(InputError, match="are not among the 22 given"):
        held_out(graphs, count=5)


def test_tags_come_from_a_tagger_and_kinds_from_the_head_word():
    graph = SentenceGraph.build(
        ["New", "York", "of", "old"],
        heads=[2, 0, 2, 3],
        mentions=[(0, 4, "O"), (3, 4, "O")],
        pairs=[(0, 1, "Other")],
    )
    ner = ["B-PERSON", "I-LOCATION", "O", "O"]
    tagged = SentenceGraph.build(graph.words, pos=["P", "P", "I", "J"], ner=ner)
    (found,) = with_tags([graph], [tagged])
    assert found.labels.pos == ("P", "P", "I", "J") and found.heads == graph.heads
    assert mention_kinds_from_ner(found).labels.kinds == ("LOCATION", "O")
    assert graph.labels.kinds == ("O", "O") and graph.labels.pos[0] == "_"
    with pytest.raises(InputError, match="0 tagged sentences for 1"):
        with_tags([graph], [])
    with pytest.raises(InputError, match="tag the words as they are"):
        with_tags([graph], [sentence("")])


def test_semeval_has_its_published_counts(data_folder):
    data = SemEval(data_folder / "semeval2010-task8")
    assert (len(data.train), len(data.test)) == (8000, 2717)
    assert data.labels == list(LABELS) and len(LABELS) == 19
    counts = [g.pairs[0][2] for g in data.test]
    assert counts.count("Other") == 454 and counts.count("Entity-Destination(e2,e1)") == 1
    plain = SemEval(data_folder / "semeval2010-task8", parsed=False).test
    for parsed, split in zip(data.test, plain):
        assert parsed.text == split.text
        assert [m.text for m in parsed.mentions] == [m.text for m in split.mentions]
    train, valid = held_out(data.train)
    assert (len(train), len(valid)) == (7200, 800)
    assert {g.key for g in valid} == set(draw(data.train, 0)[:800])
    assert not {g.text for g in train} & {g.text for g in valid}
