"""Relation prediction: raw and filtered ranks of the true relation, by hand."""

from __future__ import annotations

import json

import pytest
import torch

from graphkg.metrics.relation_ranking import RelationRanking


def ranking():
    scores = torch.tensor([[3.0, 2.0, 1.0, 0.0], [3.0, 2.0, 1.0, 0.0], [1.0, 1.0, 0.0, 5.0]])
    known = torch.tensor([[1, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 1]]).bool()
    return RelationRanking.of(scores, torch.tensor([2, 1, 0]), known, {"split": "test"})


def test_other_true_relations_of_the_pair_are_left_out_of_filtered_ranks():
    found = ranking()
    assert found.raw.realistic.tolist() == [3, 2, 2.5]
    assert found.filtered.realistic.tolist() == [2, 2, 1.5]
    assert found.filtered.candidates.tolist() == [3, 4, 3]


def test_the_report_has_hits_and_the_mean_rank_of_both():
    found = ranking().summary()
    assert found["raw"] == pytest.approx({"hits@1": 0, "hits@3": 1, "hits@10": 1, "mr": 2.5})
    assert found["filtered"]["mr"] == pytest.approx(5.5 / 3)
    saved = json.loads(json.dumps(ranking().to_dict()))
    assert saved["triples"] == 3 and saved["protocol"] == {"split": "test"}
    text = str(ranking())
    assert "relations (3 triples)" in text and "filtered" in text and "1.8" in text
