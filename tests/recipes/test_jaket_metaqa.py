"""JAKET on MetaQA: candidates, masses, descriptions, a run that resumes and loads again."""

from __future__ import annotations

import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaket_task_runs import SMALL, metaqa_folder, small_metaqa
from pieces import tiny_encoder_folder

import graphkg
from graphkg.datasets import MetaQA
from graphkg.errors import InputError
from graphkg.graphs import Ragged
from graphkg.metrics.answers import score_answers
from graphkg.recipes.jaket_metaqa import PRESETS, RELATIONS, build_metaqa_recipe
from graphkg.recipes.jaket_metaqa_data import learned_questions, scored_questions
from graphkg.recipes.jaket_metaqa_questions import even_answers, one_answer, thinned
from graphkg.recipes.jaket_metaqa_system import MetaQASystem
from graphkg.recipes.jaket_metaqa_training import train_metaqa
from graphkg.recipes.jaket_tasks import jaket_task


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return tiny_encoder_folder(tmp_path_factory.mktemp("encoder"), initializer_range=0.4)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return small_metaqa(tmp_path_factory.mktemp("metaqa"))


def recipe(encoder, **changes):
    sizes = {"question_length": 16, "held_out": 0.2, "batch_size": 4, "encoder": encoder}
    return build_metaqa_recipe(None, {**SMALL, **sizes, **changes})


