"""LP-BERT as a recipe: two stages, files, resuming, new entities, the command line."""

from __future__ import annotations

import json
import shutil

import pytest
import torch
from pieces import tiny_encoder, tiny_tokenizer
from text_models import small_data

from graphkg.errors import DataWarning, InputError
from graphkg.recipes import load
from graphkg.recipes.lp_bert import LPBERTRecipe, build_lp_bert_recipe
from graphkg.recipes.lp_bert_presets import PRESETS
from graphkg.recipes.lp_bert_training import STAGE_1, train_lp_bert
from graphkg.recipes.node_texts import NewEntity, entity_text, read_texts, short_name
from graphkg.recipes.text_system import extended

SMALL = {"epochs": 2, "batch_size": 4, "progress": False, "max_length": 32, "device": "cpu",
         "pretrain.epochs": 2, "pretrain_length": 32}  # fmt: skip


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """The folder of a tiny encoder and its tokenizer."""
    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(0)
    tiny_encoder().model.save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return str(folder)


def train(folder, encoder, preset=None, **changes):
    recipe = build_lp_bert_recipe(preset, {**SMALL, "encoder": encoder, "data": "small", **changes})
    return train_lp_bert(recipe, folder, data=small_data())


@pytest.mark.parametrize(
    "changes",
    [
        {"loss": "paper", "pooling": "pooler", "pretraining": ["mlm", "mem", "mrm"]},
        {"loss": "contrast", "towers": 2, "pre_batch": 1, "pretraining": ["mem"]},
        {"loss": "paper", "scorer": "concat", "squash": "sigmoid", "inverse_relations": False},
        {"loss": "paper", "precision": "bf16-mixed", "pretraining": ["mlm", "mrm"]},
        {"loss": "contrast", "precision": "bf16-mixed", "pre_batch": 1},
        {"loss": "contrast", "whole_queries": True, "dropout": 0.3, "lower_case": True},
    ],
)
def test_a_saved_run_loads_with_the_same_bits(tmp_path, encoder, changes):
    system = train(tmp_path / "run", encoder, **changes)
    again = load(tmp_path / "run")
    assert again.evaluate().summary() == system.evaluate().summary()
    state = again.model.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in system.model.state_dict().items())
    assert again.predict(head="Ann", relation="of") == system.predict(head="Ann", relation="of")
    assert again.recipe == system.recipe and again.data == system.data
    protocol = again.evaluate("test").protocol
    assert protocol["system"] == "lp-bert" and "read by their texts" in protocol["unseen"]


def test_stage_2_begins_with_the_tensors_of_stage_1(tmp_path, encoder):
    from safetensors.torch import load_file

    system = train(tmp_path / "run", encoder, pretraining=["mlm", "mem", "mrm"], towers=2,
                   rate=1e-30, rates={"encoder": 1e-30}, weight_decay=0.0)  # fmt: skip
    first = load_file(tmp_path / "run" / STAGE_1 / "encoder" / "model.safetensors")
    for part in (system.model.encoder, system.model.tail_encoder):
        state = part.state_dict()
        assert set(first) == set(state)
        assert all(torch.equal(first[name], value) for name, value in state.items())
    log = (tmp_path / "run" / STAGE_1 / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in log] == [1, 2]
    assert {"loss/mlm", "loss/mim", "valid/likelihood"} <= set(json.loads(log[0]))


@pytest.mark.parametrize("stage", ["stage 1", "stage 2"])
def test_a_stopped_and_resumed_run_equals_one_never_stopped(tmp_path, encoder, stage, monkeypatch):
    from graphkg.recipes import lp_bert_training

    options = {"pretraining": ["mem"], "loss": "contrast", "pre_batch": 1}
    whole = train(tmp_path / "whole", encoder, **options)
    real, calls = lp_bert_training.fit, []

    def stopped(model, batches, settings, validate, folder, resume):
        calls.append(folder)
        if len(calls) == (1 if stage == "stage 1" else 2):
            seen = []

            def dies(m):
                seen.append(1)
                if len(seen) == 2:
                    raise KeyboardInterrupt
                return validate(m)

            return real(model, batches, settings, dies, folder, resume)
        return real(model, batches, settings, validate, folder, resume)

    monkeypatch.setattr(lp_bert_training, "fit", stopped)
    with pytest.raises(BaseException):  # noqa: B017  # Lightning turns it into its own exit
        train(tmp_path / "run", encoder, **options)
    monkeypatch.setattr(lp_bert_training, "fit", real)
    recipe = whole.recipe
    again = train_lp_bert(recipe, tmp_path / "run", resume=True, data=small_data())
    state = again.model.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in whole.model.state_dict().items())


