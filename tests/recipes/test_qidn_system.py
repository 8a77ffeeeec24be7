"""A trained QIDN: it finds what it learned, is scored, is saved and found again with its bits."""

from __future__ import annotations

import copy

import pytest
import torch
from qidn_runs import SMALL
from slot_models import raw_triples

import graphkg
from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.recipes.qidn import PRESETS, QIDNRecipe, build_qidn_recipe
from graphkg.recipes.qidn_system import QIDNSystem, by_length
from graphkg.recipes.qidn_training import read_qidn_data


def spans(found):
    return [
        {
            (t.relation, (t.subject.start, t.subject.end), (t.object.start, t.object.end))
            for t in one
        }
        for one in found
    ]


def gold(graph):
    m = graph.mentions
    return {(r, (m[s].start, m[s].end), (m[o].start, m[o].end)) for s, o, r in graph.pairs}


def test_it_learns_overlapping_triples_to_the_last_one(qidn_run):
    system, _, data = qidn_run
    scores = graphkg.evaluate(system, data)
    assert scores.match == "strict" and scores.f1 == 1.0 and scores.mentions.f1 == 1.0
    assert {"exact", "partial", "boundaries", "strict"} == set(scores.rules)
    assert system.training["best"] == 1.0
    assert {"EPO", "SEO", "SOO"} <= set(scores.classes)


def test_scores_carry_the_data_and_how_they_were_taken(qidn_run):
    system, _, data = qidn_run
    protocol = system.evaluate(data, "valid").protocol
    assert (protocol["data"], protocol["split"], protocol["match"]) == (
        data.name,
        "valid",
        "strict",
    )
    assert (protocol["system"], protocol["queries"], protocol["joint"]) == ("qidn", 5, False)
    assert protocol["mentions_learned"] == "all" and protocol["trained_on"]["split"] == "train"
    assert protocol["training"]["left_out"] == {"absent": 0, "outside": 0, "surplus": 0}


def test_triples_stand_where_their_characters_say(qidn_run):
    system, _, _ = qidn_run
    graphs = raw_triples()
    found = system.extract([graph.with_pairs([]) for graph in graphs])
    assert spans(found) == [gold(graph) for graph in graphs]
    for graph, triples in zip(graphs, found):
        for triple in triples:
            assert 0 < triple.score <= 1
            for end in (triple.subject, triple.object):
                assert graph.text[slice(*end.chars)] == end.text and end.kind in ("PER", "LOC")
    assert "the  city of Rome" in {t.object.text for t in found[1]}


def test_neither_mentions_nor_trees_are_read(qidn_run):
    system, _, _ = qidn_run
    wrong = [SentenceGraph.build(g.words, [0] * len(g.words), text=g.text) for g in raw_triples()]
    assert spans(system.extract(wrong)) == spans(system.extract(raw_triples()))


def test_what_is_found_does_not_depend_on_the_other_sentences(qidn_run):
    system, _, _ = qidn_run
    graphs = [*raw_triples(), SentenceGraph.build([]), *raw_triples()[::-1]]
    whole = system.predict(graphs)
    alone = [system.predict(graph)[0] for graph in graphs]
    assert spans(x.triples for x in whole) == spans(x.triples for x in alone)
    assert [x.entities for x in whole] == [x.entities for x in alone]
    assert spans(x.triples for x in system.predict(graphs, pieces=1)) == spans(
        x.triples for x in whole
    )
    assert whole[4].triples == [] and system.predict([]) == []


def test_batches_hold_similar_lengths_within_their_budget():
    lengths = {7: 3, 8: 9, 9: 3, 10: 4, 11: 30}
    assert list(by_length(lengths, 12)) == [[7, 9, 10], [8], [11]]
    assert list(by_length({}, 12)) == []


def test_a_loaded_system_has_the_same_bits(qidn_run):
    system, folder, data = qidn_run
    again = QIDNSystem.from_pretrained(folder)
    assert again.recipe == system.recipe and again.vocabularies == system.vocabularies
    state, expected = again.model.state_dict(), system.model.state_dict()
    assert set(state) == set(expected)
    assert all(torch.equal(state[name], expected[name]) for name in expected)
    assert again.extract(data.test) == system.extract(data.test)
    assert again.training == system.training and again.name == folder.name
    assert again.fingerprint


