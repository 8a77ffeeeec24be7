"""NeighborSampler: pieces around seeds, alone and behind PyG's loaders."""

from __future__ import annotations

import pickle

import pytest
import torch
import torch_geometric.typing
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from torch_geometric.loader import LinkLoader, NeighborLoader, NodeLoader
from torch_geometric.utils import k_hop_subgraph

from graphkg.errors import InputError
from graphkg.graphs import Adjacency, KnowledgeGraph, message_edges
from graphkg.graphs.knowledge import EDGE
from graphkg.nn import RelationalGAT
from graphkg.sampling import NeighborSampler

NAMES = [f"e{n}" for n in range(12)]


def invent(seed=0, entities=12, edges=40, relations=3):
    draw = torch.Generator().manual_seed(seed)
    index = torch.randint(entities - 1, (2, edges), generator=draw)  # the last one is alone
    types = torch.randint(relations, (edges,), generator=draw)
    rows = zip(*index.tolist(), types.tolist())
    names = [f"e{n}" for n in range(entities)]
    triples = [(names[h], f"r{r}", names[t]) for h, t, r in rows]
    graph = KnowledgeGraph.from_triples(triples, names, [f"r{r}" for r in range(relations)])
    graph["entity"].category = torch.arange(entities) % 4 - 1
    return graph


@pytest.fixture(name="graph")
def invented():
    return invent()


def edges_of(piece):
    """(neighbour, relation, reader) of each message, in global ids, sorted."""
    nodes = piece["entity"].n_id
    source, target = nodes[piece[EDGE].edge_index]
    return sorted(zip(source.tolist(), piece[EDGE].edge_type.tolist(), target.tolist()))


def layers(graph, count=2):
    torch.manual_seed(0)
    model = torch.nn.ModuleList(RelationalGAT(8, heads=2) for _ in range(count)).double().eval()
    rows = torch.randn(graph["entity"].num_nodes, 8).double()
    relations = torch.randn(graph["relation"].num_nodes, 8).double()

    def run(edge_index, edge_type, nodes):
        x = rows[nodes]
        for layer in model:
            x = layer(x, relations, edge_index, edge_type)
        return x

    return run


@pytest.mark.parametrize("direction", ["in", "out", "both"])
@pytest.mark.parametrize("fan_outs", [(100, 100), (None, -1)])
def test_with_large_fan_outs_the_piece_is_the_whole_neighbourhood(graph, direction, fan_outs):
    seeds = torch.tensor([5, 0])
    piece = NeighborSampler(graph, fan_outs, direction).sample(seeds)
    index, edge = message_edges(graph, direction)
    # The edges that seeds or their neighbours read, as PyG finds them: those into nodes at most
    # one hop away.
    inner = k_hop_subgraph(seeds, 1, index, num_nodes=12)[0]
    kept = torch.isin(index[1], inner)
    triples = zip(index[0, kept], graph[EDGE].edge_type[edge[kept]], index[1, kept])
    assert edges_of(piece) == sorted((int(u), int(r), int(v)) for u, r, v in triples)
    outer = k_hop_subgraph(seeds, 2, index, num_nodes=12)[0]
    assert piece["entity"].n_id.sort().values.tolist() == outer.tolist()
    assert piece["entity"].n_id[:2].tolist() == [5, 0] and piece["entity"].batch_size == 2


@pytest.mark.parametrize("direction", ["in", "out", "both"])
def test_attention_over_the_whole_neighbourhood_is_that_over_the_whole_graph(graph, direction):
    seeds = torch.tensor([11, 3, 7])
    piece = NeighborSampler(graph, (None, None), direction).sample(seeds)
    index, edge = message_edges(graph, direction)
    run = layers(graph)
    whole = run(index, graph[EDGE].edge_type[edge], torch.arange(12))
    part = run(piece[EDGE].edge_index, piece[EDGE].edge_type, piece["entity"].n_id)
    torch.testing.assert_close(part[:3], whole[seeds])