@pytest.fixture(scope="module")
def run(encoder, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    return train_metaqa(recipe(encoder), folder, data=data), folder


def same_weights(one, other):
    mine, given = one.model.state_dict(), other.model.state_dict()
    return mine.keys() == given.keys() and all(
        torch.equal(mine[name], given[name]) for name in mine
    )


def named(system, entities):
    return {system.parts.graph.entities.label(entity) for entity in entities.tolist()}


def test_a_run_is_scored_and_its_result_carries_the_protocol(run, data):
    found = run[0].score(data).to_dict()
    assert found["questions"] == 10 and found["oracle_rate"] == 1.0
    assert set(found["by_group"]) == {"a_", "of_", "there_", "today_"}
    protocol = found["protocol"]
    assert protocol["candidates"] == "within 1 edges, both ways, without the topic"
    assert protocol["answer_embedding"] == "km" and protocol["answers_learned"] == "spread"
    trained = protocol["trained_on"]
    assert trained["learned_from"] == "1-hop/dev, 8 questions"
    assert trained["epoch_chosen_on"] == "0.2 of dev" and trained["share"] == 1.0
    assert trained["described_by_a_question"] == len(
        set(learned_questions(run[0].recipe, data).topic.tolist())
    )
    json.dumps(found)


def test_a_question_does_not_depend_on_those_beside_it(run, data):
    system = run[0]
    asked = data.questions(1, "test")
    scores, candidates, _ = system.ask(asked)
    for number in range(len(asked)):
        alone, found, _ = system.ask(asked.part(torch.tensor([number])))
        assert torch.equal(found.values, candidates[number])
        own = scores[candidates.ptr[number] : candidates.ptr[number + 1]]
        torch.testing.assert_close(own, alone, atol=1e-5, rtol=1e-5)


def test_candidates_are_the_neighbours_both_ways_and_right_are_the_answers(run, data):
    system = run[0]
    reader = system.parts.reader(data.questions(1, "dev"))
    found, right = reader.candidates(torch.tensor([3, 0]))
    assert named(system, found[0]) == {"Ann", "Rome"} and named(system, found[1]) == {"Lee", "left"}
    assert named(system, found.values[right]) == {"Ann", "Rome", "Lee"}
    two = system.parts.reader(data.questions(2, "dev"))
    found, right = two.candidates(torch.tensor([0]))
    assert named(system, found[0]) == {"Ann", "Lee", "left", "Rome", "city"} and right.sum() == 2


def test_local_candidates_of_a_drawn_piece_are_the_same_entities(run, data):
    reader = run[0].parts.reader(data.questions(1, "dev"))
    numbers = torch.tensor([8, 9])
    whole, drawn = reader(numbers), reader(numbers, with_all=False)
    assert torch.equal(whole.text["entity"].n_id[whole.candidate],
                       drawn.text["entity"].n_id[drawn.candidate])  # fmt: skip
    assert drawn.text["entity"].num_nodes < whole.text["entity"].num_nodes
    assert torch.equal(whole.mass, drawn.mass) and whole.mass.sum() == 2


rows_of_flags = st.lists(st.lists(st.booleans(), max_size=7), min_size=1, max_size=5)


def ragged(rows):
    lengths = torch.tensor([len(row) for row in rows])
    values = torch.tensor([n for row in rows for n in range(len(row))], dtype=torch.long)
    right = torch.tensor([flag for row in rows for flag in row], dtype=torch.bool)
    return Ragged.of_lengths(values, lengths), right


@given(rows_of_flags, st.integers(1, 8))
def test_thinned_candidates_keep_answers_first(rows, limit):
    candidates, right = ragged(rows)
    found, kept = thinned(candidates, right, limit)
    for number, row in enumerate(rows):
        inside = slice(int(found.ptr[number]), int(found.ptr[number + 1]))
        values = found.values[inside].tolist()
        assert values == sorted(set(values)) and len(values) == min(limit, len(row))
        assert kept[inside].tolist() == [row[value] for value in values]
        assert int(kept[inside].sum()) == min(limit, sum(row))


@given(rows_of_flags)
def test_the_mass_of_answers_is_spread_evenly_or_on_one(rows):
    candidates, right = ragged(rows)
    even, one = even_answers(candidates, right), one_answer(candidates, right)
    start = 0
    for row in rows:
        inside, start = slice(start, start + len(row)), start + len(row)
        share = 1 / max(sum(row), 1)
        assert even[inside].tolist() == pytest.approx([share * flag for flag in row])
        assert sorted(one[inside].tolist()) == sorted(
            [0.0] * (len(row) - any(row)) + [1.0] * any(row)
        )
        assert all(flag for flag, mass in zip(row, one[inside].tolist()) if mass)


def test_each_answer_is_drawn_about_equally_often():
    torch.manual_seed(0)
    candidates, right = ragged([[True, False, True]])
    total = sum(one_answer(candidates, right) for _ in range(400))
    assert total[1] == 0 and 160 < total[0] < 240


def test_drawn_candidates_differ_from_draw_to_draw():
    candidates, right = ragged([[True] + [False] * 30])
    drawn = {tuple(thinned(candidates, right, 4)[0].values.tolist()) for _ in range(10)}
    assert len(drawn) > 5


def test_a_loaded_run_has_the_same_memories_and_answers(run, data):
    system, folder = run
    again = graphkg.load(folder)
    assert isinstance(again, MetaQASystem) and same_weights(again, system)
    for name, table in system.model.memories().items():
        assert torch.equal(again.model.memories()[name](), table())
    assert set(system.model.memories()) == {"entity", "relation"}
    asked = data.questions(1, "test")
    assert torch.equal(again.ask(asked)[0], system.ask(asked)[0])
    assert again.evaluate("test", data.folder).to_dict() == system.score(data).to_dict()


def test_a_stopped_run_goes_on_to_the_same_bits(run, encoder, data, tmp_path, monkeypatch):
    system, folder = run[0], tmp_path / "run"
    score, calls = MetaQASystem.score, []

    def stops_at_the_second(*given):
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("stopped")
        return score(*given)

    monkeypatch.setattr(MetaQASystem, "score", stops_at_the_second)
    with pytest.raises(RuntimeError, match="stopped"):
        train_metaqa(recipe(encoder), folder, data=data)
    monkeypatch.setattr(MetaQASystem, "score", score)
    again = train_metaqa(recipe(encoder), folder, resume=True, data=data)
    assert same_weights(again, system)
    assert all(torch.equal(table(), system.model.memories()[name]())
               for name, table in again.model.memories().items())  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "km"),
    [
        ({}, True),
        ({"whiten": True}, True),
        ({"answers": "sampled", "neighbourhood": "full", "train_candidates": None}, True),
        ({"answer_embedding": "context"}, True),
        ({"start": "encoder"}, False),
    ],
)
def test_every_way_of_training_learns_the_questions(encoder, data, tmp_path, changes, km):
    quick = {"epochs": 25, "rate": 1e-2, "rates": {}, "schedule": "constant", "held_out": 0.0}
    quick |= {"encoder_dropout": 0.0, "knowledge_dropout": 0.0}
    system = train_metaqa(recipe(encoder, **quick, **changes), tmp_path / "run", data=data)
    scores, candidates, right = system.ask(data.questions(1, "dev"))
    assert score_answers(scores, candidates.ptr, right).hits_at_1 == 1.0
    assert (system.model.model.knowledge is not None) == km
    assert system.data["epoch_chosen_on"] == "nothing: the last"


