"""Training of QIDN: resumed as if never stopped, and honest about what it left out."""

from __future__ import annotations

import pytest
import torch
from qidn_runs import SMALL, row_of, write_set
from slot_models import raw_triples
from torch_geometric.data import Batch

import graphkg
from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.recipes.qidn import build_qidn_recipe
from graphkg.recipes.qidn_system import QIDNSystem
from graphkg.recipes.qidn_training import left_out, read_qidn_data, train_qidn
from graphkg.training import read_log


@pytest.fixture(name="small")
def short_settings(qidn_run):
    given = qidn_run[0].recipe
    return {**SMALL, "encoder": given.encoder, "data": given.data, "dropout": 0.1, "epochs": 3,
            "validate_every": 1, "instance_bank": 4}  # fmt: skip


def test_a_killed_training_resumes_to_the_same_bits(small, tmp_path, monkeypatch):
    recipe = build_qidn_recipe(None, small)
    whole = train_qidn(recipe, tmp_path / "a")
    evaluate, asked = QIDNSystem.evaluate, []

    def stop_in_the_second_epoch(self, *given):
        asked.append(given)
        if len(asked) == 2:
            raise RuntimeError("a power cut")
        return evaluate(self, *given)

    monkeypatch.setattr(QIDNSystem, "evaluate", stop_in_the_second_epoch)
    with pytest.raises(RuntimeError, match="a power cut"):
        train_qidn(recipe, tmp_path / "b")
    assert len(read_log(tmp_path / "b" / "log.jsonl")) == 1
    with pytest.raises(InputError, match="go on with --resume"):
        graphkg.load(tmp_path / "b")
    more = train_qidn(build_qidn_recipe(), tmp_path / "b", resume=True)
    assert more.recipe == whole.recipe and len(read_log(tmp_path / "b" / "log.jsonl")) == 3
    state, expected = more.model.state_dict(), whole.model.state_dict()
    assert set(state) == set(expected) and "objective.bank.rows" in expected
    assert all(torch.equal(state[name], expected[name]) for name in expected)
    assert more.training["left_out"] == whole.training["left_out"]


def test_losses_and_validation_scores_are_in_the_log(small, tmp_path):
    train_qidn(build_qidn_recipe(None, {**small, "epochs": 1}), tmp_path / "run")
    (row,) = read_log(tmp_path / "run" / "log.jsonl")
    assert {"loss/triple", "loss/instance", "loss/class", "f1", "valid/ner_f1"} <= set(row)
    assert graphkg.load(tmp_path / "run").training["best"] == pytest.approx(row["f1"])


def test_surplus_triples_and_those_behind_the_cut_are_left_out_of_training_alone(
    small, tmp_path, qidn_run
):
    cut = build_qidn_recipe(None, {**small, "max_length": 8, "num_queries": 1, "epochs": 1})
    system = train_qidn(cut, tmp_path / "run")
    # Six pieces are read. "seo": both ends of one of three triples; "soo": "the city of Rome" is
    # whole; "epo": both triples fit into the text, and one of them into the slot.
    assert system.training["left_out"] == {"absent": 0, "outside": 2, "surplus": 1}
    scores = system.evaluate(qidn_run[2])
    assert scores.triples.gold == sum(len(graph.pairs) for graph in raw_triples())


def test_what_is_counted_is_what_the_losses_drop(small, qidn_run):
    recipe = build_qidn_recipe(None, {**small, "max_length": 8, "num_queries": 1})
    system = QIDNSystem.build(recipe, qidn_run[2])
    examples = list(system.batches(qidn_run[2].train).dataset)
    system.model.train()
    plain = QIDNSystem.build(recipe.model_copy(update={"pseudo_instances": False}), qidn_run[2])
    plain.model.train()
    plain.model.losses(Batch.from_data_list(examples))
    counted = left_out(examples, 1)
    assert plain.model.dropped == {name: counted[name] for name in ("outside", "surplus")}


def test_a_triple_whose_end_does_not_occur_is_counted_as_absent(small, tmp_path):
    rows = [
        {"text": "Ann left Rome", "triples": [["Ann", "left", "Rome"], ["Ann", "left", "York"]]}
    ]
    folder = write_set(tmp_path / "data", rows)
    off = {"typed": False, "pseudo_instances": False, "epochs": 1, "data": str(folder)}
    with pytest.warns(graphkg.errors.DataWarning, match="'York' does not occur"):
        system = train_qidn(build_qidn_recipe(None, {**small, **off}), tmp_path / "run")
        scores = system.evaluate(read_qidn_data(system.recipe))
    assert system.training["left_out"]["absent"] == 1
    assert (scores.triples.gold, scores.absent) == (2, 1)


def test_sentences_can_be_held_out_where_there_is_no_validation_part(small, tmp_path):
    folder = write_set(tmp_path / "data")
    (folder / "valid.jsonl").unlink()
    recipe = build_qidn_recipe(None, {**small, "data": str(folder), "held_out": 1, "epochs": 1})
    data = read_qidn_data(recipe)
    assert (len(data.train), len(data.valid), len(data.test)) == (3, 1, 4)
    system = train_qidn(recipe, tmp_path / "run")
    assert system.training["best"] is not None
    assert "1 drawn sentences (seed 0)" in system.data["sources"]["valid"]


def test_without_validation_the_last_epoch_is_kept(small, tmp_path):
    folder = write_set(tmp_path / "data")
    (folder / "valid.jsonl").unlink()
    recipe = build_qidn_recipe(None, {**small, "data": str(folder), "epochs": 2})
    system = train_qidn(recipe, tmp_path / "run")
    assert (system.training["best"], system.training["best_epoch"]) == (None, 2)


def test_a_mention_without_a_kind_is_told_where_kinds_are_learned(small, tmp_path):
    row = row_of(raw_triples()[0])
    mixed = {"tokens": ["Ann", "left"], "triples": [{"subject": [0, 1], "relation": "left",
             "object": [1, 2, "LOC"]}]}  # fmt: skip
    folder = write_set(tmp_path / "data", [row, mixed])
    recipe = build_qidn_recipe(None, {**small, "data": str(folder)})
    with pytest.raises(InputError, match="the mention 'Ann' without a kind"):
        train_qidn(recipe, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_data_without_training_sentences_are_told(small, tmp_path):
    folder = write_set(tmp_path / "data")
    (folder / "train.jsonl").unlink()
    (folder / "relations.txt").write_text("left\nborn\nof\n")
    off = {"typed": False, "pseudo_instances": False, "match": "exact", "data": str(folder)}
    with pytest.raises(InputError, match="no train part"):
        train_qidn(build_qidn_recipe(None, {**small, **off}), tmp_path / "run")


def test_a_run_of_another_system_is_not_gone_on_with(run):
    with pytest.raises(InputError, match="holds a run of 'jrrelp'"):
        train_qidn(build_qidn_recipe(), run[1], resume=True)


def test_training_reads_the_same_pieces_of_a_long_sentence_as_prediction(small, qidn_run):
    system = QIDNSystem.build(build_qidn_recipe(None, {**small, "max_length": 8}), qidn_run[2])
    late = SentenceGraph.build(
        "a b c d e f g Ann left Rome".split(),
        mentions=[(7, 8, "PER"), (9, 10, "LOC")],
        pairs=[(0, 1, "left")],
    )
    (learned,), (read,) = system.parts.examples([late]), system.parts.inputs([late])
    assert learned["piece"].input_id.tolist() == read["piece"].input_id.tolist()
    assert left_out([learned], 5) == {"absent": 0, "outside": 1, "surplus": 0}
