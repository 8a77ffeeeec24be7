"""Entities are classified by a graph or by their descriptions; other labels are never seen."""

from __future__ import annotations

import pytest
import torch
from jaket_models import descriptions, relation_descriptions, small_graph, small_jaket
from pieces import tiny_encoder
from torch.nn import functional as F

from graphkg.models import DescriptionReader, EntityClassifier, GraphReader
from graphkg.models.context import describe
from graphkg.sampling import NeighborSampler

CATEGORY = torch.tensor([0, 0, 1, 1, -1])


def by_graph(**options):
    model = small_jaket(relations=relation_descriptions(), **options)
    return EntityClassifier(GraphReader(model, small_graph()), CATEGORY, 3)


def by_text():
    encoder = tiny_encoder("mean", 16, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    return EntityClassifier(DescriptionReader(encoder, descriptions()), CATEGORY, 3)


@pytest.mark.parametrize("build", [by_graph, by_text])
def test_the_loss_is_the_mean_of_minus_log_p_of_the_batch(build):
    model, asked = build().eval(), torch.tensor([2, 0])
    p = model(asked).softmax(1)
    loss = model.losses(asked)["category"]
    assert torch.allclose(loss, -(p[0, 1].log() + p[1, 0].log()) / 2)


@pytest.mark.parametrize("build", [by_graph, by_text])
def test_a_batch_scores_as_its_members(build):
    model = build().eval()
    together = model(torch.tensor([3, 1, 4]))
    alone = torch.cat([model(torch.tensor([n])) for n in (3, 1, 4)])
    assert torch.allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("build", [by_graph, by_text])
def test_labels_outside_of_the_batch_change_nothing(build):
    torch.manual_seed(1)
    one = build().eval()
    two = build().eval()
    two.load_state_dict(one.state_dict())
    two.category = torch.tensor([0, 2, 1, 0, 2])
    asked = torch.tensor([0, 2])
    assert torch.equal(one.losses(asked)["category"], two.losses(asked)["category"])


def test_a_graph_trains_the_knowledge_module_and_the_layer_alone():
    model = by_graph()
    model.losses(torch.tensor([0, 1, 2]))["category"].backward()
    trained = {id(p) for group in model.groups().values() for p in group}
    reached = {id(p) for p in model.parameters() if p.grad is not None}
    assert reached and reached == trained
    jaket = model.reader.model
    parts = [*jaket.knowledge.parameters(), *model.head.parameters()]
    assert trained == {id(p) for p in parts}


def test_a_piece_with_all_neighbours_is_the_whole_graph():
    model, asked = by_graph().eval(), torch.tensor([3, 0, 2])
    piece = NeighborSampler(small_graph(), [None, None], "in").sample(asked)
    assert torch.allclose(model(piece), model(asked), atol=1e-5)
    whole = model.losses(asked)["category"]
    assert torch.allclose(model.losses(piece)["category"], whole, atol=1e-5)


def test_descriptions_train_the_encoder_and_the_layer():
    model = by_text()
    model.losses(torch.tensor([0, 1, 2]))["category"].backward()
    trained = {id(p) for group in model.groups().values() for p in group}
    assert trained == {id(p) for p in model.parameters()}
    reached = [p for p in model.parameters() if p.grad is not None and bool(p.grad.any())]
    assert len(reached) > 10


def test_the_rows_of_a_graph_hear_neighbours_and_those_of_texts_do_not():
    model = by_graph().eval()
    rows = model.reader(torch.arange(5))
    own = describe(model.reader.model.lower, descriptions(), torch.arange(5))
    normed = F.layer_norm(F.layer_norm(own, (16,)), (16,))
    heard = (rows - normed).abs().amax(1) > 1e-3
    assert heard.tolist() == [False, False, True, True, False]  # ends of the edges


def test_it_says_what_it_reads():
    assert repr(by_text()) == "EntityClassifier(DescriptionReader, 3)"
