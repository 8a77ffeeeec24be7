"""Filtered ranking at the size of FB15k-237: graphkg beside PyKEEN and beside the bare product.

    python benchmarks/ranking.py [--triples 2000] [--repeats 3] [--memory 256MB] [--models ...]

14,541 entities, 237 relations, 310,116 known triples, width 200: the real triples if GRAPHKG_DATA
names a folder that holds ``fb15k-237``, else invented ones with popular entities. Both libraries
rank the same sample of test triples on both sides, with the same weights where they have the same
formula (DistMult, ComplEx, TransE); their MRR stands beside their speed. *Bare* is the matrix
product alone, of the distinct queries of all 20,466 test triples in blocks of 128. One thread,
CPU seconds, the least of some repeats.
"""

from __future__ import annotations

import argparse
import logging
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from graphkg.graphs import KnowledgeGraph, TripleIndex
from graphkg.graphs.knowledge import EDGE
from graphkg.link import ComplEx, ConvE, DistMult, RotatE, TransE
from graphkg.models.link_prediction import LinkPrediction
from graphkg.stores import EmbeddingStore, LearnedTable
from graphkg.training import QUERIES, evaluate_ranking
from graphkg.vocab import Vocabulary

ENTITIES, RELATIONS, KNOWN, TEST, WIDTH = 14_541, 237, 310_116, 20_466, 200
MODELS = ("DistMult", "ComplEx", "ConvE", "TransE", "RotatE")
PRODUCTS = ("DistMult", "ComplEx", "ConvE")


def load() -> tuple[KnowledgeGraph, Tensor, str]:
    """All triples as a graph, the test triples [T, 3], and where they come from."""
    folder = os.environ.get("GRAPHKG_DATA")
    if folder and (Path(folder) / "fb15k-237").is_dir():
        from graphkg.datasets.triples import read_triple_data

        data = read_triple_data(str(Path(folder) / "fb15k-237"))
        parts = [columns(graph) for graph in data.parts.values()]
        return join(torch.cat(parts), data.entities, data.relations), parts[-1], "real triples"
    draw = torch.Generator().manual_seed(0)
    ends = torch.rand(2 * KNOWN, 2, generator=draw).square().mul(ENTITIES).long()
    kinds = torch.rand(2 * KNOWN, 1, generator=draw).square().mul(RELATIONS).long()
    found = torch.cat([ends[:, :1], kinds, ends[:, 1:]], 1).unique(dim=0)
    found = found[torch.randperm(len(found), generator=draw)[:KNOWN]]
    entities = Vocabulary([f"e{n}" for n in range(ENTITIES)], name="entity")
    relations = Vocabulary([f"r{n}" for n in range(RELATIONS)], name="relation")
    return join(found, entities, relations), found[:TEST], "invented triples"


def columns(graph: KnowledgeGraph) -> Tensor:
    return torch.stack([graph.heads, graph[EDGE].edge_type, graph.tails], 1)


def join(triples: Tensor, entities: Vocabulary, relations: Vocabulary) -> KnowledgeGraph:
    return KnowledgeGraph.from_ids(triples[:, [0, 2]].t(), triples[:, 1], entities, relations)


def build_ours(name: str, graph: KnowledgeGraph) -> LinkPrediction:
    """A model with random rows; the inverse relations of PyKEEN's formulas where they have one."""
    kinds = {"ConvE": ConvE, "DistMult": DistMult, "ComplEx": ComplEx, "RotatE": RotatE}
    predictor = kinds[name](WIDTH, *([WIDTH] if name == "ConvE" else [])) if name in kinds else None
    predictor = predictor or TransE(WIDTH, p=1)
    relations = torch.randn(RELATIONS, predictor.relation_dim)
    half = relations.size(1) // 2
    inverse = {
        "ComplEx": torch.cat([relations[:, :half], -relations[:, half:]], 1),
        "TransE": -relations,
        "RotatE": -relations,
    }.get(name, relations)
    store = EmbeddingStore(
        entity=LearnedTable(ENTITIES, WIDTH),
        relation=LearnedTable(2 * RELATIONS, relations.size(1)),
    )
    with torch.no_grad():
        store["entity"]().normal_()
        store["relation"]().copy_(torch.cat([relations, inverse]))
    return LinkPrediction(predictor, store, graph.with_inverses())


