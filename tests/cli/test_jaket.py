"""graphkg train jaket: pre-training, a task that begins with it, scores, mistakes."""

from __future__ import annotations

import json

import pytest
from jaket_runs import SMALL, people, people_encoder
from jaket_task_runs import metaqa_folder

from graphkg.errors import InputError
from graphkg.recipes.jaket_tasks import PRETRAIN, TASKS, jaket_task


def write_people(folder):
    """The folder of triples and tables that is read as ``people()``."""
    data = people()
    folder.mkdir()
    for part, graph in data.parts.items():
        lines = ["\t".join(triple) + "\n" for triple in graph.triples()]
        if lines:
            (folder / f"{part}.tsv").write_text("".join(lines))
    rows = ["id\tname\ttype\tdescription\textract\n"]
    for label in data.entities:
        told = data.entities.descriptions.get(label, ""), data.entity_extracts.get(label, "")
        rows.append("\t".join([label, label, data.entity_types[label][0], *told]) + "\n")
    (folder / "entities.tsv").write_text("".join(rows))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jaket-cli")
    people_encoder(folder / "encoder")
    write_people(folder / "data")
    return folder


def settings(folder, **changes):
    given = {**SMALL, "encoder": str(folder / "encoder"), "epochs": 1, "held_out": 0.4, **changes}
    del given["data"]
    return [f"--set={name}={json.dumps(value)}" for name, value in given.items()]


def test_a_pretraining_and_a_task_that_begins_with_it(command, folder, tmp_path):
    data = ("--data", folder / "data")
    ended = command("train", "jaket", *data, "-o", tmp_path / "pre", *settings(folder))
    assert ended.code == 0, ended.err
    lines = dict(line.split(" ", 1) for line in ended.out.splitlines())
    for kind in ("loss", "valid"):
        assert {"category", "relation", "token", "entity"} <= set(json.loads(lines[kind]))
    task = ["--task", "entity-classification", "-o", tmp_path / "run"]
    changes = ["--set=start=jaket", f"--set=init={tmp_path / 'pre'}", "--set=epochs=2",
               "--set=progress=false", "--set=shares=[0.4, 0.2]"]  # fmt: skip
    ended = command("train", "jaket", *data, *task, *changes)
    assert ended.code == 0, ended.err
    lines = dict(line.split(" ", 1) for line in ended.out.splitlines())
    assert set(json.loads(lines["test"])) == {"accuracy", "majority_rate"}
    ended = command("evaluate", tmp_path / "run", "-o", tmp_path / "scores.json")
    assert ended.code == 0 and ended.out.startswith("accuracy ")
    saved = json.loads((tmp_path / "scores.json").read_text())
    assert saved["protocol"]["start"] == "jaket" and saved["protocol"]["split"] == "test"
    refused = command("evaluate", tmp_path / "pre")
    assert refused.code == 2 and "is a pre-training, which no test set scores" in refused.err
    refused = command("evaluate", tmp_path / "run", "--baseline")
    assert refused.code == 2 and "--baseline was given, but" in refused.err
    resumed = command("train", "jaket", *task, "--resume", *data)
    assert resumed.code == 0, resumed.err


def test_a_task_without_held_out_questions_prints_test_scores_alone(command, folder, tmp_path):
    changes = {"held_out": 0, "start": "memory", "question_length": 16}
    small = settings(folder, **changes)
    keys = ("held_out", "start", "question_length", "encoder", "epochs", "progress", "device")
    kept = [x for x in small if x.removeprefix("--set=").partition("=")[0] in keys]
    data = metaqa_folder(tmp_path / "metaqa")
    task = ["--task", "metaqa", "--data", data, "-o", tmp_path / "run"]
    ended = command("train", "jaket", *task, *kept, "--set=knowledge_heads=2")
    assert ended.code == 0, ended.err
    assert [line.split(" ", 1)[0] for line in ended.out.splitlines()] == ["test"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["jaket", "--task", "pretraining"], "task 'pretraining' is none of JAKET's; did you mean"),
        (["qidn", "--task", "pretrain"], "--task pretrain was given, but qidn has one task alone"),
        (["jaket", "--vectors", "x"], "--vectors x was given, but jaket takes none: leave it out"),
        (["jaket", "--set=wieghts={}"], "unknown key 'wieghts'; did you mean 'weights'"),
        (["jaket", "--resume"], "does not exist"),
        (["jaket", "--model", "x"], "--model 'x' names a link predictor"),
    ],
)
def test_mistakes_are_one_sentence(refused, tmp_path, given, message):
    assert message in refused("train", *given, "-o", tmp_path / "run")


def test_every_task_has_settings_and_a_training():
    assert next(iter(TASKS)) == PRETRAIN
    for name in TASKS:
        task = jaket_task(name)
        recipe = task.build_recipe(None, {"seed": 3})
        assert recipe.train.seed == 3 and recipe.data and callable(task.train)
    with pytest.raises(InputError, match="take one of pretrain, entity-classification"):
        jaket_task("fewrell")