@pytest.mark.parametrize("fan_out", [1, 2, 3])
def test_a_seeded_batch_reads_what_its_members_read_one_by_one(fan_out):
    graph = invent(edges=80)
    sampler = NeighborSampler(graph, (fan_out, fan_out), seed=4)
    seeds = torch.tensor([2, 9, 11, 0, 5])
    run = layers(graph)

    def read(seeds):
        piece = sampler.sample(seeds)
        return run(piece[EDGE].edge_index, piece[EDGE].edge_type, piece["entity"].n_id)

    batch = read(seeds)[:5]
    for row, seed in zip(batch, seeds):
        torch.testing.assert_close(read(seed.view(1))[0], row)


@given(
    st.integers(0, 1000),
    st.integers(0, 60),
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
    st.lists(st.integers(0, 11), unique=True, max_size=6),
    st.sampled_from(["in", "out", "both"]),
)
def test_a_piece_obeys_its_fan_outs(seed, edges, fan_outs, seeds, direction):
    graph = invent(seed, edges=edges)
    sampler = NeighborSampler(graph, fan_outs, direction, seed=seed)
    piece = sampler.sample(torch.tensor(seeds, dtype=torch.long))
    nodes, edge = piece["entity"].n_id, piece[EDGE].e_id
    index = piece[EDGE].edge_index
    assert nodes[: len(seeds)].tolist() == seeds and nodes.unique().numel() == nodes.numel()
    assert torch.equal(index[1], index[1].sort().values)
    # Each message is an edge of the graph, each way at most once.
    ends = nodes[index]
    heads, tails = graph[EDGE].edge_index[:, edge]
    along, against = (
        (ends[0] == heads) & (ends[1] == tails),
        (ends[0] == tails) & (ends[1] == heads),
    )
    assert {"in": along, "out": against, "both": along | against}[direction].all()
    assert torch.equal(piece[EDGE].edge_type, graph[EDGE].edge_type[edge])
    loops = heads == tails
    keys = torch.stack([edge, along & ~loops], 1)[~loops]
    assert keys.unique(dim=0).size(0) == keys.size(0)
    # Nodes of hop h keep min(degree, fan-out of h) edges, those of the last hop none.
    degree = Adjacency.of(graph, direction).degree(nodes)
    kept = torch.bincount(index[1], minlength=nodes.numel())
    depth = dict.fromkeys(range(len(seeds)), 0)
    for source, target in index.t().tolist():
        depth.setdefault(source, depth[target] + 1)
    for node in range(nodes.numel()):
        hop = depth[node]
        limit = fan_outs[hop] if hop < len(fan_outs) else 0
        assert kept[node] == min(int(degree[node]), limit)


def test_each_edge_of_a_hub_is_drawn_equally_often():
    names = [f"e{n}" for n in range(9)]
    graph = KnowledgeGraph.from_triples([(name, "r", "e0") for name in names[1:]], names)
    sampler, draw = NeighborSampler(graph, (3,)), torch.Generator().manual_seed(0)
    seed = torch.tensor([0])
    found = torch.cat([sampler.sample(seed, draw)[EDGE].e_id for _ in range(2000)])
    assert stats.chisquare(found.bincount(minlength=8).numpy()).pvalue > 0.001


def test_a_generator_or_the_global_one_decides_what_is_drawn(graph):
    sampler, seeds = NeighborSampler(graph, (1, 1)), torch.arange(11)

    def drawn(generator=None):
        return sampler.sample(seeds, generator)[EDGE].e_id.tolist()

    def fixed(seed):
        return torch.Generator().manual_seed(seed)

    assert drawn(fixed(1)) == drawn(fixed(1)) != drawn(fixed(2))
    torch.manual_seed(3)
    first, second = drawn(), drawn()
    torch.manual_seed(3)
    assert first == drawn() and first != second
    seeded = NeighborSampler(graph, (1, 1), seed=5)
    assert torch.equal(seeded.sample(seeds)[EDGE].e_id, seeded.sample(seeds)[EDGE].e_id)
    assert not torch.equal(
        seeded.sample(seeds)[EDGE].e_id, seeded.sample(seeds, fixed(1))[EDGE].e_id
    )


