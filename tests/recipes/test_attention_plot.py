"""The picture of attention: shares that add up, of the queries that answer, at named spans."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from qidn_runs import SMALL
from slot_models import raw_triples

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.recipes.attention_plot import OTHERS, draw_attention, slot_attention
from graphkg.recipes.qidn import build_qidn_recipe
from graphkg.recipes.qidn_system import QIDNSystem


def test_rows_are_the_queries_of_the_slots_that_say_the_triples(qidn_run):
    system, _, _ = qidn_run
    graph = raw_triples()[1]
    found = slot_attention(system, graph)
    said = {(t.subject.text, t.relation, t.object.text) for t in found.triples}
    assert said == set(graph.triples()) and len(set(found.slots)) == 3
    expected = [f"{branch} {slot}" for slot in found.slots for branch in ("relation", "entity")]
    assert found.rows == expected


def test_every_row_adds_up_and_columns_stand_in_the_order_of_the_sentence(qidn_run):
    system, _, _ = qidn_run
    found = slot_attention(system, raw_triples()[1], spans=4)
    assert found.cross.shape == (6, 5) and found.own.shape == (6, 7)
    assert found.spans[-1] == OTHERS and all(x in raw_triples()[1].text for x in found.spans[:-1])
    for table in (found.cross, found.own):
        assert torch.allclose(table.sum(1), torch.ones(6), atol=1e-5) and bool((table >= 0).all())
    whole = slot_attention(system, raw_triples()[1], spans=10_000)
    assert whole.spans[:3] == ["Ann", "Ann born", "Ann born Romeville"]
    assert torch.allclose(whole.cross[:, -1], torch.zeros(6), atol=1e-5)


def test_the_numbers_are_those_of_the_layer_that_is_asked_for(qidn_run):
    system, _, _ = qidn_run
    graph = raw_triples()[0]
    (one,) = system.parts.inputs([graph])
    weights = system.model.attention(one)
    found = slot_attention(system, graph, layer=1, spans=10_000)
    slot = found.slots[0] - 1
    assert torch.allclose(found.cross[0, :-1], weights.cross[0, :, slot].mean(0))
    assert torch.allclose(found.own[1, 1], weights.own[0, :, 5 + slot, 5 + slot].mean())
    assert not torch.allclose(found.cross, slot_attention(system, graph, spans=10_000).cross)
    with pytest.raises(
        InputError, match="layer 3 was asked for, but the decoder has layers 1 to 2"
    ):
        slot_attention(system, graph, layer=3)


def test_the_figure_names_the_sentence_its_triples_spans_and_queries(qidn_run):
    from matplotlib import pyplot

    system, _, _ = qidn_run
    graph = raw_triples()[2]
    figure = draw_attention(system, graph, spans=6)
    left, right = figure.axes
    columns = [label.get_text() for label in left.get_xticklabels()]
    rows = [label.get_text() for label in left.get_yticklabels()]
    assert columns == slot_attention(system, graph, spans=6).spans and len(rows) == 2
    assert [label.get_text() for label in right.get_xticklabels()] == [*rows, OTHERS]
    shares = slot_attention(system, graph, spans=6).cross[:, -1].tolist()
    assert [text.get_text() for text in left.texts] == [f"{share:.0%}" for share in shares]
    title = figure.get_suptitle()
    assert title.startswith(graph.text) and "the city of Rome - of - Rome" in title
    pyplot.close(figure)


def test_a_sentence_that_says_nothing_is_told(qidn_run):
    system, _, _ = qidn_run
    with pytest.raises(InputError, match="no triple was found in 'a b c'"):
        draw_attention(system, raw_triples()[3])
    with pytest.raises(InputError, match="no triple was found in ''"):
        draw_attention(system, SentenceGraph.build([]))


def test_without_branches_a_slot_is_one_query(qidn_run):
    system, _, data = qidn_run
    changes = {**SMALL, "encoder": system.recipe.encoder, "branches": False, "null_weight": 0.0}
    plain = QIDNSystem.build(build_qidn_recipe(None, {**changes, "keep_untyped": True}), data)
    with torch.no_grad():  # a slot that says something, whatever it is
        head = plain.model.heads.relation
        head.bias[0] += 100
    found = slot_attention(plain, raw_triples()[0])
    assert found.rows == [f"query {slot}" for slot in found.slots]
    assert found.own.shape == (len(found.slots), len(found.slots) + 1)


def test_matplotlib_is_imported_when_it_draws():
    code = "import sys, graphkg.recipes.attention_plot; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
