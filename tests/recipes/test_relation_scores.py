"""Scores of one label a sentence, by the metric of the data set."""

from __future__ import annotations

import json

import pytest

from graphkg import SentenceGraph
from graphkg.recipes.relation_scores import SINGLE, score_labels


def sentences(*labels):
    mentions = [(0, 1, "A"), (1, 2, "B")]
    return [
        SentenceGraph.build(["a", "b"], mentions=mentions, pairs=[(0, 1, label)])
        for label in labels
    ]


def test_tacred_is_micro_f1_without_the_negative_label():
    graphs = sentences("spouse", "spouse", "no_relation", "child")
    predicted = ["spouse", "no_relation", "child", "child"]
    scores = score_labels("tacred", graphs, predicted, "no_relation", {"data": "tacred"})
    assert scores.summary() == pytest.approx({"f1": 2 / 3, "precision": 2 / 3, "recall": 2 / 3})
    found = json.loads(scores.to_json())
    assert found["protocol"] == {"data": "tacred", "sentences": 4}
    assert found["metric"].startswith("micro F1 without the negative class")
    assert score_labels("tacred", graphs, predicted, None, {}).summary() == scores.summary()


def test_kbp37_is_macro_f1_over_its_relations_with_micro_beside_it():
    here, back = "per:spouse(e1,e2)", "per:spouse(e2,e1)"
    graphs = sentences(here, here, "per:title(e1,e2)", "no_relation")
    predicted = [here, back, "per:title(e1,e2)", "no_relation"]
    summary = score_labels("kbp37", graphs, predicted, "no_relation", {}).summary()
    assert summary["f1"] == pytest.approx((0.5 + 1) / 2)
    assert summary["micro_f1"] == pytest.approx(2 / 3) and "harmonic_f1" in summary


def test_semeval_keeps_its_official_score():
    graphs = sentences("Cause-Effect(e1,e2)", "Other")
    scores = score_labels("semeval", graphs, ["Cause-Effect(e1,e2)", "Other"], None, {})
    assert scores.summary()["f1"] == 1.0 and "macro (official)" in str(scores)
    assert SINGLE == ("semeval", "kbp37", "tacred")
