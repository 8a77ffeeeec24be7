"""Predictions as data: the scores of a system computed again from what it answered."""

from __future__ import annotations

import json

import pytest

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.metrics import tacred_f1
from graphkg.recipes.jrrelp import build_recipe
from graphkg.recipes.prediction_files import read_predictions, write_predictions
from graphkg.recipes.predictions import Prediction, Predictions, Protocol
from graphkg.recipes.relation_data import RelationData
from graphkg.recipes.relation_training import train_jrrelp
from graphkg.vocab import Vocabularies, Vocabulary

AS_SEMEVAL = {
    "place of birth": "Entity-Origin(e1,e2)",
    "employer": "Member-Collection(e1,e2)",
    "spouse": "Member-Collection(e2,e1)",
    "headquarters location": "Component-Whole(e1,e2)",
    "founded by": "Product-Producer(e1,e2)",
    "no_relation": "Other",
}


@pytest.fixture(scope="module")
def semeval(data, settings, tmp_path_factory):
    """A system trained on the invented sentences with labels of SemEval, and its test part."""
    relations = Vocabulary(list(AS_SEMEVAL.values()), name="relation")

    def named(graphs):
        renamed = [g.with_pairs([(s, o, AS_SEMEVAL[r]) for s, o, r in g.pairs]) for g in graphs]
        return [graph.encode(Vocabularies(relation=relations)) for graph in renamed]

    parts = [named(part) for part in (data.train, data.valid, data.test)]
    found = RelationData("fake", *parts, relations, None, "semeval")
    changed = {**settings, "epochs": 3, "relation_loss": "softmax"}
    folder = tmp_path_factory.mktemp("semeval") / "run"
    return train_jrrelp(build_recipe(None, changed), folder, data=found), found.test


def test_the_score_of_a_system_comes_again_from_its_predictions(run, data):
    system, _ = run
    found = Predictions.of(system, data.test, "test")
    assert found.outcomes("f1").score == system.evaluate(data.test).summary()["f1"]
    assert len(found.rows) == len(data.test) and found.rows[0].key == data.test[0].key
    assert repr(found) == f"Predictions('jrrelp', fake, {len(data.test)} pairs)"


def test_every_score_of_semeval_comes_again_from_the_predictions(semeval):
    system, graphs = semeval
    found, summary = Predictions.of(system, graphs, "test"), system.evaluate(graphs).summary()
    for metric in ("f1", "harmonic_f1", "micro_f1"):
        assert found.outcomes(metric).score == summary[metric]
    assert found.outcomes("accuracy").score == system.evaluate(graphs).score.accuracy
    assert all(len(row.predicted) == len(row.score) == 1 for row in found.rows)


def test_one_label_a_sentence_is_scored_as_tacred_scores(run, data, monkeypatch):
    system, _ = run
    monkeypatch.setitem(system.data, "metric", "tacred")
    found = Predictions.of(system, data.test, "test")
    gold, predicted = zip(*((row.gold[0], row.predicted[0]) for row in found.rows))
    assert found.outcomes().score == tacred_f1(gold, predicted).f1


@pytest.mark.parametrize("ending", ["jsonl", "tsv"])
def test_a_file_has_one_line_an_example_and_is_read_as_it_was_written(
    run, semeval, data, tmp_path, ending
):
    for system, graphs in ((run[0], data.test), semeval):
        found = Predictions.of(system, graphs, "test")
        path = tmp_path / "deep" / f"answers.{ending}"
        write_predictions(found, path)
        assert read_predictions(path) == found
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(graphs) + (ending == "tsv")
        assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_pairs_of_a_sentence_are_resampled_together():
    mentions = [(0, 1, "A"), (1, 2, "B"), (2, 3, "C")]
    pairs = [(0, 1, "x"), (1, 0, "no_relation"), (0, 1, "y"), (1, 2, "x")]
    graphs = [
        SentenceGraph.build(list("abc"), [0, 1, 1], mentions=mentions, pairs=pairs, key="one"),
        SentenceGraph.build(list("abc"), [0, 1, 1], mentions=mentions, pairs=pairs[:1]),
    ]
    found = Predictions.of(AllX(), graphs, "test")
    assert [(r.key, r.subject, r.object, r.gold) for r in found.rows] == [
        ("one", 0, 1, ("x", "y")),
        ("one", 1, 0, ("no_relation",)),
        ("one", 1, 2, ("x",)),
        ("1", 0, 1, ("x",)),
    ]
    outcomes = found.outcomes()
    assert outcomes.counts[:, 0].tolist() == [[2, 3, 3], [1, 1, 1]]
    assert outcomes.unit == "sentences" and outcomes.right.tolist() == [False, False, True, True]


class AllX:
    """A system that answers x to every pair."""

    name, negative = "all x", "no_relation"
    data = {"data": "letters", "metric": "pairs"}
    vocabularies = Vocabularies(relation=Vocabulary(["no_relation", "x", "y"], name="relation"))

    def predict(self, graphs):
        import torch

        from graphkg.models.jrrelp import Predicted

        count = sum(len({pair[:2] for pair in graph.pairs}) for graph in graphs)
        logits = torch.tensor([[0.0, 1.0, 0.0]]).repeat(count, 1)
        return Predicted(logits, logits, logits > 0.5, logits.argmax(1))

    def chosen(self, predicted):
        return [[best] for best in predicted.best.tolist()]


