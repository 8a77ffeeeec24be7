"""Overlap classes by hand and against the published counts."""

from __future__ import annotations

import gzip
import json
from collections import Counter

import pytest

from graphkg.metrics import overlap_classes, scores_by_class


@pytest.mark.parametrize(
    ("triples", "classes"),
    [
        ([("a", "r", "b")], {"Normal"}),
        ([("a", "r", "b"), ("c", "r", "d")], {"Normal"}),
        ([("a", "r", "b"), ("a", "s", "b")], {"EPO"}),
        ([("a", "r", "b"), ("b", "s", "a")], {"SEO"}),
        ([("a", "r", "b"), ("b", "r", "c")], {"SEO"}),
        ([("a", "r", "b"), ("a", "s", "b"), ("a", "r", "c")], {"EPO", "SEO"}),
        ([("York", "r", "New York")], {"SOO"}),
        ([("a", "r", "a")], {"SEO", "SOO"}),
    ],
)
def test_overlap_classes(triples, classes):
    assert overlap_classes(triples) == classes


@pytest.mark.parametrize(
    ("file", "normal", "seo", "epo", "soo"),
    [
        ("nyt/nyt-partial", 3266, 1297, 978, 45),
        ("nyt/nyt-exact", 3222, 1273, 969, 117),
        ("webnlg/webnlg-exact", 239, 448, 6, 85),
    ],
)
def test_overlap_classes_give_the_published_counts(data_folder, file, normal, seo, epo, soo):
    path = data_folder / f"{file}.test.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        sentences = [json.loads(line)["triples"] for line in lines]
    counts = Counter(name for triples in sentences for name in overlap_classes(triples))
    assert counts == {"Normal": normal, "SEO": seo, "EPO": epo, "SOO": soo}


def test_scores_by_class_restrict_to_the_sentences_of_a_class():
    gold = [[("a", "r", "b")], [("a", "r", "b"), ("a", "s", "b")]]
    found = scores_by_class(gold, [[("a", "r", "b")], []])
    assert {name: score.f1 for name, score in found.items()} == {
        "Normal": 1.0, "EPO": 0.0, "N=1": 1.0, "N=2": 0.0
    }  # fmt: skip
