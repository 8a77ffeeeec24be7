"""Rankers for the tests of evaluate_ranking(), and the slow way to the same ranks."""

from __future__ import annotations

import torch
from torch import nn

from graphkg.graphs import KnowledgeGraph, TripleIndex
from graphkg.metrics import ranks
from graphkg.training import QUERIES, TILE
from graphkg.vocab import Vocabulary

ENTITIES, RELATIONS, DIM = TILE + 700, 4, 24
FIELDS = ("optimistic", "realistic", "pessimistic", "candidates")


class Whole(nn.Module):
    """DistMult-like; the entities 3, 7, TILE + 1 and the last one have equal rows.

    Numbers of few bits make all sums exact, so that every order of adding gives the same bits.
    """

    def __init__(self, dtype: torch.dtype = torch.float32, few_bits: bool = True):
        super().__init__()
        draw = torch.Generator().manual_seed(0)
        rows = torch.randn(ENTITIES, DIM, generator=draw)
        relations = torch.randn(RELATIONS, DIM, generator=draw)
        if few_bits:
            rows, relations = ((8 * each).round() / 8 for each in (rows, relations))
        rows[[7, TILE + 1, ENTITIES - 1]] = rows[3].clone()
        self.rows = nn.Parameter(rows.to(dtype))
        self.relations = nn.Parameter(relations.to(dtype))
        self.num_entities, self.asked = ENTITIES, []

    def merge(self, side, entity, relation):
        assert not self.training and not torch.is_grad_enabled()
        self.asked.append(len(entity))
        return self.rows[entity] * self.relations[relation + (1 if side == "head" else 0)]

    def score_tails(self, head, relation):
        return self.merge("tail", head, relation) @ self.rows.t()

    def score_heads(self, relation, tail):
        return self.merge("head", tail, relation) @ self.rows.t()


class Tiled(Whole):
    """The same, in tiles; columns past the last entity hold NaN."""

    def score_tile(self, z, start, stop):
        assert z.size(0) == QUERIES and stop - start == TILE and start % TILE == 0
        rows = self.rows[start:stop]
        padding = rows.new_full((stop - start - len(rows), DIM), torch.nan)
        return z @ torch.cat([rows, padding]).t()


class Writing(Tiled):
    """The same, into a given tensor."""

    def score_tile(self, z, start, stop, out):
        return out.copy_(super().score_tile(z, start, stop))


class Scored:
    """A ranker of given scores [given entity, candidate], for any relation and both sides."""

    def __init__(self, scores):
        self.scores, self.num_entities = scores, scores.size(1)

    def score_tails(self, head, relation):
        return self.scores[head]

    def score_heads(self, relation, tail):
        return self.scores[tail]


def draw_triples(count: int, seed: int, entities: int = ENTITIES) -> torch.Tensor:
    """Triples with popular ends, so that queries have several golds; some repeat."""
    draw = torch.Generator().manual_seed(seed)
    ends = torch.randint(entities, (count, 2), generator=draw)
    popular = torch.rand(count, 2, generator=draw) < 0.5
    ends = torch.where(popular, torch.tensor([3, TILE + 1]).clamp(max=entities - 1), ends)
    relation = torch.randint(RELATIONS - 1, (count,), generator=draw)
    found = torch.stack([ends[:, 0], relation, ends[:, 1]], 1)
    return torch.cat([found, found[: count // 10]])


def index_of(triples: torch.Tensor, entities: int = ENTITIES) -> TripleIndex:
    names = Vocabulary([f"e{n}" for n in range(entities)], name="entity")
    relations = Vocabulary([f"r{n}" for n in range(RELATIONS)], name="relation")
    return TripleIndex(
        KnowledgeGraph.from_ids(triples[:, [0, 2]].t(), triples[:, 1], names, relations)
    )


def by_rows(model, triples, known):
    """Every triple's whole row of scores, ranked by :func:`ranks`."""
    head, relation, tail = triples.unbind(1)
    model.eval()
    with torch.no_grad():
        return {
            "head": ranks(
                model.score_heads(relation, tail), head, known and known.known_heads(relation, tail)
            ),
            "tail": ranks(
                model.score_tails(head, relation), tail, known and known.known_tails(head, relation)
            ),
        }


def equal(found, expected) -> None:
    for side, one in expected.items():
        for name in FIELDS:
            assert torch.equal(getattr(found.ranks[side], name), getattr(one, name)), (side, name)