def test_an_entity_nobody_has_seen_is_asked_about_and_answers(tmp_path, encoder):
    system = train(tmp_path / "run", encoder)
    new = [NewEntity("Ben", "Lee born today"), NewEntity("Romeville", "Rome the city")]
    wider = system.with_entities(new)
    assert wider.model.num_entities == 7 and system.model.num_entities == 5
    answers = wider.predict(head="Ben", relation="born", top=7)
    assert {answer.label for answer in answers} >= {"Romeville", "Rome"}
    with pytest.raises(InputError) as raised:
        wider.predict(head="Romevile", relation="born")
    assert str(raised.value).count("'Romeville'") == 1
    same = system.with_entities([NewEntity("Lee again", "")])
    assert same.triples.name_of("Lee again") == "Lee again"
    with pytest.raises(InputError, match="'Ann', which is an entity already"):
        system.with_entities([NewEntity("Ann")])
    with pytest.raises(InputError, match="' ', which is no name"):
        system.with_entities([NewEntity(" ")])


@pytest.mark.parametrize("changes", [{}, {"loss": "paper"}, {"loss": "paper", "squash": "half"}])
def test_a_probability_is_that_of_the_loss(tmp_path, encoder, changes):
    system = train(tmp_path / "run", encoder, **changes)
    answers = system.predict(head="Ann", relation="of", top=9, keep_known=True)
    scores = torch.tensor([answer.score for answer in answers])
    if not changes:
        expected = scores.softmax(0)
    else:
        expected = (1 + scores) / 2 if "squash" in changes else scores.clamp(0, 1)
    found = torch.tensor([answer.probability for answer in answers])
    torch.testing.assert_close(found, expected)


def test_what_is_new_is_read_with_the_same_weights_and_the_old_scores_stay(tmp_path, encoder):
    system = train(tmp_path / "run", encoder)
    wider = system.with_entities([NewEntity("Lee2", "Lee born today")])
    asked = torch.tensor([0, 3]), torch.tensor([1, 0])
    old, new = system.model.score_tails(*asked), wider.model.score_tails(*asked)
    torch.testing.assert_close(new[:, :5], old)
    assert extended(small_data(), [NewEntity("x", "y")]).unseen.tolist() == [False] * 5 + [True]


def test_texts_are_name_and_description_and_labels_stand_in(tmp_path):
    data = small_data()
    data.entity_names["Ann"] = "Ann Lee"
    assert entity_text(data, "Ann") == "Ann Lee, Ann born today"
    assert entity_text(data, "Ann", descriptions=False) == "Ann Lee"
    assert entity_text(data, "Rome") == "Rome the city"
    both = "dog, a domestic animal, kept by people"
    data.entity_names["Lee"] = data.entities.descriptions["Lee"] = both
    assert (entity_text(data, "Lee"), short_name(data, "Lee")) == (both, "dog")
    del data.entities.descriptions["a"]
    texts = read_texts(data, LPBERTRecipe(max_length=8), tiny_tokenizer())
    assert texts.counts == {"cut": 1, "without_text": 1}


def test_missing_and_long_texts_are_warned_of(tmp_path, encoder):
    from graphkg.recipes.lp_bert_system import LPBERTSystem

    data = small_data()
    del data.entities.descriptions["a"]
    data.entities.descriptions["Ann"] = "born today in the city of Rome"
    recipe = build_lp_bert_recipe(None, {"encoder": encoder, "max_length": 8})
    with pytest.warns(DataWarning) as caught:
        LPBERTSystem.build(recipe, data)
    said = " ".join(str(warning.message) for warning in caught)
    assert "1 of 5 entities of small have no text" in said
    assert "the texts of 1 of 5 entities of small are longer than max_length=8 pieces" in said


