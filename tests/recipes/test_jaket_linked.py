"""Tasks of JAKET on texts: a pre-trained start, memories as files, texts joined with a graph."""

from __future__ import annotations

import pytest
import torch
from jaket_models import LEE, ROME, small_graph, small_jaket
from jaket_models import sentences as small_sentences
from jaket_runs import people_encoder, pretrained
from jaket_task_runs import SMALL, linked_graph, small_fewrel, small_metaqa
from safetensors.torch import load_file, save_file

import graphkg
from graphkg.errors import InputError
from graphkg.graphs import linked_entities
from graphkg.recipes.jaket_fewrel import build_fewrel_recipe
from graphkg.recipes.jaket_fewrel_training import train_fewrel
from graphkg.recipes.jaket_linked import (
    MEMORY,
    LinkedTexts,
    read_memories,
    text_alone,
    write_memories,
)
from graphkg.recipes.jaket_metaqa import build_metaqa_recipe
from graphkg.recipes.jaket_metaqa_training import train_metaqa


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A pre-trained run and its folder."""
    folder = tmp_path_factory.mktemp("pretrained")
    encoder = people_encoder(folder / "encoder")
    return pretrained(folder / "run", encoder), folder / "run"


# So small a rate that weights stay what they were.
STILL = {**SMALL, "epochs": 1, "rate": 1e-12, "rates": {}, "start": "jaket", "weight_decay": 0.0}


def begins_like(model, run):
    """Whether all weights but those of pieces are a run's, and so are the rows of its pieces."""
    given, known = run.model.state_dict(), model.state_dict()
    word = run.model.lower.embedding.num_embeddings
    return all(
        torch.allclose(known[name][:word], given[name], atol=1e-6)
        for name in known
        if name in given and "counters" not in name
    )


@pytest.mark.parametrize("kg", ["on", "off"])
def test_fewrel_begins_with_a_pretrained_run_and_lives_without_it(before, tmp_path, kg):
    run, folder = before
    changes = {"init": str(folder), "kg": kg, "ways": 2, "episodes": 4, "valid_relations": 2}
    changes |= {"sentence_length": 20, "valid_episodes": 2}
    settings = build_fewrel_recipe(None, {**STILL, **changes})
    data = small_fewrel(tmp_path / "fewrel")
    system = train_fewrel(settings, tmp_path / "run", data=data, graph=linked_graph())
    assert begins_like(system.model.model, run)
    assert system.recipe.knowledge_heads == 4 and system.recipe.encoder == run.recipe.encoder
    rows = run.model.lower.embedding.num_embeddings
    assert system.model.model.lower.embedding.num_embeddings == rows + 4
    assert (system.model.model.knowledge is None) == (kg == "off")
    away = folder.rename(folder.with_name("away"))
    again = graphkg.load(tmp_path / "run").score(data, "test", 5)
    away.rename(folder)
    assert torch.equal(again.by_episode, system.score(data, "test", 5).by_episode)
    assert again.protocol["init"] == str(folder) and again.protocol["kg"] == kg


@pytest.mark.parametrize("kg", ["on", "off"])
def test_metaqa_begins_with_a_pretrained_run_and_reads_relations(before, tmp_path, kg):
    run, folder = before
    changes = {"init": str(folder), "kg": kg, "question_length": 16, "held_out": 0.2}
    settings = build_metaqa_recipe(None, {**STILL, **changes})
    data = small_metaqa(tmp_path / "metaqa")
    system = train_metaqa(settings, tmp_path / "run", data=data)
    model = system.model.model
    assert begins_like(model, run)
    assert (model.knowledge is None) == (kg == "off") and (model.relations is None) == (kg == "off")
    assert system.model.answer_embedding == ("km" if kg == "on" else "context")
    again, asked = graphkg.load(tmp_path / "run"), data.questions(1, "test")
    assert torch.equal(again.ask(asked)[0], system.ask(asked)[0])


def test_memories_are_written_once_filled_and_read_back(tmp_path):
    model = small_jaket()
    assert write_memories(model, tmp_path) == []
    rows = model.context(torch.arange(5))
    assert write_memories(model, tmp_path) == [MEMORY]
    with torch.no_grad():
        model.lower.embedding.weight.mul_(-1)
    other = model.with_descriptions(model.descriptions)
    read_memories(other, tmp_path)
    assert torch.equal(other.context(torch.arange(5)), rows)


def test_a_memory_of_another_graph_is_one_sentence(tmp_path):
    model = small_jaket()
    model.context(torch.arange(5))
    write_memories(model, tmp_path)
    save_file({"entity": load_file(tmp_path / MEMORY)["entity"][:4].clone()}, tmp_path / MEMORY)
    with pytest.raises(InputError, match=r"has rows \[4, 16\] of 'entity', but .* \[5, 16\]"):
        read_memories(small_jaket(), tmp_path)
    with pytest.raises(InputError, match="has a memory of None"):
        read_memories(small_jaket(knowledge=False, descriptions=None), tmp_path)


def test_text_alone_shares_weights_and_leaves_the_model_as_it_was():
    model = small_jaket()
    alone, kept = text_alone(model), text_alone(model, keep_descriptions=True)
    assert alone.knowledge is None and alone.memories() == {}
    assert set(kept.memories()) == {"entity"} and kept.knowledge is None
    assert model.knowledge is not None and alone.lower.embedding is model.lower.embedding


def test_texts_are_joined_with_neighbours_of_what_they_mention_or_with_all():
    texts = LinkedTexts(small_graph(), (1, 1), seed=0)
    one = small_sentences()[2:]
    drawn = texts.drawn(one)
    assert linked_entities(drawn).tolist() == [LEE] and drawn["entity"].n_id.tolist() == [LEE]
    assert texts.drawn(one, torch.tensor([ROME, ROME])).num_nodes > drawn.num_nodes
    assert texts.with_all(one)["entity"].num_nodes == 5
