"""JAKETPretraining: four losses by hand, where their gradients go, and that they fall."""

from __future__ import annotations

import pytest
import torch
from jaket_models import (
    ANN,
    BORN,
    LEE,
    LEFT,
    PLACES,
    ROME,
    ROMEVILLE,
    joined,
    sentences,
    small_graph,
    small_jaket,
)
from pieces import tiny_tokenizer
from torch.nn import functional as F
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs import JointGraph, linked_entities
from graphkg.graphs.knowledge import ASKED, EDGE
from graphkg.models import JAKETPretraining
from graphkg.sampling import NeighborSampler
from graphkg.transforms import EntityCandidates, MaskEdges, MaskText

LOSSES = ["category", "relation", "token", "entity"]


def build(weights=None, **options) -> JAKETPretraining:
    torch.manual_seed(0)
    return JAKETPretraining(small_jaket(**options), 2, 3, weights)


def graph_batch(share=0.5, seed=1):
    graph = small_graph().with_inverses()
    return MaskEdges(graph, share, generator=torch.Generator().manual_seed(seed))(graph)


def text_batch(graphs=None, mentions=0.5, tokens=0.4, seed=0):
    """As a loader makes it: masks first, then the graph around what is still linked."""
    generator = torch.Generator().manual_seed(seed)
    mask = MaskText(
        tiny_tokenizer(), PLACES, EntityCandidates(small_graph(), 2, 2, generator),
        tokens, mentions, generator=generator,
    )  # fmt: skip
    batch = mask(Batch.from_data_list(graphs or sentences()))
    return JointGraph.join(batch, small_graph())


def test_all_four_losses_have_their_names():
    losses = build().losses((graph_batch(), text_batch()))
    assert list(losses) == LOSSES and all(loss > 0 for loss in losses.values())


def test_the_loss_of_categories_is_over_known_ones():
    model, batch = build().eval(), graph_batch()
    batch["entity"].label = torch.tensor([0, -1, 1, -1, -1])
    rows = model.model.read_graph(batch)
    scores = model.heads["category"](rows[[ANN, ROME]]).log_softmax(1)
    expected = -(scores[0, 0] + scores[1, 1]) / 2
    torch.testing.assert_close(model.losses((batch, None))["category"], expected)


def test_the_loss_of_relations_is_over_the_facts_asked_about():
    model, batch = build().eval(), graph_batch()
    batch[ASKED].edge_index = torch.tensor([[ANN, LEE], [ROMEVILLE, ROME]])
    batch[ASKED].edge_type = torch.tensor([LEFT, BORN])
    rows = model.model.read_graph(batch)
    scores = model.heads["relation"](rows[[ANN, LEE]], rows[[ROMEVILLE, ROME]]).log_softmax(1)
    expected = -(scores[0, LEFT] + scores[1, BORN]) / 2
    torch.testing.assert_close(model.losses((batch, None))["relation"], expected)


def test_a_fact_that_is_asked_about_carries_no_message():
    model = build().eval()
    graph = small_graph().with_inverses()
    whole = model.model.read_graph(graph)
    masked = model.model.read_graph(MaskEdges(graph, share=1.0)(graph))
    changed = (whole - masked).abs().sum(1) > 1e-4
    assert changed.tolist() == [True, True, True, True, False]


def test_the_loss_of_pieces_is_over_masked_ones():
    model, batch = build().eval(), text_batch()
    label = batch["piece"].label
    scores = model.heads["token"](model.model.read_text(batch))
    expected = F.cross_entropy(scores, label, ignore_index=-100)
    assert (label >= 0).sum() > 1
    torch.testing.assert_close(model.losses((None, batch))["token"], expected)


