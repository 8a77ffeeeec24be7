"""Found triples as data: scored again from what was said, kept in files, compared by sentences."""

from __future__ import annotations

import json

import pytest
from qidn_runs import SMALL

from graphkg import load
from graphkg.errors import InputError
from graphkg.recipes.comparison import compare
from graphkg.recipes.found_triples import FoundTriples
from graphkg.recipes.prediction_files import write_predictions
from graphkg.recipes.qidn import build_qidn_recipe
from graphkg.recipes.qidn_training import train_qidn

QUICK = {"samples": 400}
ANN, LEE, ROME = ("Ann", [0, 1], "PER"), ("Lee", [0, 1], "PER"), ("Rome", [2, 3], "LOC")


@pytest.fixture(scope="module")
def single(qidn_run, tmp_path_factory):
    """Two seeds of a system that can say one triple a sentence, barely trained."""
    system, _, data = qidn_run
    folder = tmp_path_factory.mktemp("single")
    given = {**SMALL, "encoder": system.recipe.encoder, "data": system.recipe.data}
    for seed in (0, 1):
        changes = {"num_queries": 1, "epochs": 20, "seed": seed}
        train_qidn(build_qidn_recipe(None, {**given, **changes}), folder / str(seed), data=data)
    return folder


@pytest.fixture
def written(tmp_path):
    """Writes the lines of a system that said `predicted` of two sentences with a triple each."""

    def write(name, predicted, **changes):
        gold = [[ANN, "left", ROME]], [[LEE, "left", ROME]]
        facts = {"model": name, "data": "two", "split": "test", "metric": "strict"}
        rows = [
            {"key": str(n), "text": "", "gold": right, "predicted": said, **facts, **changes}
            for n, (right, said) in enumerate(zip(gold, predicted))
        ]
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


def test_the_scores_of_a_system_come_again_from_what_it_found(single, qidn_run):
    _, _, data = qidn_run
    system = load(single / "0")
    found = FoundTriples.of(system, data.test, "test")
    scores = system.evaluate(data)
    assert 0 < scores.f1 < 1
    for metric in ("f1", "precision", "recall"):
        assert found.outcomes(metric).score == scores.summary()[metric]
    assert repr(found) == "FoundTriples('0', four, 4 sentences)"
    assert found.outcomes("accuracy").score == sum(
        {(t.subject.text, t.relation, t.object.text) for t in one.triples}
        == {(s[0], relation, o[0]) for s, relation, o in row.gold}
        for one, row in zip(system.predict(data.test), found.rows)
    ) / len(data.test)


def test_a_file_has_one_line_a_sentence_and_is_read_as_it_was_written(qidn_run, tmp_path):
    system, _, data = qidn_run
    found = FoundTriples.of(system, data.test, "test")
    path = tmp_path / "deep" / "said.jsonl"
    write_predictions(found, path)
    assert FoundTriples.read(path) == found
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [row["key"] for row in rows] == ["epo", "seo", "soo", "none"]
    assert rows[2]["gold"] == [[["the city of Rome", [0, 4], "LOC"], "of", ["Rome", [3, 4], "LOC"]]]
    assert rows[2]["predicted"] == rows[2]["gold"] and 0 < rows[2]["score"][0] <= 1
    with pytest.raises(InputError, match="predictions of triples in sentences are .jsonl"):
        write_predictions(found, tmp_path / "said.tsv")


def test_the_gain_over_two_sentences_is_that_of_all_their_resamples(written):
    """Resamples are (1, 1), (1, 2), (2, 1), (2, 2): the first system's recall is 1, .5, .5, 0."""
    half = written("half", [[[ANN, "left", ROME]], []])
    both = written("both", [[[ANN, "left", ROME]], [[LEE, "left", ROME]]])
    found = compare(half, both, metric="recall", samples=4000)
    assert (found.first.mean, found.second.mean, found.difference) == (0.5, 1.0, 0.5)
    assert (found.low, found.high) == (0.0, 1.0)
    assert found.p == pytest.approx(2 / 4, abs=0.04)  # a quarter of the resamples has no gain
    assert (found.only_first, found.only_second) == (0, 1)
    f1 = compare(half, both, **QUICK)
    assert f1.metric == "f1" and f1.difference == pytest.approx(1 - 2 / 3)
    assert f1.protocol["unit"] == "sentences" and f1.protocol["kind"] == "triples in sentences"
    assert compare(half, both, metric="precision", **QUICK).difference == 0.0


