"""What JAKET is pre-trained on: held-out entities stay unknown, labels are held back."""

from __future__ import annotations

import pytest
import torch
from jaket_runs import people, people_encoder, people_recipe

from graphkg.datasets.triple_samples import hold_out_entities
from graphkg.errors import InputError
from graphkg.graphs import linked_entities
from graphkg.graphs.knowledge import ASKED, EDGE
from graphkg.nn.encoder_files import load_tokenizer
from graphkg.recipes.jaket_batches import PretrainingBatches, valid_batches
from graphkg.recipes.jaket_build import changed_graph, message_graph, with_longest_texts
from graphkg.recipes.jaket_data import held_out, prepare_pretraining


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return people_encoder(tmp_path_factory.mktemp("jaket") / "encoder")


def prepared(encoder, **changes):
    recipe = people_recipe(encoder, **changes)
    tokenizer = load_tokenizer(encoder)
    data = prepare_pretraining(recipe, people(), tokenizer)
    return data, PretrainingBatches(recipe, data, tokenizer, len(tokenizer))


def test_entities_are_on_one_side_with_all_triples_among_them():
    data = people()
    kept, unseen = hold_out_entities(data, 0.35, seed=3)
    assert len(unseen.entities) == round(0.35 * len(data.entities))
    assert not set(kept.entities) & set(unseen.entities)
    assert set(kept.entities) | set(unseen.entities) == set(data.entities)
    for side in (kept, unseen):
        for part, graph in side.parts.items():
            names = set(side.entities)
            assert graph.triples() == [
                t for t in data.parts[part].triples() if {t[0], t[2]} <= names
            ]
    assert hold_out_entities(data, 0.35, seed=3)[1].entities.labels == unseen.entities.labels
    assert hold_out_entities(data, 0.35, seed=4)[1].entities.labels != unseen.entities.labels


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_that_leaves_a_side_empty_is_told(share):
    with pytest.raises(InputError, match="give a share that leaves some on both sides"):
        hold_out_entities(people(), share)


def test_nothing_of_a_held_out_entity_is_learned_from(encoder):
    data, batches = prepared(encoder, held_out=0.35)
    _, unseen = held_out(people(), people_recipe(encoder, held_out=0.35))
    own = {graph.key.split("#")[0] for graph in (*data.texts.graphs, *data.valid_texts.graphs)}
    assert own and not own & set(unseen.entities)
    assert not set(data.graph.entities) & set(unseen.entities)
    named = {m.text for graph in data.texts.graphs for m in graph.mentions if m.entity >= 0}
    assert named and not named & set(unseen.entities)


def test_texts_and_labels_that_validate_are_not_learned_from(encoder):
    data, _ = prepared(encoder, held_out=0.35)
    keys = [{g.key.split("#")[0] for g in part.graphs} for part in (data.texts, data.valid_texts)]
    assert keys[1] and not keys[0] & keys[1]
    learned, held = data.graph["entity"].category, data.valid_graph["entity"].category
    assert ((learned >= 0) ^ (held >= 0)).all()
    assert int((held >= 0).sum()) == round(0.2 * held.numel())


def test_validation_asks_about_held_back_facts_that_no_message_holds(encoder):
    data, batches = prepared(encoder, add_inverse=True)
    valid = {tuple(row) for row in data.valid_triples.tolist()}
    asked, labels = set(), 0
    pairs = valid_batches(batches, data)
    for piece, _ in pairs:
        if piece is None:
            continue
        nodes = piece["entity"].n_id
        head, tail = nodes[piece[ASKED].edge_index]
        asked |= set(zip(head.tolist(), piece[ASKED].edge_type.tolist(), tail.tolist()))
        labels += int((piece["entity"].label >= 0).sum())
        count = data.graph["relation"].num_nodes // 2
        reader, kind = piece[EDGE].edge_index[1], piece[EDGE].edge_type
        heard = zip(
            nodes[reader].tolist(), kind.tolist(), nodes[piece[EDGE].edge_index[0]].tolist()
        )
        known = {(h, r, t) if r < count else (t, r - count, h) for h, r, t in heard}
        train = {tuple(x) for x in torch.stack([data.graph.heads, data.graph[EDGE].edge_type,
                                                data.graph.tails], 1).tolist()}  # fmt: skip
        assert known <= train
    assert asked == valid and valid - train
    assert labels >= int((data.valid_graph["entity"].category >= 0).sum())
    again = valid_batches(batches, data)
    for (_, one), (_, two) in zip(pairs, again):
        if one is not None:
            assert torch.equal(one["piece"].input_id, two["piece"].input_id)