def test_the_loss_of_masked_mentions_is_over_their_candidates():
    model, batch = build().eval(), text_batch(mentions=1.0)
    batch["mention"].candidate = torch.tensor(
        [[-1, -1, -1], [ROMEVILLE, ROME, -1], [-1, -1, -1], [ROME, LEE, ANN], [-1] * 3, [-1] * 3]
    )
    rows, memory = model.model.read_text(batch), model.model.context(torch.arange(5))
    head = model.heads["entity"]
    losses = []
    # Romeville is pieces 3 and 4, Rome piece 10.
    for first, last, candidates in ((3, 4, [ROMEVILLE, ROME]), (10, 10, [ROME, LEE, ANN])):
        query = head.outer(head.inner((rows[first] + rows[last]) / 2).relu())
        losses.append(-(memory[candidates] @ query).log_softmax(0)[0])
    torch.testing.assert_close(model.losses((None, batch))["entity"], sum(losses) / 2)


def test_a_masked_mention_reads_nothing_of_its_entity():
    model, batch = build(memory="random").eval(), text_batch(mentions=1.0, tokens=0.0)
    before = model.model.read_text(batch)
    model.model.store["entity"].refresh(None, torch.randn(5, 16))
    assert torch.equal(model.model.read_text(batch), before)
    linked = joined()
    assert not torch.equal(model.model.read_text(linked), before)


def reached(model, loss) -> set[str]:
    """The parts that a gradient reaches."""
    model.zero_grad()
    loss.backward(retain_graph=True)
    return {
        _part(name)
        for name, weight in model.named_parameters()
        if weight.grad is not None and weight.grad.abs().max() > 0
    }


def _part(name: str) -> str:
    pieces = name.split(".")
    return pieces[1] if pieces[0] == "model" else f"{pieces[1]} head"


@pytest.mark.parametrize("memory", ["encoder", "random", "off"])
def test_every_loss_trains_what_it_should_and_no_more(memory):
    model = build(memory=memory)
    losses = model.losses((graph_batch(), text_batch(6 * sentences())))
    language = {"lower", "upper", "merge", "knowledge"}
    # J4: only without a memory do losses of the graph reach the encoder.
    graph = {"knowledge", "lower"} if memory == "off" else {"knowledge"}
    assert reached(model, losses["category"]) == graph | {"category head"}
    assert reached(model, losses["relation"]) == graph | {"relation head"}
    assert reached(model, losses["token"]) == language | {"token head"}
    assert reached(model, losses["entity"]) == language | {"entity head"}


def test_candidates_are_constants():
    model = build(memory="off")
    batch = text_batch(mentions=1.0)
    candidates = batch["mention"].candidate[:2]
    means = torch.randn(2, 16, requires_grad=True)
    model.entity_loss(means, candidates).backward()
    assert means.grad.abs().sum() > 0
    assert all(weight.grad is None for weight in model.model.parameters())


def test_a_batch_of_texts_is_the_mean_of_its_members():
    model = build().eval()
    masked = MaskText(
        tiny_tokenizer(), PLACES, EntityCandidates(small_graph(), 2, 2), 0.9, 0.5,
        generator=torch.Generator().manual_seed(2),
    )  # fmt: skip
    members = [masked(graph) for graph in sentences()]
    whole = model.losses((None, joined(members)))
    parts = [model.losses((None, joined([member]))) for member in members]
    tokens = [int((member["piece"].label >= 0).sum()) for member in members]
    asked = [int((member["mention"].candidate[:, 0] >= 0).sum()) for member in members]
    for name, counts in (("token", tokens), ("entity", asked)):
        assert sum(count > 0 for count in counts) > 1
        mean = sum(part[name] * count for part, count in zip(parts, counts)) / sum(counts)
        torch.testing.assert_close(whole[name], mean, atol=1e-5, rtol=1e-5)


def test_where_nothing_is_asked_a_loss_is_zero_and_the_batch_still_trains():
    model, graph = build(), graph_batch(share=0.0)
    graph["entity"].label = torch.full((5,), -1)
    losses = model.losses((graph, text_batch(mentions=0.0, tokens=0.0)))
    assert {name: loss.item() for name, loss in losses.items()} == dict.fromkeys(LOSSES, 0.0)
    sum(losses.values()).backward()
    assert all(w.grad is None or not w.grad.isnan().any() for w in model.parameters())


