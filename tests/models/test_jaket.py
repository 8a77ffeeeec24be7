"""JAKET: memories, reading a graph and texts, other graphs (reference checks of JAKET)."""

from __future__ import annotations

import copy

import pytest
import torch
from jaket_models import (
    ANN,
    LEE,
    ROME,
    ROMEVILLE,
    A,
    descriptions,
    joined,
    relation_descriptions,
    sentences,
    small_graph,
    small_jaket,
)
from pieces import tiny_encoder, tiny_tokenizer
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs import Descriptions, JointGraph, SentenceGraph
from graphkg.graphs.knowledge import EDGE
from graphkg.models import JAKET, context
from graphkg.nn import KnowledgeModule
from graphkg.stores import EmbeddingStore, LearnedTable, MemoryTable, RefreshSchedule

EVERYONE = torch.arange(5)


def alone(graph: SentenceGraph) -> JointGraph:
    return joined([graph])


def rows_by_hand(model, node):
    """(Z_s + Z_o) / 2 of one description, encoded alone."""
    asked = model.descriptions.gather(torch.tensor([node]))
    rows = model.lower(asked.sequences.piece, asked.sequences.ptr)
    return (rows[int(asked.first)] + rows[int(asked.last)]) / 2


@pytest.mark.parametrize("memory", ["encoder", "off"])
def test_context_is_the_mean_of_the_ends_of_the_mention(memory):
    model = small_jaket(memory=memory).eval()
    found = model.context(torch.tensor([ROMEVILLE, A, LEE, ROMEVILLE]))
    for row, node in zip(found, (ROMEVILLE, A, LEE, ROMEVILLE)):
        torch.testing.assert_close(row, rows_by_hand(model, node), atol=1e-5, rtol=1e-5)
    assert found.requires_grad == (memory == "off")


def test_the_memory_is_filled_once_and_stays_until_it_is_refreshed():
    model = small_jaket(momentum=0.8)
    before = model.context(EVERYONE)
    with torch.no_grad():
        for weight in model.lower.parameters():
            weight.add_(0.05 * torch.randn_like(weight))
    assert torch.equal(model.context(EVERYONE), before)
    new = torch.stack([rows_by_hand(model.eval(), node) for node in range(5)])
    model.refresh()
    torch.testing.assert_close(model.context(EVERYONE), 0.8 * before + 0.2 * new)
    model.refresh()
    torch.testing.assert_close(model.context(EVERYONE), 0.64 * before + 0.36 * new)


def test_texts_of_many_chunks_are_refreshed_alike(monkeypatch):
    whole = small_jaket().context(EVERYONE)
    monkeypatch.setattr(context, "CHUNK", 2)
    torch.testing.assert_close(small_jaket().context(EVERYONE), whole, atol=1e-6, rtol=1e-5)


def test_a_refresh_draws_nothing_and_leaves_every_mode_as_it_was():
    model = small_jaket(dropout=0.5).train()
    model.lower.model.encoder.layer[0].eval()
    state, modes = torch.get_rng_state(), [m.training for m in model.modules()]
    rows = model.context(EVERYONE)
    model.refresh()
    assert torch.equal(torch.get_rng_state(), state)
    assert [m.training for m in model.modules()] == modes
    torch.testing.assert_close(model.context(EVERYONE), rows, atol=1e-6, rtol=1e-5)


def test_steps_ask_the_schedule():
    model, seen = small_jaket(schedule=RefreshSchedule(2, 2, 1, 100)), []
    model.refresh = lambda: seen.append(True)
    due = []
    for step in range(1, 31):
        model.after_step(step)
        due += [step] * len(seen)
        seen.clear()
    assert due == [2, 6, 14, 30]
    frozen = small_jaket()
    before = frozen.context(EVERYONE)
    with torch.no_grad():
        frozen.lower.embedding.weight.mul_(2)
    for step in range(1, 40):
        frozen.after_step(step)
    assert torch.equal(frozen.context(EVERYONE), before)


def test_random_rows_come_back_with_the_seed_and_are_never_refreshed():
    first, same, other = (small_jaket(memory="random", seed=n) for n in (1, 1, 2))
    rows = first.context(EVERYONE)
    assert torch.equal(rows, same.context(EVERYONE))
    assert not torch.equal(rows, other.context(EVERYONE))
    assert abs(float(rows.mean())) < 0.5 and 0.7 < float(rows.std()) < 1.3
    first.refresh()
    assert torch.equal(first.context(EVERYONE), rows)


def test_reading_a_graph_is_the_knowledge_module_over_the_context():
    model, graph = small_jaket().eval(), small_graph()
    expected = model.knowledge(
        model.context(EVERYONE), None, graph[EDGE].edge_index, graph[EDGE].edge_type
    )
    assert torch.equal(model.read_graph(graph), expected)


