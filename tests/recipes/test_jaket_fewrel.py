"""JAKET on FewRel: starts, linked mentions, episodes, a run that resumes and loads again."""

from __future__ import annotations

import json

import pytest
import torch
from jaket_models import ANN, LEE, ROME, ROMEVILLE
from jaket_task_runs import SMALL, linked_graph, small_fewrel
from pieces import VOCABULARY, tiny_encoder_folder

import graphkg
from graphkg.errors import InputError
from graphkg.recipes.jaket_fewrel import PRESETS, build_fewrel_recipe
from graphkg.recipes.jaket_fewrel_data import learned_relations, scored_part
from graphkg.recipes.jaket_fewrel_system import FewRelSystem
from graphkg.recipes.jaket_fewrel_training import train_fewrel
from graphkg.recipes.jaket_tasks import jaket_task
from graphkg.sampling import EpisodeSampler


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return tiny_encoder_folder(tmp_path_factory.mktemp("encoder"), initializer_range=0.4)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return small_fewrel(tmp_path_factory.mktemp("fewrel"))


def recipe(encoder, **changes):
    sizes = {"ways": 2, "shots": 1, "episodes": 12, "valid_relations": 2, "sentence_length": 16}
    sizes |= {"test_episodes": 20, "valid_episodes": 10, "test_queries": 2}
    return build_fewrel_recipe(None, {**SMALL, **sizes, "encoder": encoder, **changes})


