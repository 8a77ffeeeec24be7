"""One-against-all training with drawn candidates, beside all entities as candidates.

    GRAPHKG_DATA=... python benchmarks/drawn_candidates.py [--candidates 4096] [--steps 12]

ComplEx with N3 on WN18RR (without GRAPHKG_DATA: random triples of its size), 200 complex numbers,
batch 1,000, Adagrad: seconds of a training step (loss, gradients, update), the median of
interleaved steps, process time on a CPU. What the drawing costs in MRR stands in docs/results.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

import torch

from graphkg.datasets.triples import read_triple_data
from graphkg.graphs import KnowledgeGraph
from graphkg.models import LinkPrediction
from graphkg.recipes.link import build_link_recipe
from graphkg.recipes.link_predictors import build_link_model

ENTITIES, RELATIONS, TRIPLES = 40_943, 11, 86_835


def read_graph() -> KnowledgeGraph:
    if os.environ.get("GRAPHKG_DATA"):
        return read_triple_data("wn18rr").train.with_inverses()
    torch.manual_seed(0)
    names = [str(n) for n in range(ENTITIES)], [f"r{n}" for n in range(RELATIONS)]
    columns = [torch.randint(size, (TRIPLES,)) for size in (ENTITIES, RELATIONS, ENTITIES)]
    rows = zip(*(column.tolist() for column in columns))
    triples = [(names[0][h], names[1][r], names[0][t]) for h, r, t in rows]
    return KnowledgeGraph.from_triples(triples, *names).with_inverses()


class Trained:
    """A model with its optimiser, and how long its steps took."""

    def __init__(self, model: LinkPrediction, device: str):
        self.model, self.device = model.to(device).train(), device
        self.optimizer = torch.optim.Adagrad(model.parameters(), 0.1, fused=device == "cpu")
        self.seconds: list[float] = []

    def step(self, batch: torch.Tensor) -> None:
        """Trains on a batch."""
        clock = time.process_time if self.device == "cpu" else time.perf_counter
        start = clock()
        self.optimizer.zero_grad()
        torch.stack(list(self.model.losses(batch.to(self.device)).values())).sum().backward()
        self.optimizer.step()
        if self.device != "cpu":
            torch.cuda.synchronize()
        self.seconds.append(clock() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=4096)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    graph = read_graph()
    settings = {"model": "complex", "loss": "1vsall", "dim": 400, "n3": 0.1, "bias": False}
    sides = {}
    for name, drawn in (("all entities", None), ("drawn", options.candidates)):
        torch.manual_seed(0)
        recipe = build_link_recipe(None, {**settings, "candidates": drawn})
        sides[name] = Trained(build_link_model(recipe, graph), options.device)
    examples = sides["drawn"].model.examples()
    order = torch.randperm(len(examples))
    for part in order.split(1000)[: options.steps + 2]:
        for side in sides.values():
            side.step(examples[part])
    entities, steps = graph["entity"].num_nodes, -(-len(examples) // 1000)
    print(
        f"ComplEx, {entities:,} entities, {len(examples):,} triples with inverses, "
        f"{options.device}, {options.threads} thread(s), torch {torch.__version__}"
    )
    medians = {name: statistics.median(side.seconds[2:]) for name, side in sides.items()}
    for name, seconds in medians.items():
        count = entities if name == "all entities" else options.candidates
        print(
            f"{name:14}{count:8,} candidates {seconds:8.3f} s a step "
            f"{seconds * steps:8.0f} s an epoch"
        )
    whole, drawn = medians.values()
    print(f"all entities / drawn: {whole / drawn:.1f}")


if __name__ == "__main__":
    main()
