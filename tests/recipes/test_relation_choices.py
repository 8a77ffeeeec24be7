"""Any extractor with any predictor through the recipe; ablations; a transformer as extractor."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import yaml
from pieces import tiny_encoder, tiny_tokenizer

import graphkg
from graphkg.errors import InputError
from graphkg.models import KindGraph
from graphkg.recipes.jrrelp import build_recipe
from graphkg.recipes.relation_system import RelationSystem
from graphkg.recipes.relation_training import train_jrrelp
from graphkg.training import read_log

TINY = {
    "vectors": False,
    "word_dim": 20,
    "pos_dim": 4,
    "ner_dim": 4,
    "hidden": 10,
    "conve_width": 5,
}
PREDICTORS = ["conve", "distmult", "complex", "transe", "rotate", "tucker"]


@pytest.fixture(scope="module")
def encoder_folder(tmp_path_factory):
    """An untrained encoder of 20 channels with its tokenizer, saved as a hub's folder is."""
    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(0)
    tiny_encoder(dim=20).model.save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def build(data, **changes) -> RelationSystem:
    return RelationSystem.build(build_recipe(None, {**TINY, **changes}), data, None)


def losses(system, data) -> dict[str, torch.Tensor]:
    batch = system.inputs.batch(data.train[:8])
    torch.manual_seed(1)
    return system.model.losses(batch)


@pytest.mark.parametrize("predictor", PREDICTORS)
@pytest.mark.parametrize("extractor", ["cgcn", "palstm", "spanbert"])
def test_any_extractor_meets_any_predictor(data, encoder_folder, extractor, predictor):
    system = build(data, extractor=extractor, predictor=predictor, encoder=str(encoder_folder))
    found = losses(system, data)
    assert {"relation", "link", "coupling"} <= set(found)
    sum(found.values()).backward()
    for name, parameter in system.model.predictor.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
    assert system.model.store["relation"].weight.grad.abs().sum() > 0


@pytest.mark.parametrize(
    ("extractor", "predictor", "width"),
    [
        ("cgcn", "conve", 100),
        ("palstm", "conve", 10),
        ("palstm", "transe", 20),
        ("cgcn", "rotate", 10),
    ],
)
def test_the_relation_vector_has_the_width_that_g_needs_or_that_is_natural_to_f(
    data, extractor, predictor, width
):
    system = build(data, extractor=extractor, predictor=predictor)
    assert system.model.extractor.relation_dim == width


def test_a_relation_width_that_g_cannot_take_is_one_sentence(data):
    with pytest.raises(InputError, match="need relation_dim=20"):
        build(data, predictor="distmult", relation_dim=12)


@pytest.mark.parametrize("read", ["pooler", "cls", "mean", "mentions"])
def test_a_transformer_learns_is_saved_and_loads_with_its_bits(
    data, encoder_folder, tmp_path, read
):
    changes = {
        "extractor": "spanbert",
        "encoder": str(encoder_folder),
        "read": read,
        "optimizer": "adamw",
        "rate": 0.002,
        "schedule": "linear",
        "epochs": 3,
        "progress": False,
        "device": "cpu",
    }
    recipe = build_recipe(None, {**TINY, **changes})
    system = train_jrrelp(recipe, tmp_path / "run", data=data)
    losses = [row["loss/relation"] for row in read_log(tmp_path / "run" / "log.jsonl")]
    assert len(losses) == 3 and losses[-1] < losses[0]
    loaded = graphkg.load(tmp_path / "run")
    assert torch.equal(loaded.predict(data.test).logits, system.predict(data.test).logits)
    alone = torch.cat([loaded.predict([graph]).logits for graph in data.test[:4]])
    torch.testing.assert_close(alone, loaded.predict(data.test).logits[:4], atol=1e-5, rtol=0)
    triples = loaded.extract([graph.with_pairs([]) for graph in data.test[:5]])
    assert len(triples) == 5


def test_a_transformer_without_an_encoder_is_one_sentence(data):
    with pytest.raises(InputError, match="set encoder=minilm"):
        build(data, extractor="spanbert")


def test_off_as_yaml_reads_it_is_off():
    assert build_recipe(None, {"kg": yaml.safe_load("off")}).kg == "off"
    with pytest.raises(InputError, match="kg = True does not fit"):
        build_recipe(None, {"kg": True})


def test_without_a_graph_there_is_no_link_loss(data):
    off, on = build(data, kg="off"), build(data)
    assert set(losses(off, data)) == {"relation", "penalty"}
    assert set(losses(on, data)) == {"relation", "penalty", "link", "coupling"}


def test_a_shuffled_graph_keeps_sizes_and_deals_objects_out_anew(data):
    given, dealt = build(data), build(data, kg="shuffled")
    known, other = given.model.known, dealt.model.known
    assert known.shape == other.shape and not torch.equal(known, other)
    negative = given.model.no_relation
    assert other[:, negative].all()
    asked = known.any(2)
    assert torch.equal(asked, other.any(2))
    # which pairs are asked does not follow from a graph of chance: all of them are
    graph = data.test[0].with_pairs([])
    asked = []
    dealt.predict = lambda graphs: (
        asked.extend(graphs[0].pairs) or RelationSystem.predict(dealt, graphs)
    )
    dealt.extract(graph)
    assert [pair[:2] for pair in asked] == [(0, 1), (1, 0)]


def test_shuffling_depends_on_its_seed_alone(data):
    vocabularies = build(data).vocabularies

    def known(seed):
        return KindGraph.from_sentences(
            data.train, vocabularies, "no_relation", "observed", shuffle=seed
        ).known

    assert torch.equal(known(3), known(3))
    assert any(not torch.equal(known(3), known(seed)) for seed in range(4, 8))
    assert (
        known(3).sum()
        <= KindGraph.from_sentences(data.train, vocabularies, "no_relation", "observed").known.sum()
    )


def test_typed_predictions_and_a_shuffled_graph_exclude_each_other():
    with pytest.raises(InputError, match="kg=shuffled deals out anew"):
        build_recipe(None, {"typed": True, "kg": "shuffled"})


def test_the_words_of_a_transformer_are_the_masks_alone(data, encoder_folder):
    system = build(data, extractor="spanbert", encoder=str(encoder_folder))
    words = system.vocabularies.word.labels[2:]
    assert words and all(word.startswith(("SUBJ-", "OBJ-")) for word in words)
    mask = system.inputs.to_pieces.masks[words[0]]
    rows = system.model.extractor.encoder.embedding.weight
    assert torch.equal(system.model.store["token"](torch.tensor(2)), rows[mask])


@pytest.mark.parametrize(("metric", "name"), [("tacred", "TacredScore"), ("pairs", "TripleScore")])
def test_a_system_is_scored_by_the_metric_of_its_data(data, metric, name):
    system = build(replace(data, metric=metric))
    found = system.evaluate(data.test)
    assert type(found.score).__name__ == name
    assert found.protocol["metric"] == metric and 0 <= found.summary()["f1"] <= 1