def test_sentences_with_one_key_are_told_apart():
    mentions, pairs = [(0, 1, "A"), (1, 2, "B")], [(0, 1, "x")]
    graph = SentenceGraph.build(list("ab"), [0, 1], mentions=mentions, pairs=pairs, key="same")
    found = Predictions.of(AllX(), [graph, graph], "test")
    assert [row.key for row in found.rows] == ["same@0", "same@1"]


def lines(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_file_of_another_program_needs_key_gold_and_predicted(tmp_path):
    row = {"key": 8001, "gold": "Other", "predicted": "Cause-Effect(e1,e2)"}
    found = read_predictions(lines(tmp_path / "theirs.jsonl", row))
    assert found.protocol == Protocol("theirs", "unknown", "unknown", "semeval")
    assert found.rows == (Prediction("8001", 0, 1, ("Other",), ("Cause-Effect(e1,e2)",)),)
    row = {"key": "a", "gold": ["spouse"], "predicted": []}
    found = read_predictions(lines(tmp_path / "theirs.jsonl", row))
    assert found.protocol.metric == "pairs" and found.protocol.negative == "no_relation"
    (tmp_path / "t.tsv").write_text("key\tgold\tpredicted\na\tx|y\t\n", encoding="utf-8")
    assert read_predictions(tmp_path / "t.tsv").rows == (Prediction("a", 0, 1, ("x", "y"), ()),)


GOOD = {"key": "a", "gold": ["x"], "predicted": ["x"]}
BAD = {
    "empty": ([], "holds no prediction"),
    "twice": ([GOOD, GOOD], r"bad.jsonl:2: the pair \('a', 0, 1\) is there twice"),
    "missing": ([GOOD, {"key": "b", "gold": ["x"]}], "bad.jsonl:2: predicted is missing"),
    "numbers": ([{**GOOD, "gold": [3]}], "bad.jsonl:1: gold and predicted are labels"),
    "list": ([GOOD, ["b"]], "bad.jsonl:2: not an object"),
    "score": ([{**GOOD, "score": ["much"]}], "score are numbers"),
    "two models": ([GOOD, {**GOOD, "key": "b", "model": "m"}], "bad.jsonl:2: model is 'm'"),
    "no label": ([{**GOOD, "predicted": [], "metric": "tacred"}], "have not one label of each"),
    "metric": ([{**GOOD, "metric": "semeval"}], "scored as semeval, but some labels"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_line_that_does_not_fit_is_located(tmp_path, case):
    rows, message = BAD[case]
    with pytest.raises(InputError, match=message):
        read_predictions(lines(tmp_path / "bad.jsonl", *rows))


def test_other_files_are_refused(tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"key": \n', encoding="utf-8")
    with pytest.raises(InputError, match="bad.jsonl:1: not JSON"):
        read_predictions(tmp_path / "bad.jsonl")
    (tmp_path / "bad.tsv").write_text("key\tgold\tpredicted\na\tb\n", encoding="utf-8")
    with pytest.raises(InputError, match="bad.tsv:2: 2 columns, but 3"):
        read_predictions(tmp_path / "bad.tsv")
    with pytest.raises(InputError, match="ends in '.csv'"):
        read_predictions(tmp_path / "bad.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_predictions(tmp_path / "none.jsonl")


def test_a_label_that_a_table_cannot_hold_is_told(tmp_path):
    row = Prediction("a", 0, 1, ("x|y",), ("z",), (0.5,))
    found = Predictions((row,), Protocol("m", "d", "test", "pairs", "no_relation"))
    with pytest.raises(InputError, match="write predictions as .jsonl"):
        write_predictions(found, tmp_path / "out.tsv")
    assert not (tmp_path / "out.tsv").exists()
    write_predictions(found, tmp_path / "out.jsonl")
    assert read_predictions(tmp_path / "out.jsonl") == found


def test_a_metric_that_cannot_be_resampled_is_told():
    found = Predictions((Prediction("a", 0, 1, ("x",), ("x",)),), Protocol("m", "d", "t", "bleu"))
    with pytest.raises(
        InputError, match="scored by 'bleu', but only semeval, kbp37, tacred, pairs"
    ):
        assert found.metrics


def test_predictions_of_kbp37_are_scored_in_its_way():
    gold = ["per:title(e1,e2)", "per:title(e2,e1)", "no_relation", "per:spouse(e1,e2)"]
    said = ["per:title(e1,e2)", "per:title(e1,e2)", "no_relation", "per:spouse(e1,e2)"]
    rows = [Prediction(str(n), 0, 1, (g,), (p,)) for n, (g, p) in enumerate(zip(gold, said))]
    found = Predictions(tuple(rows), Protocol("m", "kbp37", "test", "kbp37", "no_relation"))
    # title: one of two guesses and of two answers is right; spouse: all
    assert found.outcomes("f1").score == pytest.approx((0.5 + 1) / 2)
    assert found.outcomes("accuracy").score == pytest.approx(3 / 4)
