"""One 1-N training epoch of ConvE and of ComplEx beside PyKEEN: same graph, sizes and batch.

    python benchmarks/kge_training.py [--data fb15k-237] [--share 0.1] [--device cpu]

The graph is that of `--data` (below GRAPHKG_DATA) or, without it, an invented one of FB15k-237's
size. An epoch goes through all distinct queries (entity, relation), inverses included; `--share`
takes a part of the triples, and all entities stay candidates. Ours runs through
`graphkg.fit`, PyKEEN through its LCWATrainingLoop; both with BCE, label smoothing .1 and Adam.
The first epoch warms up and is not timed.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from typing import Any

import torch

from graphkg.graphs import KnowledgeGraph
from graphkg.graphs.knowledge import EDGE
from graphkg.link import ComplEx, ConvE
from graphkg.models import LinkPrediction
from graphkg.stores import EmbeddingStore, LearnedTable
from graphkg.training import TrainSettings, fit
from graphkg.training.batches import RowBatches
from graphkg.vocab import Vocabulary

ENTITIES, RELATIONS, TRIPLES = 14_541, 237, 272_115
DIM, SMOOTHING, RATE = 200, 0.1, 0.003


def invented() -> KnowledgeGraph:
    """A graph of FB15k-237's size, with popular entities as there."""
    generator = torch.Generator().manual_seed(0)
    weight = 1 / torch.arange(1, ENTITIES + 1).float()
    index = torch.multinomial(weight, 2 * TRIPLES, True, generator=generator).view(2, -1)
    types = torch.randint(RELATIONS, (TRIPLES,), generator=generator)
    names = [str(n) for n in range(ENTITIES)], [str(n) for n in range(RELATIONS)]
    rows = torch.stack([index[0], types, index[1]], 1).unique(dim=0)
    return KnowledgeGraph.from_ids(rows[:, [0, 2]].t(), rows[:, 1], *map(Vocabulary, names))


def read_graph(name: str) -> KnowledgeGraph:
    """The training triples of a known set, or invented ones."""
    if not os.environ.get("GRAPHKG_DATA"):
        return invented()
    from graphkg.datasets.triples import read_triple_data

    return read_triple_data(name).train


def part_of(graph: KnowledgeGraph, share: float) -> KnowledgeGraph:
    """A share of the triples over all entities and relations."""
    count = graph.heads.numel()
    kept = torch.randperm(count, generator=torch.Generator().manual_seed(0))[: int(share * count)]
    edges = graph[EDGE]
    names = graph.entities, graph.relations
    return KnowledgeGraph.from_ids(edges.edge_index[:, kept], edges.edge_type[kept], *names)


def ours(kind: str, graph: KnowledgeGraph, batch: int, device: str) -> float:
    """Seconds of our second epoch."""
    count, relations = graph["entity"].num_nodes, 2 * graph["relation"].num_nodes
    torch.manual_seed(0)
    predictor = ConvE(DIM, DIM, num_objects=count) if kind == "ConvE" else ComplEx(2 * DIM, 2 * DIM)
    store = EmbeddingStore(
        entity=LearnedTable(count, predictor.entity_dim, init="xavier"),
        relation=LearnedTable(relations, predictor.relation_dim, init="xavier"),
    )
    model = LinkPrediction(predictor, store, graph.with_inverses(), label_smoothing=SMOOTHING)
    batches = RowBatches(model.examples().to(device), batch)
    settings = TrainSettings(
        epochs=2, optimizer="adam", rate=RATE, decay=1.0, clip=0.0, device=device, progress=False
    )
    return fit(model, batches, settings).history[-1]["seconds"]


def pykeen(kind: str, graph: KnowledgeGraph, batch: int, device: str) -> float:
    """Seconds of PyKEEN's second epoch."""
    from pykeen.models import ComplEx as PyKEENComplEx
    from pykeen.models import ConvE as PyKEENConvE
    from pykeen.training import LCWATrainingLoop
    from pykeen.training.callbacks import TrainingCallback
    from pykeen.triples import CoreTriplesFactory

    triples = torch.stack([graph.heads, graph[EDGE].edge_type, graph.tails], 1)
    factory = CoreTriplesFactory(
        triples,
        num_entities=graph["entity"].num_nodes,
        num_relations=graph["relation"].num_nodes,
        create_inverse_triples=True,
    )
    given: dict[str, Any] = {"triples_factory": factory, "random_seed": 0, "loss": "bcewithlogits"}
    if kind == "ConvE":
        model: Any = PyKEENConvE(
            embedding_dim=DIM, embedding_height=20, embedding_width=10, **given
        )
    else:
        model = PyKEENComplEx(embedding_dim=DIM, **given)
    model = model.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    loop = LCWATrainingLoop(model=model, triples_factory=factory, optimizer=optimizer)
    ends: list[float] = []

    class Clock(TrainingCallback):
        """Notes when an epoch ends."""

        def post_epoch(self, *_: Any, **__: Any) -> None:
            if device != "cpu":
                torch.cuda.synchronize()
            ends.append(time.perf_counter())

    loop.train(
        factory,
        num_epochs=2,
        batch_size=batch,
        label_smoothing=SMOOTHING,
        use_tqdm=False,
        callbacks=[Clock()],
    )
    return ends[1] - ends[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="fb15k-237")
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", choices=("ConvE", "ComplEx"))
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(options.threads)
    graph = read_graph(options.data)
    graph = part_of(graph, options.share)
    whole = graph.with_inverses()
    queries = len(torch.stack([whole.heads, whole[EDGE].edge_type], 1).unique(dim=0))
    print(
        f"{graph['entity'].num_nodes} entities, {queries} queries an epoch, batch {options.batch}, "
        f"{options.device}, {options.threads} thread(s), torch {torch.__version__}"
    )
    print(f"{'seconds an epoch':20s}{'graphkg':>10s}{'PyKEEN':>10s}{'ratio':>8s}")
    for kind in (options.only,) if options.only else ("ConvE", "ComplEx"):
        own = ours(kind, graph, options.batch, options.device)
        peer = pykeen(kind, graph, options.batch, options.device)
        print(f"{kind:20s}{own:10.1f}{peer:10.1f}{peer / own:8.1f}", flush=True)


if __name__ == "__main__":
    main()