def test_seeds_of_two_systems_are_compared_on_the_sentences_of_their_data(
    single, qidn_run, tmp_path
):
    system, folder, data = qidn_run
    found = compare(single, folder, **QUICK)
    scores = [load(single / seed).evaluate(data).f1 for seed in ("0", "1")]
    assert found.first.n == 2 and found.first.mean == pytest.approx(sum(scores) / 2)
    assert found.second.mean == 1.0 and found.protocol["n"] == len(data.test)
    assert found.protocol["test"]["metric"] == "strict"
    assert compare(folder, folder, "valid", "accuracy", **QUICK).difference == 0.0
    write_predictions(FoundTriples.of(system, data.test, "test"), tmp_path / "said.jsonl")
    stored = compare(single, tmp_path / "said.jsonl", **QUICK)
    assert (stored.difference, stored.low, stored.p) == (found.difference, found.low, found.p)


def test_what_cannot_be_compared_is_one_sentence(single, qidn_run, run, written):
    _, folder, _ = qidn_run
    with pytest.raises(InputError, match="is a run of jrrelp, but .*: compare two of one kind"):
        compare(folder, run[1])
    with pytest.raises(InputError, match="metric 'harmonic_f1' is not one of f1, precision"):
        compare(folder, folder, metric="harmonic_f1")
    one, other = written("one", [[], []]), written("other", [[], []], metric="exact")
    with pytest.raises(InputError, match="not asked the same: metric is 'strict' and 'exact'"):
        compare(one, other)
    with pytest.raises(InputError, match="data is 'four' and 'two'"):
        compare(folder, one)
    with pytest.raises(InputError, match="example 1 is .* in the same order"):
        compare(one, written("moved", [[], []], text="moved"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gold": "Ann"}, "said.jsonl:2: gold is 'Ann', but key, text, gold, predicted"),
        ({"key": 3}, "said.jsonl:2: key is 3, but key"),
        ({"score": 0.5}, "said.jsonl:2: score is 0.5, but key"),
        ({"metric": "near"}, "said.jsonl:2: metric is 'near', but one of exact, partial"),
        ({"predicted": [["Ann", "left", "Rome"]]}, "said.jsonl:2: predicted holds .* but triples"),
        ({"predicted": [[ANN, ["left"], ROME]]}, "said.jsonl:2: predicted holds .* but triples"),
        ({"predicted": [[["Ann", [0], "PER"], "left", ROME]]}, "said.jsonl:2: predicted holds"),
        ({"model": "b"}, "said.jsonl:2: .*'model': 'b'.* keep one system's answers in a file"),
    ],
)
def test_a_line_that_does_not_fit_is_named(written, changes, message):
    path = written("said", [[], []])
    first, second = path.read_text(encoding="utf-8").splitlines()
    path.write_text(first + "\n" + json.dumps({**json.loads(second), **changes}), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        compare(path, path)


def test_a_file_of_another_program_needs_a_rule_and_no_more_facts(written, tmp_path):
    path = written("own", [[[ANN, "left", ROME]], []])
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    bare = [{x: row[x] for x in ("key", "text", "gold", "predicted", "metric")} for row in rows]
    other = tmp_path / "other.jsonl"
    other.write_text("\n".join(map(json.dumps, bare)), encoding="utf-8")
    assert compare(path, other, **QUICK).difference == 0.0
    assert FoundTriples.read(other).name == "other"