def test_a_step_has_roots_and_texts_joined_with_the_links_that_are_left(encoder):
    data, batches = prepared(encoder)
    torch.manual_seed(0)
    steps = list(batches)
    assert len(steps) == len(batches) == -(-len(data.texts.graphs) // 16)
    assert sum(int(text["token"].num_nodes) for _, text in steps) == data.texts.counts["words"]
    for piece, text in steps:
        assert (piece["entity"].label[24:] == -1).all()
        nodes = text["entity"].n_id
        assert set(linked_entities(text).tolist()) <= set(nodes.tolist())
    assert any(int((text["mention"].candidate[:, 0] >= 0).sum()) for _, text in steps)
    torch.manual_seed(0)
    for (piece, text), (again, same) in zip(steps, batches):
        assert torch.equal(piece["entity"].n_id, again["entity"].n_id)
        assert torch.equal(text["piece"].input_id, same["piece"].input_id)


def test_without_a_graph_texts_are_alone(encoder):
    data, batches = prepared(encoder, kg="off")
    assert data.graph[EDGE].edge_type.numel() == 0
    for piece, text in batches:
        assert (
            piece is None and "entity" not in text.node_types and "candidate" not in text["mention"]
        )
    assert all(piece is None for piece, _ in valid_batches(batches, data))


def test_without_texts_an_epoch_meets_as_many_roots_as_there_are_entities(encoder, tmp_path):
    (tmp_path / "none.txt").write_text(" .")
    data, batches = prepared(encoder, texts=str(tmp_path / "none.txt"), valid_share=0.0)
    batches.texts = []
    assert len(list(batches)) == -(-len(data.graph.entities) // 24)
    assert all(text is None for _, text in batches)


def test_relations_are_left_out_by_name_and_unknown_ones_told(encoder):
    data, _ = prepared(encoder, leave_out=["employer", "spouse"])
    left = data.graph.relations.ids(["employer", "spouse"])
    everything = people().train[EDGE].edge_type
    assert int(torch.isin(everything, torch.tensor(left)).sum()) > 0
    assert int(torch.isin(data.graph[EDGE].edge_type, torch.tensor(left)).sum()) == 0
    assert not set(data.valid_triples[:, 1].tolist()) & set(left)
    with pytest.raises(InputError, match="relation 'boss' is neither a label nor a name"):
        prepared(encoder, leave_out=["boss"])


def test_shuffling_keeps_heads_relations_and_the_multiset_of_tails():
    graph = people().train
    mixed = changed_graph(graph, "shuffled", 1)
    assert torch.equal(mixed.heads, graph.heads) and not torch.equal(mixed.tails, graph.tails)
    assert torch.equal(mixed.tails.sort().values, graph.tails.sort().values)
    assert torch.equal(mixed[EDGE].edge_type, graph[EDGE].edge_type)
    assert changed_graph(graph, "off", 1)[EDGE].edge_index.shape == (2, 0)


def test_messages_go_from_tails_to_heads_and_back_where_inverses_are_added(encoder):
    graph = people().train
    plain = message_graph(graph, people_recipe(encoder))
    assert torch.equal(plain[EDGE].edge_index, graph[EDGE].edge_index.flip(0))
    both = message_graph(graph, people_recipe(encoder, add_inverse=True))
    assert torch.equal(
        both[EDGE].edge_index,
        torch.cat([graph[EDGE].edge_index.flip(0), graph[EDGE].edge_index], 1),
    )


def test_extracts_stand_in_place_of_descriptions():
    data = people()
    label, text = next(iter(data.entity_extracts.items()))
    assert data.entities.descriptions[label] != text
    assert with_longest_texts(data).entities.descriptions[label] == text