def test_an_encoder_that_cannot_be_used_is_one_sentence(tmp_path, encoder):
    with pytest.raises(InputError, match="reads at most 64 pieces"):
        train(tmp_path / "run", encoder, max_length=65)
    shutil.copytree(encoder, tmp_path / "bare")
    (tmp_path / "bare" / "model.safetensors").unlink()
    with pytest.raises(InputError, match="has no model.safetensors"):
        train(tmp_path / "other", str(tmp_path / "bare"))
    tokenizer = tiny_tokenizer()
    tokenizer.add_tokens([f"new{n}" for n in range(3)])
    recipe = build_lp_bert_recipe(None, {**SMALL, "encoder": encoder})
    with pytest.raises(InputError, match="38 pieces, but the encoder has rows for 35"):
        train_lp_bert(recipe, tmp_path / "third", data=small_data(),
                      encoder=tiny_encoder("mean"), tokenizer=tokenizer)  # fmt: skip


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_valid(preset):
    recipe = build_lp_bert_recipe(preset)
    assert recipe.data == preset.removesuffix("-paper")
    assert (recipe.loss == "paper") == preset.endswith("-paper")


def test_settings_of_stage_1_have_a_prefix():
    recipe = build_lp_bert_recipe("umls-paper", {"pretrain.epochs": 3, "epochs": 4, "seed": 7})
    assert (recipe.pretrain.epochs, recipe.train.epochs) == (3, 4)
    assert recipe.pretrain.seed == recipe.train.seed == 7
    with pytest.raises(InputError, match="unknown key 'epoch'; did you mean 'epochs'"):
        build_lp_bert_recipe(None, {"pretrain.epoch": 3})


def test_text_and_structure_are_ranked_together(tmp_path, encoder):
    from graphkg.recipes.combining import combine
    from graphkg.recipes.link import build_link_recipe
    from graphkg.recipes.link_training import train_link

    train(tmp_path / "text", encoder, loss="contrast", towers=2)
    quick = {"model": "distmult", "dim": 8, "epochs": 2, "progress": False, "data": "small"}
    train_link(build_link_recipe(None, quick), tmp_path / "links", data=small_data())
    both = combine([tmp_path / "text", tmp_path / "links"], tmp_path / "both", {})
    again = load(tmp_path / "both")
    assert again.evaluate().summary() == both.evaluate().summary()
    single = [
        load(tmp_path / name).evaluate("valid").summary()["mrr"] for name in ("text", "links")
    ]
    assert both.evaluate("valid").summary()["mrr"] >= max(single) - 1e-6


def test_the_command_line_trains_evaluates_and_asks_about_a_new_entity(
    tmp_path, encoder, capsys, monkeypatch
):
    from graphkg.cli import main

    folder = tmp_path / "data"
    folder.mkdir()
    data = small_data()
    for name, graph in data.parts.items():
        lines = "".join("\t".join(triple) + "\n" for triple in graph.triples())
        (folder / f"{name}.tsv").write_text(lines, encoding="utf-8")
    rows = "".join(f"{x}\t{x}\t{data.entities.descriptions[x]}\n" for x in data.entities)
    (folder / "entities.tsv").write_text("id\tname\tdescription\n" + rows, encoding="utf-8")
    given = {"encoder": encoder, "epochs": 1, "batch_size": 4, "max_length": 32}
    changes = [f"--set={name}={value}" for name, value in given.items()]
    run = str(tmp_path / "run")

    def command(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(map(str, arguments)))
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    code, out, err = command(
        "train", "lp-bert", "--data", folder, "-o", run, "--set=progress=false", *changes
    )
    assert code == 0 and "test {" in out, err
    assert command("evaluate", run)[0] == 0
    asked = ["predict", run, "--head", "Ben", "--relation", "born", "--format", "jsonl"]
    code, out, err = command(*asked, "--new", "Ben: Lee born today", "--new", "Romeville")
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and {"Romeville", "Rome"} < {answer["label"] for answer in answers}, err
    code, _, err = command(*asked)
    assert code == 2 and "'Ben'" in err and len(err.splitlines()) == 1


def test_a_link_predictor_says_that_it_reads_no_texts(tmp_path):
    from graphkg.recipes.link import build_link_recipe
    from graphkg.recipes.link_system import LinkSystem

    recipe = build_link_recipe(None, {"model": "distmult", "dim": 8, "data": "small"})
    with pytest.raises(InputError, match="'Ben' is new: ask a text model"):
        LinkSystem.build(recipe, small_data()).with_entities([NewEntity("Ben")])