def test_a_piece_keeps_names_categories_and_relations(graph):
    piece = NeighborSampler(graph, (2, 2)).sample(torch.tensor([4, 1]))
    assert set(piece.triples()) <= set(graph.triples())
    nodes = piece["entity"].n_id
    assert torch.equal(piece["entity"].category, graph["entity"].category[nodes])
    assert piece["relation"].num_nodes == 3 and piece["relation"].n_id.tolist() == [0, 1, 2]
    again = NeighborSampler(piece, (None,)).sample(torch.tensor([1]))
    assert again["entity"].n_id[0] == 1 and set(again.triples()) <= set(piece.triples())


def test_the_sampler_can_draw_again_after_an_error(graph):
    sampler = NeighborSampler(graph, (None, None), seed=0)
    before = edges_of(sampler.sample(torch.tensor([1])))
    for seeds, message in [
        ([1, 12], r"seed 1 is entity 12, but the graph has 12 \(0-11\)"),
        ([2, 3, 2], "the seed 2 is given twice"),
    ]:
        with pytest.raises(InputError, match=message):
            sampler.sample(torch.tensor(seeds))
    assert edges_of(sampler.sample(torch.tensor([1]))) == before
    assert edges_of(pickle.loads(pickle.dumps(sampler)).sample(torch.tensor([1]))) == before


def test_no_seed_gives_an_empty_piece(graph):
    piece = NeighborSampler(graph, (2,)).sample(torch.empty(0, dtype=torch.long))
    assert piece["entity"].num_nodes == 0 and piece[EDGE].edge_index.shape == (2, 0)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_node_loader_gives_the_pieces_that_the_sampler_gives(graph, workers):
    sampler = NeighborSampler(graph, (2, 2), "out", seed=1)
    seeds = torch.tensor([3, 8, 0, 11, 6])
    loader = NodeLoader(graph, sampler, ("entity", seeds), batch_size=2, num_workers=workers)
    for batch, part in zip(loader, seeds.split(2)):
        piece = sampler.sample(part)
        assert isinstance(batch, KnowledgeGraph) and batch["entity"].batch_size == part.numel()
        for name in ("n_id", "category"):
            assert torch.equal(batch["entity"][name], piece["entity"][name])
        for name in ("edge_index", "edge_type", "e_id"):
            assert torch.equal(batch[EDGE][name], piece[EDGE][name])
        assert sum(batch["entity"].num_sampled_nodes) == batch["entity"].num_nodes
    with pytest.raises(InputError, match="seeds of the type 'relation'"):
        next(iter(NodeLoader(graph, sampler, "relation")))


def test_a_link_loader_reads_around_both_ends_of_its_edges(graph):
    sampler = NeighborSampler(graph, (None,), seed=1)
    index = graph[EDGE].edge_index[:, :4]
    loader = LinkLoader(graph, sampler, (EDGE, index), batch_size=4)
    batch = next(iter(loader))
    assert torch.equal(batch["entity"].n_id[batch[EDGE].edge_label_index], index)
    with pytest.raises(InputError, match="draws no negatives"):
        next(iter(LinkLoader(graph, sampler, (EDGE, index), neg_sampling="binary")))


@pytest.mark.skipif(
    not (torch_geometric.typing.WITH_PYG_LIB or torch_geometric.typing.WITH_TORCH_SPARSE),
    reason="PyG's NeighborLoader needs pyg-lib or torch-sparse",
)
def test_the_neighbor_loader_of_pyg_gives_pieces_of_the_same_form(graph):
    seeds = torch.tensor([3, 8, 0])
    loader = NeighborLoader(graph, [-1, -1], input_nodes=("entity", seeds), batch_size=3)
    batch, piece = next(iter(loader)), NeighborSampler(graph, (None, None)).sample(seeds)
    assert edges_of(batch) == edges_of(piece) and batch["entity"].batch_size == 3


@pytest.mark.parametrize("fan_outs", [(), (0,), (2, -2)])
def test_fan_outs_that_are_no_numbers_of_neighbours_raise(graph, fan_outs):
    with pytest.raises(InputError, match="each hop takes 1 or more neighbours, or -1 for all"):
        NeighborSampler(graph, fan_outs)


def test_the_printed_form_has_its_sizes(graph):
    found = repr(NeighborSampler(graph, (10, None), "out"))
    assert found == "NeighborSampler(12 entities, 40 edges, 10 x all, direction='out')"
