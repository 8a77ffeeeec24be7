"""Overlap classes by hand and against the published counts."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkg.metrics import overlap_classes, scores_by_class
from graphkg.metrics.overlap import CLASSES, COUNTS, class_members


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


# Normal, SEO, EPO, SOO; N = 1, 2, 3, 4, >= 5; Normal without regard to SOO; triples. Published are
# these, but for webnlg-partial, whose published figures count 10 repeated triples (EPO 26, N=1 266,
# 171, 131, 90, 45): its files here have each triple once.
PUBLISHED = {
    "nyt/nyt-partial": ((3266, 1297, 978, 45), (3244, 1045, 312, 291, 108), 3266, 8110),
    "nyt/nyt-exact": ((3222, 1273, 969, 117), (3240, 1047, 314, 290, 109), 3289, 8120),
    "webnlg/webnlg-exact": ((239, 448, 6, 85), (256, 175, 138, 93, 41), 254, 1607),
    "webnlg/webnlg-partial": ((245, 457, 18, 84), (268, 174, 128, 89, 44), 246, 1581),
}


@pytest.mark.parametrize("file", PUBLISHED)
def test_classes_have_the_published_counts(data_folder, file):
    path = data_folder / f"{file}.test.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        sentences = [json.loads(line)["triples"] for line in lines]
    classes, numbers, without_soo, triples = PUBLISHED[file]
    members = class_members(sentences)
    assert tuple(len(members[name]) for name in CLASSES) == classes
    assert tuple(len(members[f"N={name}"]) for name in COUNTS) == numbers
    assert sum("Normal" in overlap_classes(x, soo=False) for x in sentences) == without_soo
    assert sum(map(len, sentences)) == triples


strings = st.sampled_from(["a", "b", "ab", "c", "d", "e f", "e"])


@given(st.lists(st.tuples(strings, st.sampled_from("rs"), strings), min_size=1, max_size=5))
def test_classes_follow_their_definitions_pair_by_pair(triples):
    pairs = [(s, o) for s, _, o in triples]
    once = [pair for i, pair in enumerate(pairs) if pair not in pairs[:i]]
    ends = [end for pair in once for end in pair]
    shared = any(end in ends[:i] for i, end in enumerate(ends))
    twice = any(pair in pairs[:i] for i, pair in enumerate(pairs))
    inside = any(s in o or o in s for s, o in pairs)
    expected = {
        "SEO": shared,
        "EPO": twice,
        "SOO": inside,
        "Normal": not (shared or twice or inside),
    }
    assert overlap_classes(triples) == {name for name, holds in expected.items() if holds}
    # CopyRE and CasRel: Normal has twice as many entities as triples
    normal = len({end for pair in pairs for end in pair}) == 2 * len(triples)
    assert ("Normal" in overlap_classes(triples, soo=False)) == normal


def test_a_sentence_without_triples_is_in_no_class():
    members = class_members([[], [("a", "r", "b")], [("a", "r", f"c{n}") for n in range(6)]])
    assert {name: found for name, found in members.items() if found} == {
        "Normal": [1], "SEO": [2], "N=1": [1], "N=>=5": [2]
    }  # fmt: skip


def test_scores_by_class_restrict_to_the_sentences_of_a_class():
    gold = [[("a", "r", "b")], [("a", "r", "b"), ("a", "s", "b")]]
    found = scores_by_class(gold, [[("a", "r", "b")], []])
    assert {name: score.f1 for name, score in found.items()} == {
        "Normal": 1.0, "EPO": 0.0, "N=1": 1.0, "N=2": 0.0
    }  # fmt: skip
