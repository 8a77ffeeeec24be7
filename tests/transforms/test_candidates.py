"""EntityCandidates: gold once, neighbours of both directions, random entities, nothing twice."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st
from jaket_models import ANN, LEE, ROME, ROMEVILLE, A, small_graph

from graphkg.graphs import KnowledgeGraph
from graphkg.transforms import EntityCandidates


def seeded(number=0):
    return torch.Generator().manual_seed(number)


def star(leaves: int) -> KnowledgeGraph:
    """Entity 0 has so many neighbours, some by two edges, and an edge to itself."""
    triples = [("c", "r", f"l{n}") for n in range(leaves)] + [("l0", "s", "c"), ("c", "r", "c")]
    names = ["c", *(f"l{n}" for n in range(leaves)), *(f"x{n}" for n in range(20))]
    return KnowledgeGraph.from_triples(triples, entities=names)


@given(
    neighbours=st.integers(0, 6),
    random=st.integers(0, 30),
    golds=st.lists(st.integers(0, 4), max_size=5),
    seed=st.integers(0, 99),
)
def test_the_gold_comes_first_and_once_and_no_candidate_twice(neighbours, random, golds, seed):
    draw = EntityCandidates(small_graph(), neighbours, random, seeded(seed))
    found = draw(torch.tensor(golds, dtype=torch.long))
    assert found.shape == (len(golds), draw.width) and draw.width == 1 + neighbours + random
    near = {ANN: {ROME, ROMEVILLE}, LEE: {ROME}, ROME: {ANN, LEE, ROMEVILLE},
            ROMEVILLE: {ANN, ROME}, A: set()}  # fmt: skip
    for gold, row in zip(golds, found.tolist()):
        there = [entity for entity in row if entity >= 0]
        assert row[0] == gold and there.count(gold) == 1 and len(set(there)) == len(there)
        drawn = {entity for entity in row[1 : 1 + neighbours] if entity >= 0}
        assert drawn <= near[gold] and len(drawn) == min(neighbours, len(near[gold]))
        assert all(-1 <= entity < 5 for entity in row)


def test_neighbours_of_a_hub_are_drawn_alike():
    draw = EntityCandidates(star(8), 2, 0, seeded())
    found = draw(torch.zeros(4000, dtype=torch.long))[:, 1:]
    counts = torch.bincount(found.flatten(), minlength=9)
    assert counts[0] == 0 and (counts[1:9] - 1000).abs().max() < 120  # deviation 27


def test_random_entities_are_drawn_from_all():
    draw = EntityCandidates(star(2), 0, 50, seeded())
    assert set(draw(torch.tensor([0] * 50)).flatten().tolist()) == set(range(-1, 23))


def test_a_seed_gives_the_same_candidates():
    gold = torch.tensor([ANN, ROME])
    first, second, other = (
        EntityCandidates(small_graph(), 1, 3, seeded(n))(gold) for n in (1, 1, 2)
    )
    assert torch.equal(first, second) and not torch.equal(first, other)


def test_the_printed_form():
    said = "EntityCandidates(5 entities, neighbours=10, random=50)"
    assert repr(EntityCandidates(small_graph())) == said