@pytest.fixture(scope="module")
def run(encoder, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    return train_fewrel(recipe(encoder), folder, data=data, graph=linked_graph()), folder


def same_weights(one, other):
    mine, given = one.model.state_dict(), other.model.state_dict()
    return mine.keys() == given.keys() and all(
        torch.equal(mine[name], given[name]) for name in mine
    )


def test_a_run_is_scored_and_its_result_carries_the_protocol(run, data):
    scores = run[0].score(data)
    found = scores.to_dict()
    assert (found["episodes"], found["queries_an_episode"]) == (20, 4)
    protocol = found["protocol"]
    assert protocol["split"] == "val, 2 relations" and protocol["episodes"]["ways"] == 2
    # Of three heads and three tails, "a" has no id and "b" one that the graph lacks.
    assert protocol["mentions_linked"] == pytest.approx(2 / 3, abs=1e-4)
    assert protocol["trained_on"]["train"] == {"relations": 2, "mentions_linked": 0.6667}
    assert (protocol["start"], protocol["kg"], protocol["relation_rows"]) == ("memory", "on", False)
    assert protocol["training"]["best_epoch"] in (1, 2)
    json.dumps(found)


def test_a_run_is_scored_with_other_shots_than_it_learned_with(run, data):
    system = run[0]
    one, three = system.score(data, episodes=10), system.score(data, episodes=10, shots=3)
    assert one.protocol["episodes"]["shots"] == 1 and three.protocol["episodes"]["shots"] == 3
    assert system.score(data, episodes=10, ways=2, shots=1).by_episode.equal(one.by_episode)
    with pytest.raises(InputError, match="2 relations"):
        system.score(data, ways=3)


def test_a_loaded_run_has_the_same_memory_and_answers(run, data):
    system, folder = run
    again = graphkg.load(folder)
    assert isinstance(again, FewRelSystem) and same_weights(again, system)
    rows = system.model.model.context(torch.arange(5))
    assert torch.equal(again.model.model.context(torch.arange(5)), rows)
    for split in ("valid", "test"):
        expected, found = system.score(data, split), again.score(data, split)
        assert torch.equal(found.by_episode, expected.by_episode)
        assert found.protocol == expected.protocol
    assert torch.equal(again.evaluate("test", data.folder).by_episode, found.by_episode)


def test_the_memory_was_filled_before_the_encoder_changed(run):
    model = run[0].model.model
    kept = model.context(torch.arange(5))
    fresh = model.with_descriptions(model.descriptions).context(torch.arange(5))
    assert not torch.allclose(kept, fresh)


def test_a_stopped_run_goes_on_to_the_same_bits(run, encoder, data, tmp_path, monkeypatch):
    system, _ = run
    step, folder = FewRelSystem.score, tmp_path / "run"

    def stop(*given, **named):
        monkeypatch.setattr(FewRelSystem, "score", interrupted)
        return step(*given, **named)

    def interrupted(*given, **named):
        raise RuntimeError("stopped")

    monkeypatch.setattr(FewRelSystem, "score", stop)
    with pytest.raises(RuntimeError, match="stopped"):
        train_fewrel(recipe(encoder), folder, data=data, graph=linked_graph())
    monkeypatch.setattr(FewRelSystem, "score", step)
    with pytest.raises(InputError, match="go on with --resume"):
        graphkg.load(folder)
    again = train_fewrel(recipe(encoder), folder, resume=True, data=data, graph=linked_graph())
    assert same_weights(again, system)
    assert [row["loss"] for row in read_log(folder)] == [row["loss"] for row in read_log(run[1])]


def read_log(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_mentions_are_linked_by_the_labels_of_the_graph(run, data):
    system, _ = run
    sentences = system.parts.reader(data.val, False).sentences
    links = [tuple(sentences[n]["mention"].entity.tolist()) for n in range(9)]
    heads, tails = (ANN, LEE, -1), (ROME, ROMEVILLE, -1)
    assert links == [(head, tail) for head in heads for tail in tails]
    markers = range(len(VOCABULARY), len(VOCABULARY) + 4)
    assert set(markers) <= set(sentences[0]["piece"].input_id.tolist())


def test_sentences_of_episodes_are_prepared_once_and_found_again(run, data):
    system, _ = run
    reader = system.parts.reader(data.train, False)
    episodes = EpisodeSampler(data.train.by_relation, 3, 2, 3).draw(torch.arange(4))
    batch = reader(episodes, with_all=True)
    numbers = torch.cat([episodes.support.flatten(), episodes.query.flatten()]).unique()
    pieces = [reader.sentences[number]["piece"].input_id for number in numbers.tolist()]
    assert torch.equal(batch.sentences["piece"].input_id, torch.cat(pieces))
    assert torch.equal(numbers[batch.support], episodes.support)
    assert torch.equal(numbers[batch.query], episodes.query)


def test_relations_that_choose_the_epoch_are_neither_learned_nor_scored(encoder, data):
    settings = recipe(encoder, valid_relations=2)
    learned = learned_relations(settings, data)
    _, valid = scored_part(settings, data, "valid")
    part, test = scored_part(settings, data, "test")
    assert len(learned) == len(valid) == 2 and not set(learned) & set(valid)
    assert set(learned) | set(valid) == set(data.train.labels)
    assert part is data.val and set(test) == set(data.val.labels)


@pytest.mark.parametrize(
    ("start", "kg", "graph", "memory", "norm"),
    [
        ("encoder", "on", False, "encoder", False),
        ("random", "on", True, "random", True),
        ("random", "off", False, "encoder", True),
        ("memory", "shuffled", True, "encoder", True),
    ],
)
def test_the_rows_of_the_paper(encoder, start, kg, graph, memory, norm):
    given = linked_graph() if graph else None
    system = FewRelSystem.build(recipe(encoder, start=start, kg=kg), given)
    model = system.model.model
    assert (model.knowledge is not None) == graph and model.memory == memory
    assert isinstance(model.merge.norm, torch.nn.LayerNorm) == norm
    assert (model.relations is None) and (system.parts.texts is not None) == graph


def test_a_shuffled_graph_is_another_with_the_same_degrees(encoder):
    edges = []
    for kg in ("on", "shuffled"):
        system = FewRelSystem.build(recipe(encoder, kg=kg, seed=1), linked_graph())
        edges.append(system.parts.texts.whole["entity", "rel", "entity"].edge_index)
    assert not torch.equal(*edges)
    for side in (0, 1):
        assert torch.equal(
            edges[0][side].bincount(minlength=5), edges[1][side].bincount(minlength=5)
        )


def test_texts_alone_train_and_load(encoder, data, tmp_path):
    settings = recipe(encoder, start="encoder", epochs=1, valid_relations=0)
    system = train_fewrel(settings, tmp_path / "run", data=data)
    again = graphkg.load(tmp_path / "run")
    assert again.parts.graph is None and same_weights(again, system)
    assert torch.equal(again.score(data).by_episode, system.score(data).by_episode)
    assert system.score(data).protocol["kg"] == "off"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"valid_relations": 1}, "valid_relations=1 and ways=2 were given"),
        ({"sentence_length": 31}, "sentence_length=31 .* give at most 30"),
        ({"start": "jaket"}, "init"),
        ({"ways": 5, "valid_relations": 0}, "5 ways were asked for, but the split has 4"),
        ({"queries": 9}, "has 9 sentences, but 1 shots and 9 queries need 10"),
    ],
)
def test_mistakes_are_one_sentence(encoder, data, tmp_path, changes, message):
    settings = recipe(encoder, **{"valid_relations": 0 if "queries" in changes else 2, **changes})
    with pytest.raises(InputError, match=message):
        train_fewrel(settings, tmp_path / "run", data=data, graph=linked_graph())


def test_a_mention_of_an_entity_that_the_graph_lacks_is_told(run, data):
    reader = run[0].parts.reader(data.val, False)
    reader.sentences.entity[0] = 5
    with pytest.raises(InputError, match="sentence 'val#1': mention 0 is linked to entity 5"):
        reader.texts.with_all([reader.sentences[0]])


def test_another_split_is_one_sentence(run, data):
    with pytest.raises(InputError, match="split 'val' was asked for"):
        run[0].score(data, "val")


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_those_of_the_task(preset):
    found = jaket_task("fewrel").build_recipe(preset, {"epochs": 3, "ways": 10})
    assert (found.train.epochs, found.ways, found.train.batch_size) == (3, 10, 4)
    assert found.train.rate == 2e-5 and jaket_task("fewrel").train is train_fewrel
