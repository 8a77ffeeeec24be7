"""A trained system: it learns, extracts, scores, is saved and found again with the same bits."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch

import graphkg
from graphkg.errors import InputError
from graphkg.recipes.jrrelp import PRESETS, build_recipe
from graphkg.recipes.relation_data import RelationData
from graphkg.recipes.relation_scores import KindPairBaseline, gold_sets, score_pairs
from graphkg.recipes.relation_system import RelationSystem
from graphkg.recipes.relation_training import train_jrrelp
from graphkg.vocab import Vocabularies, Vocabulary


def test_it_learns_invented_sentences_better_than_their_kinds_tell(run, data):
    system, _ = run
    scores = graphkg.evaluate(system, data.test)
    kinds = KindPairBaseline(data.train, "no_relation").predict(data.test)
    baseline = score_pairs(data.test, kinds, "no_relation", {})
    assert scores.score.f1 > 0.9 > baseline.score.f1
    assert scores.protocol["data"] == "fake" and scores.protocol["pairs"] == len(data.test)
    assert json.loads(scores.to_json())["f1"] == scores.score.f1


def test_a_loaded_system_in_a_new_process_gives_the_same_bits(run, data, tmp_path):
    system, folder = run
    loaded = graphkg.load(folder)
    expected = loaded.predict(data.test).logits
    again = graphkg.load(folder).predict(data.test).logits
    assert torch.equal(expected, again)
    torch.save(expected, tmp_path / "expected.pt")
    code = (
        "import sys, torch, graphkg\nfrom graphkg.datasets.fake import Fake\n"
        "torch.set_num_threads(int(sys.argv[3]))\n"
        "found = graphkg.load(sys.argv[1]).predict(Fake(160).test).logits\n"
        "assert torch.equal(found, torch.load(sys.argv[2], weights_only=True))\n"
    )
    threads = str(torch.get_num_threads())
    paths = [str(folder), str(tmp_path / "expected.pt"), threads]
    subprocess.run([sys.executable, "-c", code, *paths], check=True)
    # Word rows are stored in half precision, so the trained system itself is only close.
    assert torch.allclose(system.predict(data.test).logits, expected, atol=0.05)


def test_predictions_do_not_depend_on_the_batch(run, data):
    system, _ = run
    whole = system.predict(data.test).logits
    alone = torch.cat([system.predict([graph]).logits for graph in data.test[:8]])
    assert torch.allclose(whole[:8], alone, atol=1e-5)
    assert torch.allclose(whole, system.predict(data.test, size=3).logits, atol=1e-5)


def test_a_sentence_with_more_pairs_than_a_batch_is_cut_and_gives_the_same(run):
    from graphkg import SentenceGraph

    def listed(count):
        words, kinds = [f"Ann{i}" for i in range(count)], ["PERSON"] * count
        mentions = [(i, i + 1, "PERSON") for i in range(count)]
        pairs = [(s, o, None) for s in range(count) for o in range(count) if s != o]
        heads = range(count)
        return SentenceGraph.build(words, heads, ner=kinds, mentions=mentions, pairs=pairs)

    system, _ = run
    graphs = [listed(20), listed(3), listed(1), listed(9)]
    found = system.predict(graphs, size=50).logits
    assert torch.allclose(found, system.predict(graphs, size=1000).logits, atol=1e-5)
    assert len(found) == 20 * 19 + 3 * 2 + 9 * 8


def test_extract_asks_all_pairs_and_tells_both_ends_and_a_score(run, data):
    system, _ = run
    right = found = 0
    graphs = [graph.with_pairs([]) for graph in data.test]
    for graph, plain, triples in zip(data.test, graphs, system.extract(graphs)):
        gold = set(graph.triples()) - {(s, "no_relation", o) for s, _, o in graph.triples()}
        said = {(t.subject.text, t.relation, t.object.text) for t in triples}
        right, found = right + len(gold & said), found + len(gold)
        assert all(0.5 < t.score <= 1 for t in triples)
        assert all(plain.text[slice(*t.subject.chars)] == t.subject.text for t in triples)
    assert right / found > 0.9


def test_a_sentence_without_two_mentions_gives_no_triple(run):
    from graphkg import SentenceGraph

    system, _ = run
    alone = SentenceGraph.build("Nothing happened .".split(), [2, 0, 2])
    one = SentenceGraph.build("Ada sleeps .".split(), [2, 0, 2], mentions=[(0, 1, "PERSON")])
    unknown = SentenceGraph.build(
        "Ada 5".split(), [0, 1], mentions=[(0, 1, "PERSON"), (1, 2, "NUMBER")]
    )
    assert system.extract([alone, one, unknown]) == [[], [], []]
    assert system.extract(alone) == [[]]


def test_typed_leaves_out_relations_that_training_never_saw_between_the_kinds(run, data):
    system, _ = run
    predicted = system.predict(data.test)
    labels = system.vocabularies.relation.labels
    seen = {(g.labels.kinds[s], r, g.labels.kinds[o]) for g in data.train for s, o, r in g.pairs}
    for graph, row in zip(data.test, predicted.holds):
        kinds = graph.labels.kinds
        for relation in row.nonzero().view(-1).tolist():
            assert (
                labels[relation] == "no_relation" or (kinds[0], labels[relation], kinds[1]) in seen
            )
    assert bool(predicted.holds.any(1).all())


def test_the_pairs_asked_are_those_apart_whose_kinds_training_joined(run):
    from graphkg import SentenceGraph

    system, _ = run
    kinds = ["PERSON", "PERSON", "LOCATION", "ORGANIZATION", "NUMBER"]
    spans = [(0, 3), (1, 2), (3, 4), (2, 5), (5, 6)]
    graph = SentenceGraph.build(list("abcdef"), mentions=[(*s, k) for s, k in zip(spans, kinds)])
    joined = {("PERSON", "LOCATION"), ("PERSON", "ORGANIZATION"), ("ORGANIZATION", "PERSON")}
    possible = torch.zeros(len(system.vocabularies.kind), len(system.vocabularies.kind)).bool()
    for subject, object_ in joined:
        possible[system.vocabularies.kind[subject], system.vocabularies.kind[object_]] = True
    expected = [
        (s, o, None)
        for s in range(5)
        for o in range(5)
        if (kinds[s], kinds[o]) in joined and not set(range(*spans[s])) & set(range(*spans[o]))
    ]
    assert system._candidates(graph, possible) == expected != []


def test_typed_works_without_a_negative_label(data, settings, tmp_path):
    def stated(graphs):
        return [graph for graph in graphs if graph.labels.relations != ("no_relation",)]

    parts = [stated(part) for part in (data.train, data.valid, data.test)]
    relations = Vocabulary([r for r in data.relations if r != "no_relation"], name="relation")
    parts = [[g.encode(Vocabularies(relation=relations)) for g in part] for part in parts]
    alone = RelationData("fake", *parts, relations, None, "pairs")
    changed = {**settings, "epochs": 1, "relation_loss": "softmax"}
    system = train_jrrelp(build_recipe(None, changed), tmp_path / "run", data=alone)
    assert system.predict(alone.test).holds.shape == (len(alone.test), len(relations))


def test_lambda_zero_trains_to_the_weights_of_the_extractor_alone(data, settings, tmp_path):
    off = {**settings, "epochs": 2, "link_weight": 0.0, "coupling_weight": 0.0}
    first = train_jrrelp(build_recipe(None, off), tmp_path / "a", data=data)
    channels = {**off, "conve_channels": 7}  # another predictor that never runs
    second = train_jrrelp(build_recipe(None, channels), tmp_path / "b", data=data)
    pairs = zip(first.model.extractor.parameters(), second.model.extractor.parameters())
    assert all(torch.equal(a, b) for a, b in pairs)


def test_a_killed_training_resumes_to_the_same_bits(data, settings, tmp_path):
    def weights(system):
        return torch.cat([p.detach().flatten() for p in system.model.parameters()])

    whole = train_jrrelp(build_recipe(None, {**settings, "epochs": 3}), tmp_path / "a", data=data)
    train_jrrelp(build_recipe(None, {**settings, "epochs": 1}), tmp_path / "b", data=data)
    recipe = (tmp_path / "b" / "recipe.yaml").read_text()
    (tmp_path / "b" / "recipe.yaml").write_text(recipe.replace("epochs: 1", "epochs: 3"))
    more = train_jrrelp(build_recipe(), tmp_path / "b", data=data, resume=True)
    assert torch.equal(weights(whole), weights(more))


def test_gold_sets_join_the_relations_of_a_pair():
    from graphkg import SentenceGraph

    mentions = [(0, 1, "A"), (1, 2, "B")]
    pairs = [(0, 1, "x"), (1, 0, "no_relation"), (0, 1, "y")]
    graph = SentenceGraph.build(["a", "b"], [0, 1], mentions=mentions, pairs=pairs)
    assert gold_sets([graph]) == [{"x", "y"}, {"no_relation"}]


def test_every_preset_is_valid_and_mistakes_are_one_sentence():
    for preset in PRESETS:
        assert build_recipe(preset, {"epochs": 3}).train.epochs == 3
    with pytest.raises(InputError, match="did you mean 'semeval-cgcn'"):
        build_recipe("semeval-gcn")
    with pytest.raises(InputError, match="unknown key 'link_wieght'; did you mean 'link_weight'"):
        build_recipe(None, {"link_wieght": 1})


def test_a_folder_that_is_not_empty_is_not_trained_into(data, settings, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        train_jrrelp(build_recipe(None, settings), tmp_path, data=data)


def test_a_fingerprint_tells_two_models_of_one_name_apart(run, data, settings, tmp_path):
    other = {**settings, "epochs": 1, "seed": 5}
    train_jrrelp(build_recipe(None, other), tmp_path / run[1].name, data=data)
    first, second = graphkg.load(run[1]), graphkg.load(tmp_path / run[1].name)
    assert first.name == second.name and first.fingerprint != second.fingerprint
    assert first.fingerprint == graphkg.load(run[1]).fingerprint != ""


def test_predicting_without_a_pair_is_one_sentence(run, data):
    with pytest.raises(InputError, match="none of 1 sentences has a mention pair"):
        run[0].predict([data.test[0].with_pairs([])])


def test_save_pretrained_writes_a_folder_that_loads_and_refuses_to_overwrite(run, tmp_path):
    system, _ = run
    system.save_pretrained(tmp_path / "copy")
    again = RelationSystem.from_pretrained(tmp_path / "copy")
    assert again.vocabularies == system.vocabularies and again.recipe == system.recipe
    with pytest.raises(InputError, match="exists and is not empty"):
        system.save_pretrained(tmp_path / "copy")