def test_a_piece_that_holds_all_neighbours_gives_the_rows_of_the_whole_graph():
    model, graph = small_jaket().eval(), small_graph()
    nodes = torch.tensor([ROME, ROMEVILLE, LEE, ANN])
    piece = graph.subgraph({"entity": nodes})
    torch.testing.assert_close(model.read_graph(piece), model.read_graph(graph)[nodes])


def test_with_descriptions_of_relations_the_relation_of_an_edge_matters():
    plain = small_jaket().eval()
    model = small_jaket(relations=relation_descriptions()).eval()
    one, other = small_graph(), small_graph()
    other[EDGE].edge_type = (other[EDGE].edge_type + 1) % 3
    assert torch.equal(plain.read_graph(one), plain.read_graph(other))
    changed = (model.read_graph(one) - model.read_graph(other)).abs().sum(1) > 1e-4
    assert changed.tolist() == [
        False,
        False,
        True,
        True,
        False,
    ]  # the entities with edges into them
    rows = model.store["relation"]()[one[EDGE].edge_type]
    expected = model.knowledge(model.context(EVERYONE), rows, one[EDGE].edge_index, torch.arange(4))
    torch.testing.assert_close(model.read_graph(one), expected)


@pytest.mark.parametrize("layernorm", [True, False])
def test_a_text_is_the_lower_half_merged_and_the_upper_half(layernorm):
    model, joint = small_jaket(merge_layernorm=layernorm).eval(), joined()
    piece, km = joint["piece"], model.read_graph(small_graph())
    rows = model.lower(piece.input_id, piece.ptr).clone()
    added = {1: [ANN], 3: [ROMEVILLE], 4: [ROMEVILLE], 8: [ROMEVILLE], 9: [ROMEVILLE],
             10: [ROMEVILLE, ROME], 14: [LEE]}  # fmt: skip
    for place, entities in added.items():
        rows[place] += km[entities].sum(0)
    if layernorm:
        rows = torch.nn.functional.layer_norm(rows, (16,))
    found = model.read_text(joint)
    torch.testing.assert_close(found, model.upper(rows, piece.ptr), atol=1e-5, rtol=1e-5)
    assert torch.equal(model.read_text(joint, km), found)


@pytest.mark.parametrize("memory", ["encoder", "off", "random"])
def test_a_batch_is_its_members_one_by_one(memory):
    model = small_jaket(memory=memory, relations=relation_descriptions()).eval()
    whole = model.read_text(joined())
    parts = [model.read_text(alone(graph)) for graph in sentences()]
    torch.testing.assert_close(whole, torch.cat(parts), atol=1e-5, rtol=1e-5)


def test_without_norm_and_links_a_text_is_read_by_the_encoder():
    torch.manual_seed(0)
    # With weights as small as usual at first, the layers above normalise anyway.
    encoder = tiny_encoder("cls", 16, initializer_range=0.5).eval()
    encoder.model.encoder.layer[0].output.LayerNorm.weight.data.copy_(torch.linspace(0, 3, 16))
    batch = Batch.from_data_list(sentences())
    whole = encoder(batch["piece"].input_id, batch["piece"].ptr)
    plain = JAKET(encoder, split_at=1, merge_layernorm=False).eval()
    torch.testing.assert_close(plain.read_text(batch), whole, atol=1e-5, rtol=1e-5)
    normed = JAKET(encoder, split_at=1).eval()
    assert not torch.allclose(normed.read_text(batch), whole, atol=1e-2)


def test_a_model_without_knowledge_or_a_text_without_links_is_text_alone():
    with_graph, batch = small_jaket().eval(), Batch.from_data_list(sentences())
    text = small_jaket(knowledge=False, descriptions=None).eval()
    expected = with_graph.read_text(batch)
    torch.testing.assert_close(text.read_text(batch), expected)
    torch.testing.assert_close(text.read_text(joined()), expected)
    batch["mention"].entity = torch.full((6,), -1)
    nothing = small_graph().subgraph({"entity": torch.zeros(0, dtype=torch.long)})
    found = with_graph.read_text(JointGraph.join(batch, nothing))
    torch.testing.assert_close(found, expected)
    with pytest.raises(InputError, match="reads texts alone"):
        text.read_graph(small_graph())


