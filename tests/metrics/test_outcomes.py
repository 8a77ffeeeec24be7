"""Counts of examples: their sum is the official score, of all examples and of every resample."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.metrics import (
    multi_label_f1,
    ranks,
    score_extraction,
    semeval_f1,
    summarise,
    tacred_f1,
)
from graphkg.metrics.classification import DIRECTED, OTHER
from graphkg.metrics.outcomes import (
    RANKING,
    Outcomes,
    multi_label_outcomes,
    rank_outcomes,
    scores_of,
    semeval_outcomes,
    tacred_outcomes,
    triple_outcomes,
)

CLOSE = 1e-12


def pairs_of(labels):
    few = st.sampled_from(labels)
    return st.lists(st.tuples(few, few), min_size=1, max_size=30)


def vectorised(outcomes: Outcomes) -> float:
    return scores_of(outcomes.counts.sum(0).unsqueeze(0), outcomes.form).item()


@given(pairs_of(["no_relation", "spouse", "child", "employer"]))
def test_the_sum_of_counts_is_the_f1_of_tacred(pairs):
    gold, predicted = zip(*pairs)
    outcomes = tacred_outcomes(gold, predicted)
    assert outcomes.score == tacred_f1(gold, predicted).f1
    assert vectorised(outcomes) == pytest.approx(outcomes.score, abs=CLOSE)


@given(pairs_of([*DIRECTED[:8], OTHER]))
def test_the_sum_of_counts_is_each_score_of_semeval(pairs):
    gold, predicted = zip(*pairs)
    official = semeval_f1(gold, predicted)
    expected = {
        "f1": official.f1,
        "harmonic_f1": official.harmonic,
        "micro_f1": official.micro.f1,
        "accuracy": official.accuracy,
    }
    for metric, value in expected.items():
        outcomes = semeval_outcomes(gold, predicted, metric)
        assert outcomes.score == value
        assert vectorised(outcomes) == pytest.approx(value, abs=CLOSE)


@given(pairs_of([*DIRECTED[:6], OTHER]), st.randoms(use_true_random=False))
def test_a_resample_has_the_official_score_of_its_examples(pairs, random):
    drawn = [random.randrange(len(pairs)) for _ in pairs]
    gold, predicted = zip(*pairs)
    counts = semeval_outcomes(gold, predicted).counts[drawn]
    resampled = semeval_f1([gold[i] for i in drawn], [predicted[i] for i in drawn])
    assert scores_of(counts.sum(0), "macro").item() == pytest.approx(resampled.f1, abs=CLOSE)


SETS = st.sets(st.sampled_from(["no_relation", "spouse", "child", "employer"]))


@given(st.lists(st.tuples(SETS, SETS), min_size=1, max_size=20))
def test_the_sum_of_counts_is_the_f1_of_sets_of_relations(pairs):
    gold, predicted = zip(*pairs)
    outcomes = multi_label_outcomes(gold, predicted)
    assert outcomes.score == multi_label_f1(gold, predicted).f1
    assert vectorised(outcomes) == pytest.approx(outcomes.score, abs=CLOSE)


def triple(subject, relation, object_, kind="_"):
    return (subject, (0, 1), "_"), relation, (object_, (2, 3), kind)


def test_triples_of_three_sentences_are_counted_as_by_hand():
    a, b, c, d = (triple(*ends) for ends in ("xry", "xsy", "yrz", "ysz"))
    gold, predicted = [[a, b], [c], []], [[a, d], [c, c], [d]]
    shares = {"f1": 4 / 7, "precision": 2 / 4, "recall": 2 / 3, "accuracy": 1 / 3}
    for metric, share in shares.items():
        outcomes = triple_outcomes(gold, predicted, metric=metric)
        assert outcomes.score == pytest.approx(share, abs=CLOSE) and outcomes.unit == "sentences"
        assert vectorised(outcomes) == pytest.approx(share, abs=CLOSE)
        assert outcomes.right.tolist() == [False, True, False]
    assert triple_outcomes(gold, predicted).counts[:, 0].tolist() == [
        [1, 2, 2],
        [1, 1, 1],
        [0, 1, 0],
    ]


def test_triples_are_compared_by_the_rule_that_is_asked():
    gold, other = [[triple("x", "r", "y", "LOC")]], [[triple("x", "r", "y", "ORG")]]
    assert [triple_outcomes(gold, other, rule).score for rule in ("exact", "strict")] == [1.0, 0.0]
    with pytest.raises(InputError, match="match='near' was given"):
        triple_outcomes(gold, other, "near")
    with pytest.raises(InputError, match="metric 'f2' is not one of f1, precision, recall"):
        triple_outcomes(gold, other, metric="f2")


STATED = st.sets(st.builds(triple, *[st.sampled_from("xyz")] * 3), max_size=4)


@given(st.lists(st.tuples(STATED, STATED), min_size=1, max_size=8), st.data())
def test_a_resample_of_sentences_has_the_scores_of_its_triples(pairs, data):
    numbers = st.integers(0, len(pairs) - 1)
    drawn = data.draw(st.lists(numbers, min_size=len(pairs), max_size=len(pairs)))
    gold, predicted = zip(*pairs)
    whole = score_extraction([gold[i] for i in drawn], [predicted[i] for i in drawn], "partial")
    for metric in ("f1", "precision", "recall"):
        outcomes = triple_outcomes(gold, predicted, "partial", metric)
        found = scores_of(outcomes.counts[drawn].sum(0), outcomes.form).item()
        assert found == pytest.approx(whole.summary()[metric], abs=CLOSE)


@pytest.mark.parametrize("metric", RANKING)
def test_the_mean_of_values_is_the_summary_of_ranks(metric):
    scores = torch.randn(40, 30, generator=torch.Generator().manual_seed(1)).round(decimals=1)
    found = ranks(scores, torch.arange(40) % 30)
    assert rank_outcomes(found, metric).score == pytest.approx(summarise(found)[metric], abs=CLOSE)


def test_a_wrong_direction_is_a_wrong_guess_of_the_relation():
    outcomes = semeval_outcomes(["Cause-Effect(e1,e2)"], ["Cause-Effect(e2,e1)"])
    assert outcomes.counts[0, 0].tolist() == [0, 1, 1] and not outcomes.right.any()
    guessed = ["Cause-Effect(e1,e2)", "Cause-Effect(e2,e1)"]
    outcomes = semeval_outcomes(["Other", "Cause-Effect(e2,e1)"], guessed)
    assert outcomes.counts[:, 0].tolist() == [[0, 1, 0], [1, 1, 1]]
    assert semeval_outcomes(["Other"], guessed[:1]).score == 0


def test_missing_predictions_count_as_other_if_asked():
    gold = {"1": "Cause-Effect(e1,e2)", "2": "Other"}
    outcomes = semeval_outcomes(gold, {"1": "Cause-Effect(e1,e2)"}, partial=True)
    assert outcomes.score == 1 and outcomes.right.tolist() == [True, True]


def test_groups_add_up_and_keep_the_score_and_who_is_right():
    outcomes = multi_label_outcomes([{"a"}, {"b"}, {"a"}], [{"a"}, {"a"}, {"b"}])
    joined = outcomes.grouped(["s1", "s2", "s1"], "sentences")
    assert joined.counts[:, 0].tolist() == [[1, 2, 2], [0, 1, 1]]
    assert joined.score == outcomes.score and joined.right.tolist() == [True, False, False]
    assert repr(joined) == "Outcomes(f1, 2 sentences, 0.333)"


def test_groups_of_unequal_size_keep_the_mean_of_their_examples():
    outcomes = Outcomes.of_values([1.0, 0.5, 0.0], "mrr")
    joined = outcomes.grouped([0, 0, 1], "triples")
    assert joined.score == outcomes.score == 0.5


def test_what_does_not_fit_is_one_sentence():
    with pytest.raises(InputError, match="metric 'f2' is not one of f1, harmonic_f1, micro_f1"):
        semeval_outcomes(["Other"], ["Other"], "f2")
    with pytest.raises(InputError, match="not one of f1, accuracy"):
        tacred_outcomes(["a"], ["a"], metric="mrr")
    with pytest.raises(InputError, match="not one of mrr"):
        rank_outcomes(ranks(torch.rand(1, 2), torch.tensor([0])), "f1")
    with pytest.raises(InputError, match="not one of the 19 labels"):
        semeval_outcomes(["Other"], ["other"])
    with pytest.raises(InputError, match=r"\[n, C, 3\]"):
        Outcomes("f1", torch.ones(3, 3), "micro", torch.ones(3).bool())
    with pytest.raises(InputError, match="no finite numbers"):
        Outcomes.of_values([float("nan")], "mrr")