def build_peer(name: str, graph: KnowledgeGraph, ours: LinkPrediction) -> Any:
    """PyKEEN's model of that name, with our rows where its formula is ours."""
    import pykeen.models
    from pykeen.triples import CoreTriplesFactory

    factory = CoreTriplesFactory(
        columns(graph), ENTITIES, RELATIONS, create_inverse_triples=name == "ConvE"
    )
    width = WIDTH // 2 if name in ("ComplEx", "RotatE") else WIDTH
    peer = getattr(pykeen.models, name)(triples_factory=factory, embedding_dim=width, random_seed=0)
    if name in ("DistMult", "ComplEx", "TransE"):
        rows = {"entity": ours.store["entity"](), "relation": ours.store["relation"]()[:RELATIONS]}
        for kind, table in rows.items():
            weight = next(getattr(peer, f"{kind}_representations")[0].parameters())
            if name == "ComplEx":
                table = table.unflatten(1, (2, width)).transpose(1, 2)
            weight.data.copy_(table.reshape(weight.shape))
    return peer.eval()


def rank_peer(peer: Any, sample: Tensor, graph: KnowledgeGraph, batch_size: int) -> float:
    """Returns PyKEEN's MRR, realistic ties, both sides."""
    from pykeen.evaluation import RankBasedEvaluator

    found = RankBasedEvaluator(filtered=True).evaluate(
        peer, sample, batch_size, additional_filter_triples=[columns(graph)], use_tqdm=False
    )
    return found.get_metric("both.realistic.inverse_harmonic_mean_rank")


def distinct(test: Tensor) -> int:
    """How many distinct queries the triples ask on both sides."""
    return sum(len(test[:, picked].unique(dim=0)) for picked in ([0, 1], [1, 2]))


def bare(queries: int) -> None:
    """The matrix products that ranking cannot do without, and nothing else."""
    rows, z = torch.randn(ENTITIES, WIDTH), torch.randn(QUERIES, WIDTH)
    out = torch.empty(QUERIES, ENTITIES)
    for _ in range(-(-queries // QUERIES)):
        torch.mm(z, rows.t(), out=out)


def least(run: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """CPU seconds of the fastest run, and what it returned."""
    best, found = float("inf"), None
    for _ in range(repeats):
        start = time.process_time()
        found = run()
        best = min(best, time.process_time() - start)
    return best, found


def peak_growth(run: Callable[[], Any]) -> str:
    """How many MB the resident memory grew at most while it ran (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        before = memory("VmRSS")
        run()
        return f"{(memory('VmHWM') - before) / 1000:.0f} MB"
    except OSError:
        return "not known"


def memory(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", type=int, default=2_000, help="test triples beside PyKEEN")
    parser.add_argument("--repeats", type=int, default=3, help="runs of ours and of the product")
    parser.add_argument("--batch", type=int, default=32, help="PyKEEN's batch size")
    parser.add_argument("--memory", default="256MB", help="our budget")
    parser.add_argument("--models", nargs="+", default=MODELS, choices=MODELS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name in ("pykeen", "torch_max_mem"):
        logging.getLogger(name).setLevel(logging.ERROR)
    torch.manual_seed(0)
    graph, test, source = load()
    known, asked = TripleIndex(graph), distinct(test)
    sample = test[torch.randperm(len(test))[: options.triples]]
    print(
        f"{source}, one thread, torch {torch.__version__}; {len(test):,} test triples ask "
        f"{asked:,} distinct queries; seconds per 1,000 rankings of {len(sample):,} triples"
    )
    print(
        f"{'':10s}{'graphkg':>9s}{'PyKEEN':>9s}{'ratio':>7s}{'MRRs':>17s}{'all test':>10s}  memory"
    )
    whole = {}
    for name in options.models:
        model = build_ours(name, graph)

        def rank(triples: Tensor, model: LinkPrediction = model) -> float:
            found = evaluate_ranking(model, triples, known, memory_budget=options.memory)
            return found.both["mrr"]

        grown = peak_growth(lambda: rank(sample))
        seconds, mrr = least(lambda: rank(sample), options.repeats)
        peer = build_peer(name, graph, model)
        slow, peer_mrr = least(partial(rank_peer, peer, sample, graph, options.batch), 1)
        per = 1000 / (2 * len(sample))
        line = f"{name:10s}{seconds * per:9.3f}{slow * per:9.3f}{slow / seconds:6.1f}x"
        line += f"{mrr:9.5f}{peer_mrr:8.5f}"
        if name in PRODUCTS:
            product, _ = least(lambda: bare(asked), options.repeats)
            whole[name] = (least(lambda: rank(test), options.repeats)[0], product)
            line += f"{whole[name][0] * 1000 / (2 * len(test)):10.3f}"
        print(f"{line:<62s}  {grown}", flush=True)
    for name, (seconds, product) in whole.items():
        print(
            f"{name}: all {2 * len(test):,} rankings in {seconds:.2f} s, "
            f"{seconds / product:.2f} x the bare product of their distinct queries "
            f"({product:.2f} s), {seconds / product * asked / (2 * len(test)):.2f} x that of all"
        )


if __name__ == "__main__":
    main()
