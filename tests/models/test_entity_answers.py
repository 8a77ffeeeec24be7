"""EntityAnswers: scores by hand, candidates of their own, the loss, batches and gradients."""

from __future__ import annotations

import math

import pytest
import torch
from jaket_models import ANN, LEE, ROME, ROMEVILLE, A, joined, sentences, small_graph, small_jaket
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs import JointGraph
from graphkg.models import AskedQuestions, EntityAnswers
from graphkg.models.entity_answers import log_softmax
from graphkg.sampling import NeighborSampler

CANDIDATES = [[ROME, LEE], [ANN, A, ROMEVILLE], [ROME]]
MASSES = [[1.0, 0.0], [0.5, 0.0, 0.5], [0.0]]


def asked(rows=(0, 1, 2)) -> AskedQuestions:
    text = joined([sentences()[row] for row in rows])
    flat = [entity for row in rows for entity in CANDIDATES[row]]
    lengths = torch.tensor([0, *(len(CANDIDATES[row]) for row in rows)])
    mass = [value for row in rows for value in MASSES[row]]
    return AskedQuestions(text, torch.tensor(flat), lengths.cumsum(0), torch.tensor(mass))


def answers(kind="km", **options) -> EntityAnswers:
    return EntityAnswers(small_jaket(**options), kind)


@pytest.mark.parametrize("kind", ["km", "context"])
def test_a_score_is_the_product_of_the_first_output_and_the_row_of_the_entity(kind):
    model, batch = answers(kind).eval(), asked()
    first = model.model.read_text(batch.text)[batch.text["piece"].ptr[:-1]].detach()
    rows = model.model.read_graph(small_graph()).detach()
    rows = model.model.context(torch.arange(5)) if kind == "context" else rows
    expected = [float(first[q] @ rows[e]) for q, row in enumerate(CANDIDATES) for e in row]
    torch.testing.assert_close(model(batch), torch.tensor(expected), atol=1e-5, rtol=1e-5)


def test_a_question_is_answered_as_it_is_answered_alone():
    model = answers().eval()
    alone = torch.cat([model(asked([row])) for row in range(3)])
    torch.testing.assert_close(model(asked()), alone, atol=1e-5, rtol=1e-5)


def test_a_piece_with_all_neighbours_gives_what_the_whole_graph_gives():
    model, batch = answers().eval(), asked()
    whole = Batch.from_data_list(sentences())
    piece = NeighborSampler(small_graph(), (9, 9), "in").sample(torch.tensor([A, 3, 2, 1, 0]))
    local = JointGraph.join(whole, piece)
    place = torch.tensor([piece["entity"].n_id.tolist().index(e) for e in batch.candidate.tolist()])
    torch.testing.assert_close(
        model(batch._replace(text=local, candidate=place)), model(batch), atol=1e-5, rtol=1e-5
    )
    entities = model.model.read_graph(small_graph())
    torch.testing.assert_close(model(batch, entities), model(batch))


def test_the_loss_is_the_mean_over_questions_that_have_an_answer():
    model, batch = answers(), asked()
    model.forward = lambda _: torch.tensor([1.0, 1.0, 0.0, math.log(2.0), 0.0, 7.0])
    # The first: log 2. The second: two answers of 1 / 4 each, log 4. The third has none.
    expected = (math.log(2) + math.log(4)) / 2
    assert float(model.losses(batch)["answer"]) == pytest.approx(expected)


def test_the_softmax_is_over_the_candidates_of_a_question_and_large_scores_are_finite():
    scores = torch.tensor([1000.0, 1000.0, -1000.0, 3.0])
    found = log_softmax(scores, torch.tensor([0, 0, 2, 2]), 3)
    torch.testing.assert_close(found, torch.tensor([-math.log(2)] * 2 + [-1003.0, 0.0]))


def test_questions_without_any_answer_have_no_loss():
    batch = asked()
    loss = answers().losses(batch._replace(mass=torch.zeros(6)))["answer"]
    assert loss.item() == 0.0 and loss.requires_grad


@pytest.mark.parametrize(("kind", "knowledge"), [("km", True), ("context", False)])
def test_the_loss_reaches_all_that_is_read(kind, knowledge):
    model = answers(kind, knowledge=knowledge)
    model.losses(asked())["answer"].backward()
    without = {name for name, p in model.named_parameters() if p.grad is None}
    assert without == set()
    assert set(model.groups()) == {"encoder", "knowledge"} and set(model.memories()) == {"entity"}


def test_neighbours_change_an_answer_by_km_and_not_by_context():
    other = small_graph([("Ann", "born", "a")])
    for kind, same in (("km", False), ("context", True)):
        model = answers(kind, knowledge=kind == "km").eval()
        text = JointGraph.join(Batch.from_data_list(sentences()), other)
        assert torch.allclose(model(asked()), model(asked()._replace(text=text))) == same


def test_training_learns_the_answers():
    model, batch = answers(), asked()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(40):
        optimizer.zero_grad()
        model.losses(batch)["answer"].backward()
        optimizer.step()
    scores = model.eval()(batch)
    assert scores[0] > scores[1] + 1 and scores[2] > scores[3] + 1 and scores[4] > scores[3] + 1


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("mean", {}, "answer_embedding"),
        ("km", {"knowledge": False}, "this JAKET has no knowledge module"),
        ("context", {"knowledge": False, "descriptions": None}, "has no descriptions"),
    ],
)
def test_models_that_cannot_answer_are_one_sentence(kind, options, message):
    with pytest.raises(InputError, match=message):
        answers(kind, **options)