def test_what_is_saved_has_no_row_of_an_entity():
    model = small_jaket(schedule=RefreshSchedule())
    model.context(EVERYONE)
    shapes = {name: value.shape for name, value in model.state_dict().items()}
    assert not [name for name in shapes if name.startswith("store")]
    assert shapes["schedule.counters"] == (2,)
    assert list(model.memories()) == ["entity"] and small_jaket(memory="off").memories() == {}
    more = small_jaket(schedule=RefreshSchedule(), descriptions=more_descriptions())
    assert {name: value.shape for name, value in more.state_dict().items()} == shapes


def more_descriptions() -> Descriptions:
    new = Descriptions.from_texts(["b"], ["the b of Rome"], tiny_tokenizer())
    return descriptions().followed_by(new)


def test_an_unseen_entity_is_read_by_its_description():
    model = small_jaket(schedule=RefreshSchedule()).eval()
    old = model.context(EVERYONE)
    wider = model.with_descriptions(more_descriptions())
    found = wider.context(torch.arange(6))
    torch.testing.assert_close(found[:5], old, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found[5], rows_by_hand(wider, 5), atol=1e-5, rtol=1e-5)
    assert len(model.store["entity"]) == 5 and len(model.descriptions) == 5
    assert model.schedule is not None and wider.schedule is None
    shared = {id(p) for p in model.parameters()}
    assert {id(p) for p in wider.parameters()} == shared
    assert not shared & {id(p) for p in copy.deepcopy(wider).parameters()}


def test_a_copy_has_a_memory_of_its_own():
    model = small_jaket()
    before = model.context(EVERYONE).clone()
    other = copy.deepcopy(model)
    other.store["entity"].refresh(None, torch.zeros(5, 16))
    assert torch.equal(model.context(EVERYONE), before)
    assert not other.context(EVERYONE).any()


def test_memories_in_files_belong_to_one_graph(tmp_path):
    def in_file(given=None):
        table = MemoryTable(5, 16, tmp_path / "entity.bin")
        return small_jaket(store=EmbeddingStore(entity=table), descriptions=given or descriptions())

    rows = in_file().context(EVERYONE)
    assert torch.equal(in_file().store["entity"](), rows)
    swapped = Descriptions.from_texts(list("abcde"), list("abcde"), tiny_tokenizer())
    with pytest.raises(InputError, match=r"entity.bin is filled from other descriptions"):
        in_file(swapped)
    (tmp_path / "entity.bin.json").unlink()
    with pytest.raises(InputError, match=r"entity.bin is filled from other descriptions"):
        in_file()


def test_parts_that_do_not_fit_are_one_sentence():
    with pytest.raises(InputError, match="8 channels and the encoder 16"):
        JAKET(tiny_encoder("cls", 16), 1, descriptions(), KnowledgeModule(8, heads=2))
    with pytest.raises(InputError, match="without descriptions"):
        small_jaket(descriptions=None)
    with pytest.raises(InputError, match="memory='on'"):
        small_jaket(memory="on")
    with pytest.raises(InputError, match=r"size \[4, 16\], but 5 descriptions .* \[5, 16\]"):
        small_jaket(store=EmbeddingStore(entity=MemoryTable(4, 16)))
    with pytest.raises(InputError, match="rows in a MemoryTable"):
        small_jaket(store=EmbeddingStore(entity=LearnedTable(5, 16)))
    with pytest.raises(InputError, match="split after layer 1 to 1"):
        JAKET(tiny_encoder("cls"), split_at=6)


def test_an_entity_or_a_relation_without_a_description_is_one_sentence():
    model = small_jaket(relations=Descriptions.from_texts(["born"], [""], tiny_tokenizer()))
    with pytest.raises(InputError, match="entity 5 was asked for, .* descriptions of 5"):
        model.context(torch.tensor([4, 5]))
    with pytest.raises(InputError, match="relation 1 was asked for, .* descriptions of 1"):
        model.read_graph(small_graph())
    with pytest.raises(InputError, match="graphkg.transforms.ToPieces"):
        model.read_text(SentenceGraph.build(["a"]))


def test_groups_hold_every_parameter_once():
    groups = small_jaket().groups()
    assert list(groups) == ["encoder", "knowledge"]
    model = small_jaket()
    found = [id(p) for group in model.groups().values() for p in group]
    assert sorted(found) == sorted(id(p) for p in model.parameters())
    knowledge = {id(p) for p in (*model.knowledge.parameters(), *model.merge.parameters())}
    assert knowledge == {id(p) for p in model.groups()["knowledge"]}


def test_the_printed_form():
    lower = "TextEncoder(bert, 2 layers, 16, 35 pieces, cls)"
    module = "KnowledgeModule(16, 16, layers=2, heads=2, composition='add')"
    expected = f"JAKET({lower} + UpperLayers(1 layers), {module}, 5 entities, memory='encoder')"
    assert repr(small_jaket()) == expected
