"""KBP37: words as given, tags between spaces, mentions whose text was lost."""

from __future__ import annotations

from collections import Counter

import pytest

from graphkg.datasets import KBP37
from graphkg.datasets.kbp37 import LABELS
from graphkg.errors import InputError

TEXT = (
    '0\t" <e1> Thom Yorke </e1> of <e2> Radiohead </e2> sings , too . "\n'
    "per:employee_of(e1,e2)\n\n\n"
    '1\t" In <e1> 2005 </e1> <e2> </e2> was bought . "\nno_relation\n\n\n'
)


@pytest.fixture
def folder(tmp_path):
    for name in ("train.txt", "dev.txt", "test.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_words_stay_as_given_and_tags_are_none_of_them(folder):
    data = KBP37(folder)
    first = data.train[0]
    assert first.words == ("Thom", "Yorke", "of", "Radiohead", "sings", ",", "too", ".")
    assert first.text == "Thom Yorke of Radiohead sings, too." and first.key == "0"
    assert first.triples() == [("Thom Yorke", "per:employee_of(e1,e2)", "Radiohead")]
    assert data.train is data.train and len(data.valid) == len(data.test) == 2
    assert repr(data) == f"KBP37({str(folder)!r})"


def test_a_mention_without_text_is_one_word_that_stands_for_it(folder):
    second = KBP37(folder).train[1]
    assert second.words == ("In", "2005", "_", "was", "bought", ".")
    assert [m.text for m in second.mentions] == ["2005", "_"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("per:employee_of(e1,e2)", "per:employee_of", "train.txt:2: 'per:employee_of' is not one"),
        ("<e2> Radiohead </e2>", "Radiohead", "train.txt:1: expected one <e1>"),
        ("0\t", "0 ", "train.txt:1: expected number<TAB>"),
        ("1\t", "0\t", "train.txt:5: the sentence number 0 occurs twice"),
    ],
)
def test_malformed_lines_raise_with_their_place(folder, old, new, message):
    (folder / "train.txt").write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        _ = KBP37(folder).train


def test_a_missing_split_is_named(folder):
    (folder / "dev.txt").unlink()
    with pytest.raises(InputError, match="holds none of dev.txt, valid.txt"):
        _ = KBP37(folder).valid


def test_kbp37_has_its_published_counts(data_folder):
    data = KBP37(data_folder / "kbp37")
    assert data.labels == list(LABELS) and len(LABELS) == 37
    sizes, none, lost = [], [], 0
    for part in (data.train, data.valid, data.test):
        counts = Counter(graph.labels.relations[0] for graph in part)
        assert set(counts) == set(LABELS)
        sizes.append(len(part))
        none.append(counts["no_relation"])
        lost += sum(m.text == "_" for graph in part for m in graph.mentions)
        assert all(len(graph.mentions) == 2 for graph in part)
    assert sizes == [15917, 1724, 3405] and none == [1545, 210, 419] and lost == 148