def test_either_half_of_a_batch_may_lack():
    model = build()
    assert list(model.losses((graph_batch(), None))) == LOSSES[:2]
    assert list(model.losses((None, text_batch()))) == LOSSES[2:]
    alone = JAKETPretraining(small_jaket(knowledge=False, descriptions=None))
    mask = MaskText(tiny_tokenizer(), PLACES, token_share=0.5)
    batch = mask(Batch.from_data_list(sentences()))
    assert list(alone.losses((None, batch))) == ["token"]


def test_losses_have_weights_and_a_weight_of_zero_leaves_one_out():
    plain = build().losses((graph_batch(), text_batch()))
    model = build({"relation": 0, "token": 2.0, "entity": 0.5})
    assert "relation" not in model.heads
    found = model.losses((graph_batch(), text_batch()))
    assert list(found) == ["category", "token", "entity"]
    assert build({"token": 2.0}).losses((None, text_batch()))["token"] == 2 * plain["token"]
    assert list(JAKETPretraining(small_jaket()).losses((graph_batch(), text_batch()))) == LOSSES[2:]


def test_the_head_of_pieces_begins_with_the_encoders_rows_and_parts_from_them():
    model = build()
    head = model.heads["token"].decoder.weight
    assert torch.equal(head, model.model.lower.embedding.weight)
    model.losses((None, text_batch()))["token"].backward()
    torch.optim.SGD(model.parameters(), 0.1).step()
    assert not torch.equal(head, model.model.lower.embedding.weight)


def test_groups_hold_every_parameter_once():
    model = build()
    groups = model.groups()
    assert list(groups) == ["encoder", "knowledge"]
    found = [id(p) for group in groups.values() for p in group]
    assert sorted(found) == sorted(id(p) for p in model.parameters())
    assert {id(p) for p in model.heads.parameters()} <= {id(p) for p in groups["knowledge"]}


def test_mistakes_are_one_sentence():
    with pytest.raises(InputError, match="'tokens' was given; did you mean 'token'"):
        build({"tokens": 1.0})
    with pytest.raises(InputError, match="'token' has weight -1"):
        build({"token": -1})
    with pytest.raises(InputError, match="the graph of the batch .* graphkg.transforms.MaskEdges"):
        build().losses((small_graph(), None))
    with pytest.raises(InputError, match="the text of the batch .* graphkg.transforms.MaskText"):
        build().losses((None, joined()))


def test_the_printed_form():
    said = repr(build({"token": 2.0}))
    assert said.startswith("JAKETPretraining(JAKET(TextEncoder(")
    assert said.endswith("category=1, relation=1, token=2, entity=1)")


def test_sampled_pieces_give_what_the_whole_graph_gives_while_they_hold_all_neighbours():
    model, graph = build().eval(), small_graph().with_inverses()
    sampler = NeighborSampler(graph, (-1, -1), "out")
    seeds = torch.tensor([ROMEVILLE, LEE])
    whole = graph.subgraph({"entity": torch.arange(5)})
    whole[EDGE].edge_index = whole[EDGE].edge_index.flip(0)  # as the sampler's pieces are read
    rows = model.model.read_graph(sampler.sample(seeds))[:2]
    torch.testing.assert_close(rows, model.model.read_graph(whole)[seeds], atol=1e-5, rtol=1e-5)
    masked = MaskEdges(graph, share=0.5)(sampler.sample(seeds))
    batch = Batch.from_data_list(sentences())
    joint = JointGraph.join(batch, sampler.sample(linked_entities(batch)))
    torch.testing.assert_close(
        model.model.read_text(joint), model.model.read_text(JointGraph.join(batch, whole)),
        atol=1e-5, rtol=1e-5,
    )  # fmt: skip
    assert set(model.losses((masked, text_batch()))) == set(LOSSES)


def test_seeds_of_a_text_are_what_is_still_linked():
    batch = text_batch(mentions=1.0)
    assert linked_entities(batch).numel() == 0
