"""Relation classification scores against hand-made numbers and a slow second implementation."""

from __future__ import annotations

import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.metrics import by_id, semeval_f1, tacred_f1
from graphkg.metrics.classification import DIRECTED, OTHER, RELATIONS

CE12, CE21 = "Cause-Effect(e1,e2)", "Cause-Effect(e2,e1)"
CW12 = "Component-Whole(e1,e2)"


def test_tacred_f1_leaves_the_negative_class_out():
    gold = ["a", "a", "b", "no_relation", "no_relation", "c"]
    predicted = ["a", "b", "b", "a", "no_relation", "no_relation"]
    score = tacred_f1(gold, predicted)
    assert (score.correct, score.guessed, score.gold) == (2, 4, 4)
    assert (score.precision, score.recall, score.f1) == (0.5, 0.5, 0.5)
    assert score.by_relation["a"].to_dict() == {
        "precision": 0.5, "recall": 0.5, "f1": 0.5, "correct": 1, "guessed": 2, "gold": 2
    }  # fmt: skip
    assert list(score.by_relation) == ["a", "b", "c"]
    assert score.by_relation["c"].precision == 1.0 and score.by_relation["c"].f1 == 0.0


def test_tacred_precision_is_one_when_nothing_is_guessed():
    score = tacred_f1(["a", "no_relation"], ["no_relation"] * 2)
    assert (score.precision, score.recall, score.f1) == (1.0, 0.0, 0.0)


def test_tacred_f1_takes_ids_numbers_and_tensors():
    gold, predicted = {"s1": "a", "s2": "NA"}, {"s2": "a", "s1": "a"}
    assert tacred_f1(gold, predicted, negative="NA").f1 == pytest.approx(2 / 3)
    assert tacred_f1(torch.tensor([1, 0]), torch.tensor([1, 1]), negative=0).precision == 0.5


labels = st.lists(st.tuples(*[st.sampled_from(["a", "b", "c", "no_relation"])] * 2), min_size=1)


@given(labels)
def test_tacred_f1_equals_counting_one_by_one(pairs):
    correct = guessed = gold = 0
    for g, p in pairs:
        correct += g == p and g != "no_relation"
        guessed += p != "no_relation"
        gold += g != "no_relation"
    precision = correct / guessed if guessed else 1.0
    recall = correct / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if correct else 0.0
    score = tacred_f1(*zip(*pairs))
    assert (score.precision, score.recall, score.f1) == pytest.approx((precision, recall, f1))


def test_semeval_f1_counts_a_wrong_direction_against_precision_and_recall():
    gold = [CE12, CE12, CE21, OTHER, CW12]
    predicted = [CE12, CE21, CW12, CE12, CW12]
    score = semeval_f1(gold, predicted)
    cause, whole = score.by_relation["Cause-Effect"], score.by_relation["Component-Whole"]
    # proposed Cause-Effect: 1 right, 1 with the wrong direction, 1 that should be Other
    assert (cause.correct, cause.guessed, cause.gold) == (1, 3, 3)
    assert (whole.correct, whole.guessed, whole.gold) == (1, 2, 1)
    assert score.f1 == pytest.approx((1 / 3 + 2 / 3) / 2)
    assert score.precision == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert score.recall == pytest.approx((1 / 3 + 1) / 2)
    assert score.harmonic == pytest.approx(2 * (5 / 12) * (2 / 3) / (5 / 12 + 2 / 3))
    assert score.micro.f1 == pytest.approx(2 * 2 / (5 + 4))
    assert score.accuracy == 2 / 5
    assert score.undirected.by_relation["Cause-Effect"].correct == 2
    assert score.directed.by_relation[CE12].guessed == 2


def test_semeval_means_are_over_the_relations_of_the_key():
    score = semeval_f1([CE12, OTHER], [CE12, CW12])
    assert list(score.by_relation) == ["Cause-Effect"] and score.f1 == 1.0


def official(gold, predicted):
    """Evaluation.md §3, spelt out per relation."""
    scores = []
    for relation in RELATIONS:
        pairs = [(g, p) for g, p in zip(gold, predicted)]
        correct = sum(g == p and g.startswith(relation) for g, p in pairs)
        wrong = sum(g != p and g.startswith(relation) and p.startswith(relation) for g, p in pairs)
        proposed = sum(p.startswith(relation) for _, p in pairs) - wrong
        actual = sum(g.startswith(relation) for g, _ in pairs)
        precision = correct / (proposed + wrong) if proposed else 0.0
        recall = correct / actual if actual else 0.0
        if actual:
            total = precision + recall
            scores.append(2 * precision * recall / total if total else 0.0)
    return sum(scores) / max(len(scores), 1)


task = st.sampled_from((*DIRECTED[:6], OTHER))


@given(st.lists(st.tuples(task, task), min_size=1))
def test_semeval_f1_equals_the_definition(pairs):
    gold, predicted = zip(*pairs)
    assert semeval_f1(gold, predicted).f1 == pytest.approx(official(gold, predicted))


def test_missing_predictions_raise_unless_they_are_to_count_as_other():
    gold = {1: CE12, 2: CE12}
    with pytest.raises(InputError, match=r"1 of 2 ids \(such as 2\) have no prediction"):
        semeval_f1(gold, {1: CE12})
    score = semeval_f1(gold, {1: CE12}, partial=True)
    assert (score.recall, score.without_prediction) == (0.5, 1)


@pytest.mark.parametrize(
    ("gold", "predicted", "message"),
    [
        ([], [], "no gold answer"),
        ([CE12], [], "no prediction for 1 gold"),
        ([CE12], [CE12, CE12], "2 predictions for 1 gold"),
        ({1: CE12}, {1: CE12, 5: CE12}, "such as 5"),
        ({1: CE12}, [CE12], "one of gold and predicted has ids"),
        ([CE12], ["Cause-Effect"], "predicted label 0 is 'Cause-Effect'.*did you mean"),
        (["other"], [CE12], "gold label 0 is 'other'"),
    ],
)
def test_what_does_not_fit_raises(gold, predicted, message):
    with pytest.raises(InputError, match=message):
        semeval_f1(gold, predicted)


def test_tacred_f1_refuses_labels_it_cannot_trust():
    with pytest.raises(InputError, match="predicted label 1 is 'spose'"):
        tacred_f1(["spouse"] * 2, ["spouse", "spose"], labels=["spouse", "no_relation"])
    with pytest.raises(InputError, match="negative label 0 is 'no_relation'"):
        tacred_f1(["spouse"], ["spouse"], labels=["spouse", "NA"])
    with pytest.raises(InputError, match="labels are given as numbers"):
        tacred_f1([1, 2], [1, 2])


def test_duplicated_ids_raise():
    assert by_id([(1, "a"), (2, "b")]) == {1: "a", 2: "b"}
    with pytest.raises(InputError, match="row 3: the id 1 occurs twice"):
        by_id([(1, "a"), (2, "b"), (1, "b")])


def test_results_print_as_tables_and_save_as_json():
    score = semeval_f1([CE12, OTHER], [CE12, OTHER])
    assert "macro (official)" in str(score) and "100.00%" in str(score)
    assert json.loads(json.dumps(score.to_dict()))["f1"] == 1.0
    tacred = tacred_f1(["a"], ["a"])
    assert "without no_relation" in str(tacred) and json.dumps(tacred.to_dict())