def test_save_pretrained_writes_a_folder_that_loads(qidn_run, tmp_path):
    system, _, data = qidn_run
    graphkg.save(system, tmp_path / "copy")
    assert graphkg.load(tmp_path / "copy").extract(data.test) == system.extract(data.test)
    weights = tmp_path / "copy" / "encoder" / "config.json"
    weights.write_text(weights.read_text() + " ")
    with pytest.raises(InputError, match="encoder/config.json"):
        graphkg.load(tmp_path / "copy")


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_valid_and_names_its_data(preset):
    recipe = build_qidn_recipe(preset, {"epochs": 3, "train.seed": 4})
    assert preset.startswith(recipe.data) and recipe.match in ("exact", "partial", "strict")
    assert (recipe.train.epochs, recipe.train.seed) == (3, 4)
    assert set(recipe.train.rates) == {"encoder"} and recipe.train.optimizer == "adamw"
    assert (recipe.encoder == "minilm") is not preset.endswith("-paper")
    assert QIDNRecipe.parse(recipe.model_dump(mode="json")) == recipe


@pytest.mark.parametrize(
    ("preset", "changes", "message"),
    [
        ("webnlg", {}, "did you mean 'webnlg-exact'"),
        (None, {"num_querys": 3}, "unknown key 'num_querys'; did you mean 'num_queries'"),
        (None, {"keys": "words"}, "keys = 'words' does not fit"),
        (None, {"match": "fuzzy"}, "match = 'fuzzy' does not fit"),
    ],
)
def test_mistakes_in_the_settings_are_one_sentence(preset, changes, message):
    with pytest.raises(InputError, match=message):
        build_qidn_recipe(preset, changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_length": 100}, "the encoder reads at most 64 pieces"),
        ({"heads": 3}, "heads divide the channels"),
        ({"typed": False, "pseudo_instances": False}, "match=strict compares kinds"),
        ({"typed": False, "match": "exact"}, "pseudo_instances=true was asked for"),
        ({"hidden": "both", "branches": False}, "one branch cannot be hidden"),
        ({"encoder": "nowhere"}, "encoder 'nowhere' is no folder"),
    ],
)
def test_settings_that_do_not_fit_are_one_sentence(qidn_run, changes, message):
    system, _, data = qidn_run
    recipe = build_qidn_recipe(None, {**SMALL, "encoder": system.recipe.encoder, **changes})
    with pytest.raises(InputError, match=message):
        QIDNSystem.build(recipe, data)


def test_without_kinds_triples_are_compared_by_their_strings(qidn_run):
    system, _, _ = qidn_run
    off = {"typed": False, "pseudo_instances": False, "match": "exact", "lower_case": True}
    changes = {**SMALL, "encoder": system.recipe.encoder, "data": system.recipe.data, **off}
    recipe = build_qidn_recipe(None, changes)
    data = read_qidn_data(recipe)
    plain = QIDNSystem.build(recipe, data)
    assert plain.model.num_types == 0 and plain.parts.lower_case
    assert len(plain.batches(data.train).dataset) == len(data.train)
    scores = plain.evaluate(data)
    assert scores.match == "exact" and scores.mentions is None
    assert all(end.kind == "_" for t in sum(plain.extract(data.test), []) for end in (t.subject,))


def changed(system, **settings):
    """A system of the same weights, copied, with other settings of prediction."""
    recipe = system.recipe.model_copy(update=settings)
    return QIDNSystem(recipe, copy.deepcopy(system.parts), system.data)


def test_joint_decoding_finds_a_span_where_each_boundary_alone_gives_none(qidn_run):
    graph = raw_triples()[0]
    for joint, count in ((False, 0), (True, 2)):
        system = changed(qidn_run[0], joint=joint)
        heads = system.model.heads
        with torch.no_grad():  # subjects end where objects do, and objects where subjects do
            for name in ("weight", "bias"):
                first, second = (getattr(heads.ends[side], name) for side in (1, 3))
                swapped = first.clone()
                first.copy_(second)
                second.copy_(swapped)
        (triples,) = system.extract(graph)
        assert len(triples) == count


def test_triples_without_kinds_are_kept_if_the_settings_say_so(qidn_run):
    graph = raw_triples()[0]
    for keep, kinds in ((False, []), (True, ["_", "_"])):
        system = changed(qidn_run[0], keep_untyped=keep)
        with torch.no_grad():  # no mention has a kind any more
            for head in system.model.heads.kinds:
                head.bias[-1] += 100
        (triples,) = system.extract(graph)
        assert [t.subject.kind for t in triples] == kinds
