"""The paired bootstrap: by hand, against scipy's, and its coverage of a known difference."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from scipy import stats

from graphkg.errors import InputError
from graphkg.metrics import mean_and_sd, paired_bootstrap, semeval_f1, tacred_f1
from graphkg.metrics.outcomes import Outcomes, semeval_outcomes, tacred_outcomes
from graphkg.metrics.seeds import welch_test

LABELS = ["no_relation", "spouse", "child", "employer"]


def noisy(gold: list[str], share: float, seed: int, labels: list[str] = LABELS) -> list[str]:
    """Predictions that are right for about `share` of the examples."""
    generator = np.random.default_rng(seed)
    wrong = generator.random(len(gold)) >= share
    guesses = generator.choice(labels, len(gold)).tolist()
    return [guess if bad else label for label, guess, bad in zip(gold, guesses, wrong)]


def golds(n: int, labels: list[str] = LABELS) -> list[str]:
    return np.random.default_rng(7).choice(labels, n).tolist()


def values(*numbers: float) -> Outcomes:
    return Outcomes.of_values(list(numbers), "accuracy")


def test_two_examples_have_the_distribution_that_can_be_counted_by_hand():
    # Differences +1 and 0: a resample of two has the mean 1, 1/2, 1/2 or 0.
    found = paired_bootstrap(values(0, 1), values(1, 1), samples=40_000, seed=3)
    assert (found.difference, found.low, found.high) == (0.5, 0.0, 1.0)
    assert found.p == pytest.approx(2 * 0.25, abs=0.02)  # a quarter of the resamples has no gain
    assert (found.only_first, found.only_second) == (0, 1)


def test_every_resample_of_three_is_as_likely_as_it_should_be():
    first, second = values(0, 0, 1), values(1, 1, 0)  # differences +1, +1, -1
    found = paired_bootstrap(first, second, samples=60_000)
    sums = [sum(drawn) for drawn in product([1, 1, -1], repeat=3)]
    exact = sum(total <= 0 for total in sums) / len(sums)
    assert found.p == pytest.approx(2 * exact, abs=0.02)


def test_identical_systems_have_no_gain_and_p_1():
    gold = golds(50)
    same = tacred_outcomes(gold, noisy(gold, 0.7, seed=1))
    found = paired_bootstrap(same, same, samples=500)
    assert (found.difference, found.low, found.high, found.p) == (0, 0, 0, 1)
    assert found.only_first == found.only_second == 0


def test_swapping_the_systems_changes_the_sign_alone():
    gold = golds(120)
    a, b = (tacred_outcomes(gold, noisy(gold, share, seed=2)) for share in (0.6, 0.7))
    there, back = (paired_bootstrap(*pair, samples=2_000) for pair in ((a, b), (b, a)))
    assert there.difference == -back.difference != 0 and there.p == back.p
    assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))
    assert (there.only_first, there.only_second) == (back.only_second, back.only_first)


def test_a_seed_gives_the_same_bits_and_another_one_others():
    gold = golds(300)
    a, b = (tacred_outcomes(gold, noisy(gold, share, seed=2)) for share in (0.6, 0.7))
    first, again, other = (paired_bootstrap(a, b, 1_000, seed=s) for s in (5, 5, 6))
    assert first == again and (first.low, first.high) != (other.low, other.high)


def test_bounded_memory_does_not_change_the_draws(monkeypatch):
    gold = golds(40)
    a, b = (tacred_outcomes(gold, noisy(gold, share, seed=2)) for share in (0.6, 0.7))
    whole = paired_bootstrap(a, b, samples=500)
    monkeypatch.setattr("graphkg.metrics.significance.DRAWN", 130)
    assert paired_bootstrap(a, b, samples=500) == whole


@pytest.mark.parametrize("scorer", ["tacred", "semeval"])
def test_the_interval_is_that_of_scipy_on_the_official_score(scorer):
    labels = LABELS if scorer == "tacred" else ["Cause-Effect(e1,e2)", "Entity-Origin(e2,e1)"]
    labels = [*labels, "Other"] if scorer == "semeval" else labels
    make = tacred_outcomes if scorer == "tacred" else semeval_outcomes
    score = tacred_f1 if scorer == "tacred" else semeval_f1
    gold = golds(60, labels)
    guesses = [noisy(gold, share, seed, labels) for share, seed in ((0.5, 1), (0.65, 2))]
    found = paired_bootstrap(*(make(gold, guess) for guess in guesses), samples=4_000)

    def gain(places):
        answers = [gold[i] for i in places]
        one, two = (score(answers, [guess[i] for i in places]).f1 for guess in guesses)
        return two - one

    oracle = stats.bootstrap(
        (np.arange(60),),
        gain,
        n_resamples=1_000,
        vectorized=False,
        method="percentile",
        random_state=np.random.default_rng(0),
    ).confidence_interval
    assert found.difference == pytest.approx(gain(range(60)), abs=1e-12)
    assert (found.low, found.high) == (
        pytest.approx(oracle.low, abs=0.03),
        pytest.approx(oracle.high, abs=0.03),
    )


def test_the_interval_of_paired_values_is_that_of_scipy():
    generator = np.random.default_rng(1)
    a = generator.random(200)
    b = a + generator.normal(0.02, 0.1, 200)
    found = paired_bootstrap(*(Outcomes.of_values(x, "mrr") for x in (a, b)), samples=20_000)
    oracle = stats.bootstrap(
        (a, b),
        lambda x, y, axis=-1: y.mean(axis) - x.mean(axis),
        paired=True,
        method="percentile",
        n_resamples=20_000,
        random_state=np.random.default_rng(2),
    ).confidence_interval
    assert (found.low, found.high) == (
        pytest.approx(oracle.low, abs=5e-4),
        pytest.approx(oracle.high, abs=5e-4),
    )


def test_the_interval_covers_a_true_difference_about_as_often_as_it_says():
    generator = np.random.default_rng(11)
    covered = 0
    for number in range(300):
        easy = generator.random((150, 1))  # both systems fail at hard examples
        right = easy < np.array([[0.7, 0.75]]) + generator.normal(0, 0.05, (150, 1))
        flipped = generator.random((150, 2)) < 0.1  # truth: 0.8 x the difference of 0.05
        a, b = torch.from_numpy(right ^ flipped).double().unbind(1)
        sides = (Outcomes.of_values(x, "accuracy") for x in (a, b))
        found = paired_bootstrap(*sides, samples=400, seed=number)
        covered += found.low <= 0.8 * 0.05 <= found.high
    assert 0.91 <= covered / 300 <= 0.985


def test_several_runs_score_their_mean_on_the_same_resamples():
    gold = golds(80)
    one, two = (
        [tacred_outcomes(gold, noisy(gold, share, seed)) for seed in (1, 2, 3)]
        for share in (0.6, 0.75)
    )
    found = paired_bootstrap(one, two, samples=1_000)
    means = [mean_and_sd([run.score for run in side]) for side in (one, two)]
    assert [found.first, found.second] == means and found.first.n == 3
    assert found.difference == pytest.approx(means[1].mean - means[0].mean)
    repeated = paired_bootstrap([one[0]] * 3, [two[0]] * 3, samples=1_000)
    alone = paired_bootstrap(one[0], two[0], samples=1_000)
    assert (repeated.low, repeated.high) == (pytest.approx(alone.low), pytest.approx(alone.high))


def test_drawing_the_runs_too_adds_the_noise_of_training():
    gold = golds(400)
    one, two = (
        [tacred_outcomes(gold, noisy(gold, share, seed)) for seed, share in enumerate(shares)]
        for shares in ((0.5, 0.6, 0.7), (0.6, 0.7, 0.8))
    )
    narrow = paired_bootstrap(one, two, samples=2_000)
    wide = paired_bootstrap(one, two, samples=2_000, over_seeds=True)
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)
    assert wide.difference == narrow.difference and wide.protocol["over_seeds"]


def test_an_example_is_right_in_a_system_if_most_of_its_runs_are():
    runs = [values(1, 0, 0, 1), values(1, 1, 0, 1), values(1, 0, 0, 0)]
    found = paired_bootstrap(runs, values(0, 1, 0, 1), samples=10)
    assert (found.only_first, found.only_second) == (1, 1)


def test_it_prints_a_small_table_and_carries_its_protocol():
    gold = golds(200)
    one, two = (
        [tacred_outcomes(gold, noisy(gold, share, seed)) for seed in (1, 2)] for share in (0.5, 0.8)
    )
    found = paired_bootstrap(one, two, 500, 3, 0.9, names=("cgcn", "jrrelp"))
    lines = str(found).splitlines()
    assert lines[0].split() == ["score", "f1"] and lines[1].startswith("cgcn ")
    assert "+- " in lines[2] and "(n = 2)" in lines[2]
    assert ", 90% interval +" in lines[3] and "p = 0.0040" in lines[3]
    assert lines[-1] == "resampled: 200 examples, 500 times, seed 3"
    data = json.loads(found.to_json())
    assert data["second"]["name"] == "jrrelp" and data["interval"] == [found.low, found.high]
    kept = {key: data["protocol"][key] for key in ("samples", "seed", "n", "confidence", "unit")}
    assert kept == {"samples": 500, "seed": 3, "n": 200, "confidence": 0.9, "unit": "examples"}
    assert data["t_test"] is None and "p_rule" in data["protocol"]
    scores = ([run.score for run in side] for side in (one, two))
    tested = replace(found, t_test=welch_test(*scores))
    assert str(tested).splitlines()[-1].startswith("Welch t-test over seeds: t = ")
    assert json.loads(tested.to_json())["t_test"]["kind"] == "Welch"


def test_it_says_that_one_run_tells_nothing_of_the_seed():
    found = paired_bootstrap(values(0, 1), values(1, 1), samples=10)
    assert str(found).endswith("the interval knows nothing of the noise of its seed")


def test_what_cannot_be_compared_is_one_sentence():
    a = tacred_outcomes(golds(10), golds(10))
    with pytest.raises(InputError, match="9 and 10 examples were given"):
        paired_bootstrap(a, tacred_outcomes(golds(9), golds(9)))
    with pytest.raises(InputError, match="gold answers differ, first at place"):
        paired_bootstrap(a, tacred_outcomes(["no_relation"] * 10, golds(10)))
    with pytest.raises(InputError, match="accuracy cannot be compared with f1"):
        paired_bootstrap(a, tacred_outcomes(golds(10), golds(10), metric="accuracy"))
    with pytest.raises(InputError, match="at least 2"):
        paired_bootstrap(values(1), values(0))
    with pytest.raises(InputError, match="samples=0"):
        paired_bootstrap(a, a, samples=0)
    with pytest.raises(InputError, match="without runs"):
        paired_bootstrap(a, [])
