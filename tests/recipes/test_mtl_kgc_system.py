"""MTL-KGC in use: trained, saved, resumed, asked."""

from __future__ import annotations

import pytest
import torch
from pieces import tiny_encoder, tiny_tokenizer
from text_graphs import same_ranks as same

from graphkg.errors import InputError
from graphkg.recipes import load
from graphkg.recipes.mtl_kgc_system import MTLKGCSystem
from graphkg.recipes.mtl_kgc_training import train_mtl_kgc
from graphkg.recipes.node_texts import NewEntity
from graphkg.recipes.reranking import Reranker


def changed(recipe, **changes):
    train = {name: changes.pop(name) for name in list(changes) if hasattr(recipe.train, name)}
    return recipe.model_copy(
        update={**changes, "train": recipe.train.model_copy(update=train)},
    )


def test_a_saved_run_has_the_same_bits(mtl_run):
    system, folder = mtl_run
    again = load(folder)
    assert isinstance(again, MTLKGCSystem) and again.recipe == system.recipe
    state = again.model.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in system.model.state_dict().items())
    asked = torch.arange(5), torch.tensor([0, 1, 2, 0, 1])
    assert torch.equal(system.model.score_tails(*asked), again.model.score_tails(*asked))
    same(system.evaluate(progress=False), again.evaluate(progress=False))
    assert again.predict("Ann", "left") == system.predict("Ann", "left")


def test_a_resumed_run_equals_an_uninterrupted_one(mtl_run, mtl_recipe, five, tmp_path):
    whole, _ = mtl_run
    train_mtl_kgc(changed(mtl_recipe, epochs=1), tmp_path / "parts", data=five)
    path = tmp_path / "parts" / "recipe.yaml"
    path.write_text(path.read_text().replace("epochs: 1", "epochs: 2"))
    parts = train_mtl_kgc(mtl_recipe, tmp_path / "parts", resume=True, data=five)
    assert parts.training["best_epoch"] == 2
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, parts.model.state_dict()[name]), name


def test_training_moves_every_weight_and_logs_every_task(mtl_run, mtl_recipe, five):
    system, folder = mtl_run
    before = MTLKGCSystem.build(mtl_recipe, five).model.state_dict()
    after = system.model.state_dict()
    for name in ("heads.lp.weight", "heads.rp.bias", "heads.rr.weight"):
        assert not torch.equal(before[name], after[name])
    encoder = [name for name in before if "layer.0" in name and name.endswith("dense.weight")]
    assert encoder and not any(torch.equal(before[name], after[name]) for name in encoder)
    log = (folder / "log.jsonl").read_text()
    assert all(log.count(f'"loss/{task}"') == 2 for task in ("lp", "rp", "rr"))


def test_the_last_epoch_is_taken_unless_the_best_on_validation_is_asked_for(
    mtl_recipe, five, tmp_path
):
    asked = changed(mtl_recipe, select_on_dev=True, eval_subset=1, epochs=1)
    found = train_mtl_kgc(asked, tmp_path / "run", data=five)
    assert found.training["best"] is not None
    with pytest.raises(InputError, match="select_on_dev was asked for with eval_subset=0"):
        train_mtl_kgc(changed(asked, eval_subset=0), tmp_path / "other", data=five)


def test_a_given_encoder_is_trained_in_place_of_the_named_one(mtl_recipe, five, tmp_path):
    asked = changed(mtl_recipe, encoder="none such", epochs=1)
    given = tiny_encoder("pooler")
    before = given.embedding.weight.detach().clone()
    found = train_mtl_kgc(
        asked, tmp_path / "run", data=five, encoder=given, tokenizer=tiny_tokenizer()
    )
    assert found.model.encoder is given
    assert not torch.equal(given.embedding.weight, before)


def test_a_folder_that_holds_something_is_not_trained_into(mtl_run, mtl_recipe, five):
    with pytest.raises(InputError, match="exists and is not empty"):
        train_mtl_kgc(mtl_recipe, mtl_run[1], data=five)


def test_a_model_without_a_task_refuses_what_needs_it(mtl_recipe, five):
    system = MTLKGCSystem.build(changed(mtl_recipe, tasks=("rp",)), five)
    for ask in (system.evaluate, lambda: system.predict("Ann", "left")):
        with pytest.raises(InputError, match="so it needs 'lp': train one with it"):
            ask()
    assert system.report("test") is None and len(system.evaluate_relations().raw) == 3
    with pytest.raises(InputError, match="so it needs 'rp'"):
        MTLKGCSystem.build(changed(mtl_recipe, tasks=("lp",)), five).evaluate_relations()


def test_the_report_of_a_training_ranks_so_many_triples(mtl_recipe, five):
    system = MTLKGCSystem.build(changed(mtl_recipe, eval_subset=1), five)
    assert system.report("test").relation.numel() == 1
    assert MTLKGCSystem.build(changed(mtl_recipe, eval_subset=0), five).report("test") is None


def test_an_answer_has_the_probability_of_the_two_way_softmax(mtl_run):
    system, _ = mtl_run
    answers = system.predict(relation="left", tail="Rome", top=3, keep_known=True)
    ids = system.triples.entities.ids([answer.label for answer in answers])
    triples = torch.tensor([[n, 1, 2] for n in ids])
    expected = system.model.probabilities(triples).tolist()
    assert [answer.probability for answer in answers] == pytest.approx(expected)
    scores = system.model.score_triples(triples).tolist()
    assert [answer.score for answer in answers] == pytest.approx(scores)
    assert scores == sorted(scores, reverse=True)


def test_an_entity_that_no_triple_has_is_known_by_its_text(mtl_run):
    system, _ = mtl_run
    more = system.with_entities([NewEntity("Tim", "born in Rome")])
    answers = more.predict("Ann", "left", top=10, keep_known=True)
    assert len(answers) == 6 and "Tim" in {answer.label for answer in answers}
    assert next(iter(more.model.parameters())) is next(iter(system.model.parameters()))
    old = {a.label: a.score for a in system.predict("Ann", "left", top=10, keep_known=True)}
    new = {answer.label: answer.score for answer in answers}
    assert all(new[label] == pytest.approx(score, abs=1e-5) for label, score in old.items())


def test_the_parts_print_their_sizes(mtl_run, links):
    system, _ = mtl_run
    assert repr(system).startswith("MTLKGCSystem('run', MTLKGC(")
    merged = Reranker(links.model, system.model, system.known, 7)
    assert repr(merged).endswith("top=7)") and repr(merged).startswith("Reranker(LinkPrediction(")
