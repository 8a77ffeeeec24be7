"""JAKET's parts, each measured by itself.

    python benchmarks/jaket.py [sampler] [--entities 3657658] [--triples 20113978]

``sampler``: neighbours of 1,024 seeds, 10 x 10, from an invented graph of the size of the paper's
(degrees follow a power law): seconds to build, seeds a second, memory; beside other ways to draw
without replacement, and beside PyG's NeighborLoader where pyg-lib or torch-sparse is installed.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch_geometric
from torch import Tensor

from graphkg.graphs import KnowledgeGraph
from graphkg.graphs.knowledge import EDGE
from graphkg.sampling import NeighborSampler, RandomWalks

ENTITIES, TRIPLES, RELATIONS = 3_657_658, 20_113_978, 799
SEEDS, FAN_OUTS = 1024, (10, 10)


def invent(entities: int, triples: int) -> KnowledgeGraph:
    """A graph without names; tails follow a power law with exponent 2.5, heads one with 4."""
    draw = torch.Generator().manual_seed(0)
    columns = []
    for skew in (1.5, 3.0):
        rank = (torch.rand(triples, generator=draw, dtype=torch.float64) ** skew * entities).long()
        columns.append(torch.randperm(entities, generator=draw)[rank])
    graph = KnowledgeGraph()
    graph["entity"].num_nodes, graph["relation"].num_nodes = entities, RELATIONS
    graph[EDGE].edge_index = torch.stack(columns)
    graph[EDGE].edge_type = torch.randint(RELATIONS, (triples,), generator=draw)
    return graph


class SortedSampler(NeighborSampler):
    """Draws by random keys of all edges of an entity, sorted: the work grows with the degrees."""

    def _chosen(self, entity: Tensor, fan_out: int | None, salt: int) -> tuple[Tensor, Tensor]:
        places, degree = super()._chosen(entity, None, salt)
        row = torch.arange(entity.numel()).repeat_interleave(degree)
        order = (row + torch.rand(row.numel(), dtype=torch.float64)).argsort()
        rank = torch.arange(row.numel()) - (degree.cumsum(0) - degree).repeat_interleave(degree)
        return places[order[rank < fan_out]], degree.clamp(max=fan_out)


class RejectingSampler(NeighborSampler):
    """Draws with replacement, and draws repeated ones again until none is left."""

    def _chosen(self, entity: Tensor, fan_out: int | None, salt: int) -> tuple[Tensor, Tensor]:
        degree, start = self.adjacency.degree(entity), self.adjacency.ptr[entity]
        kept = degree.clamp(max=fan_out)
        first = kept.cumsum(0) - kept
        shift = (start - first).repeat_interleave(kept)
        places = torch.arange(shift.numel()) + shift
        many = (degree > fan_out).nonzero().view(-1)
        size = degree[many].unsqueeze(1)
        drawn = torch.full((many.numel(), fan_out or 0), -1)
        again = torch.ones_like(drawn, dtype=torch.bool)
        while bool(again.any()):
            chance = torch.rand(drawn.shape, dtype=torch.float64)
            drawn = torch.where(again, (chance * size).long(), drawn).sort(1).values
            again = torch.zeros_like(again)
            again[:, 1:] = drawn[:, 1:] == drawn[:, :-1]
        column = torch.arange(drawn.size(1))
        places[first[many].unsqueeze(1) + column] = start[many].unsqueeze(1) + drawn
        return places, kept


class Memory:
    """How much the resident memory of this process grows inside of a ``with``, at most and after.

    Read from ``/proc`` every few milliseconds; 0 where there is none.
    """

    def __enter__(self) -> Memory:
        self.before = self.peak = self.now()
        self.inside = True
        self.watch = threading.Thread(target=self._watch, daemon=True)
        self.watch.start()
        return self

    def _watch(self) -> None:
        while self.inside:
            self.peak = max(self.peak, self.now())
            time.sleep(0.005)

    @staticmethod
    def now() -> int:
        """Bytes that are resident."""
        status = Path("/proc/self/statm")
        return int(status.read_text().split()[1]) * 4096 if status.is_file() else 0

    def __exit__(self, *_: object) -> None:
        self.inside = False
        self.watch.join()
        self.after = self.now() - self.before
        self.peak = max(self.peak - self.before, self.after)


def medians(runs: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median seconds of each, process time, taken in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(repeats + 1):
        for name, run in runs.items():
            start = time.process_time()
            run()
            if number:
                seconds[name].append(time.process_time() - start)
    return {name: statistics.median(found) for name, found in seconds.items()}


def measure_sampler(options: argparse.Namespace) -> None:
    graph = invent(options.entities, options.triples)
    print(f"{options.entities:,} entities, {options.triples:,} triples, {SEEDS:,} seeds, 10 x 10")
    draw = torch.Generator().manual_seed(1)

    def seeds() -> Tensor:
        return torch.randint(options.entities, (2 * SEEDS,), generator=draw).unique()[:SEEDS]

    for direction in ("out", "both"):
        start = time.process_time()
        with Memory() as memory:
            sampler = NeighborSampler(graph, FAN_OUTS, direction)
        seconds = time.process_time() - start
        piece = sampler.sample(seeds())
        degree = sampler.adjacency.degree(torch.arange(options.entities))
        grown = f"memory +{memory.after / 2**30:.2f} GiB, at most +{memory.peak / 2**30:.2f}"
        print(f"direction {direction!r}: built in {seconds:.1f} s, {grown}")
        sizes = f"{piece['entity'].num_nodes:,} entities, {piece[EDGE].edge_type.numel():,} edges"
        print(f"  greatest degree {int(degree.max()):,}; a piece has {sizes}")
        samplers = {"graphkg": sampler}
        for name, kind in (("all edges sorted", SortedSampler), ("rejection", RejectingSampler)):
            other = object.__new__(kind)
            other.__dict__.update(sampler.__dict__)
            samplers[name] = other
        runs = {name: (lambda s=s: s.sample(seeds())) for name, s in samplers.items()}
        walks = RandomWalks(sampler.adjacency)
        runs["roots by random walks"] = lambda walks=walks: walks.roots(SEEDS, draw)
        with Memory() as memory:
            found = medians(runs, options.repeats)
        for name, each in found.items():
            print(f"  {name:24s}{1000 * each:9.1f} ms {SEEDS / each:12,.0f} seeds/s")
        print(f"  memory while drawing: at most +{memory.peak / 2**20:.0f} MiB")
    beside_pyg(graph, seeds, options.repeats)


def beside_pyg(graph: KnowledgeGraph, seeds: Callable[[], Tensor], repeats: int) -> None:
    """The same by PyG's NeighborLoader, which reads the edges into an entity."""
    typing = torch_geometric.typing
    if not (typing.WITH_PYG_LIB or typing.WITH_TORCH_SPARSE):
        print("PyG's NeighborLoader: neither pyg-lib nor torch-sparse is installed, not measured")
        return
    from torch_geometric.loader import NeighborLoader

    start = time.process_time()
    nodes = torch.arange(graph["entity"].num_nodes)
    theirs = NeighborLoader(graph, list(FAN_OUTS), ("entity", nodes), batch_size=SEEDS)
    print(f"PyG's NeighborLoader: built in {time.process_time() - start:.1f} s")
    ours = NeighborSampler(graph, FAN_OUTS, "in")
    found = medians(
        {"PyG": lambda: theirs(seeds()), "graphkg": lambda: ours.sample(seeds())}, repeats
    )
    for name, each in found.items():
        print(f"  {name:24s}{1000 * each:9.1f} ms {SEEDS / each:12,.0f} seeds/s")


PARTS = {"sampler": measure_sampler}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help=f"any of {', '.join(PARTS)}; by default all")
    parser.add_argument("--entities", type=int, default=ENTITIES)
    parser.add_argument("--triples", type=int, default=TRIPLES)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    if set(options.parts) - set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}")
    torch.set_num_threads(options.threads)
    print(f"{options.threads} thread(s), torch {torch.__version__}, CPU")
    for name, measure in PARTS.items():
        if name in (options.parts or PARTS):
            measure(options)


if __name__ == "__main__":
    main()