def test_entities_are_described_by_questions_that_are_learned(run, data):
    system = run[0]
    learned = learned_questions(system.recipe, data)
    texts = {}
    for number, topic in enumerate(learned.topic.tolist()):
        texts.setdefault(data.entities.label(topic), set()).add(learned.text(number))
    given = system.parts.graph.entities.descriptions
    assert given.keys() == texts.keys() and all(given[label] in texts[label] for label in given)
    relations = system.parts.graph.relations
    assert relations.descriptions == {label: RELATIONS[label] for label in relations}


def test_dev_is_learned_but_for_the_questions_that_choose_the_epoch(encoder, data):
    settings = recipe(encoder)
    learned, valid = learned_questions(settings, data), scored_questions(settings, data, "valid")
    keys = [[graph.key for graph in part] for part in (learned, valid)]
    assert len(keys[0]) == 8 and len(keys[1]) == 2 and not set(keys[0]) & set(keys[1])
    assert set(keys[0]) | set(keys[1]) == {f"1-hop/dev#{n}" for n in range(10)}
    assert len(scored_questions(settings, data, "test", 3)) == 3


def test_training_questions_are_learned_where_there_are_any(encoder, tmp_path):
    folder = metaqa_folder(tmp_path)
    (folder / "1-hop.train.txt").write_text("of the [Ann]\tLee\n", encoding="utf-8")
    settings, own = recipe(encoder, learn_from="train"), MetaQA(folder)
    assert len(learned_questions(settings, own)) == 1
    assert len(scored_questions(settings, own, "valid")) == 10


def test_with_half_of_the_triples_some_questions_cannot_be_answered(encoder, tmp_path):
    half = small_metaqa(tmp_path, share=0.5)
    settings = recipe(encoder, share=0.5, epochs=1)
    scores = train_metaqa(settings, tmp_path / "run", data=half).score(half)
    assert scores.oracle_rate == half.oracle_rate(half.questions(1, "test")) < 1
    assert scores.hits_at_1 <= scores.oracle_rate
    assert scores.protocol["trained_on"]["share"] == 0.5


def test_candidates_stay_when_the_graph_that_is_read_is_shuffled(encoder, data):
    graph = train_graph(encoder, data, "on"), train_graph(encoder, data, "shuffled")
    read = [one.parts.texts.whole["entity", "rel", "entity"].edge_index for one in graph]
    assert not torch.equal(*read)
    assert torch.equal(*(one.parts.near.neighbour for one in graph))


def train_graph(encoder, data, kg):
    from graphkg.recipes.jaket_metaqa_build import described_graph

    return MetaQASystem.build(recipe(encoder, kg=kg), described_graph(data, {}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"held_out": 0.01}, r"held_out=0.01 of 10 questions of dev are none"),
        ({"learn_from": "train"}, r"1-hop.train.txt"),
        ({"question_length": 65}, "at most 64 pieces"),
        ({"start": "jaket"}, "init"),
    ],
)
def test_mistakes_are_one_sentence(encoder, data, tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        train_metaqa(recipe(encoder, **changes), tmp_path / "run", data=data)


def test_data_over_other_entities_and_no_questions_are_one_sentence(run, data, tmp_path):
    other = metaqa_folder(tmp_path)
    (other / "kb.txt").write_text("Ann|directed_by|Lee\n", encoding="utf-8")
    with pytest.raises(InputError, match="has 2 entities, but the 9 of this run's graph"):
        run[0].score(MetaQA(other))
    with pytest.raises(InputError, match="no questions were given"):
        run[0].ask(data.questions(1, "dev").part(torch.tensor([], dtype=torch.long)))


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_those_of_the_task(preset):
    found = jaket_task("metaqa").build_recipe(preset, {"epochs": 3})
    assert found.train.epochs == 3 and str(found.hops) in preset
    assert found.share == (0.5 if "half" in preset else 1.0)
    assert jaket_task("metaqa").train is train_metaqa
