"""The cost of a ranking, counted before it is paid."""

from __future__ import annotations

import pytest
import torch
from pieces import tiny_encoder
from text_graphs import small_texts

from graphkg.models import MTLKGC
from graphkg.recipes.ranking_cost import duration, ranking_cost

TRIPLES = torch.tensor([[0, 0, 2], [0, 0, 3], [4, 1, 2], [1, 1, 2]])


def model(limit):
    entities = ["Ann born in Rome", "Lee", "Rome the city", "Lee", "a b c d e f g"]
    return MTLKGC(tiny_encoder(), small_texts(limit, entities))


@pytest.mark.parametrize("limit", [9, 12, 13, 14, 32])
def test_sequences_and_pieces_are_those_that_are_encoded(limit):
    found, read = model(limit), []
    encode = found.encoder.vectors
    cost = ranking_cost(found, {"tail": TRIPLES, "head": TRIPLES[2:]})
    found.encoder.vectors = lambda piece, ptr, *more: (
        read.append((len(ptr) - 1, len(piece))) or encode(piece, ptr, *more)
    )
    # Three questions for tails, one for heads: the last two triples share relation and tail.
    found.score_tails(torch.tensor([0, 4, 1]), torch.tensor([0, 1, 1]))
    found.score_heads(torch.tensor([1]), torch.tensor([2]))
    assert cost.questions == 4 and cost.sequences == sum(count for count, _ in read) == 16
    assert cost.pieces == sum(pieces for _, pieces in read)


def test_candidates_cost_their_share():
    found = model(32)
    whole, part = (ranking_cost(found, {"tail": TRIPLES}, top) for top in (None, 2))
    assert part.sequences == 6 and part.pieces == whole.pieces // 2
    assert ranking_cost(found, {"tail": TRIPLES}, 99).sequences == whole.sequences


def test_the_sample_is_measured_without_a_trace():
    found = model(32).train()
    found.encoder.eval()
    state = torch.get_rng_state()
    cost = ranking_cost(found, {"tail": TRIPLES})
    assert torch.equal(state, torch.get_rng_state())
    assert found.training and not found.encoder.training
    assert cost.rate > 0 and cost.seconds == cost.pieces / cost.rate
    text = str(cost)
    assert text.startswith("3 questions, 12 sequences, ") and text.endswith("a second on cpu")


def test_times_are_said_in_the_unit_that_fits():
    assert duration(0.2) == "0 seconds" and duration(89) == "89 seconds"
    assert duration(90) == "2 minutes" and duration(7199) == "120 minutes"
    assert duration(7200) == "2 hours" and duration(300_000) == "83 hours"
