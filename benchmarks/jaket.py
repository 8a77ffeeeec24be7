"""JAKET's parts, each measured by itself.

    python benchmarks/jaket.py [sampler] [pretraining] [--entities 3657658] [--triples 20113978]

``sampler``: neighbours of 1,024 seeds, 10 x 10, from an invented graph of the size of the paper's
(degrees follow a power law): seconds to build, seeds a second, memory; beside other ways to draw
without replacement, and beside PyG's NeighborLoader where pyg-lib or torch-sparse is installed.

``pretraining``: one step (losses and gradients of the same batch: 32 roots, 4 texts) with a memory
and with descriptions that are encoded on the fly, in a graph of 1,000 entities and 3,000 triples;
and how many descriptions a second a refresh of the memory encodes. The encoder is a BERT of
MiniLM's size with random weights.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch_geometric
from torch import Tensor

from graphkg.datasets.triples import TripleData
from graphkg.graphs import KnowledgeGraph
from graphkg.graphs.knowledge import EDGE
from graphkg.nn import TextEncoder
from graphkg.recipes.jaket import build_jaket_recipe
from graphkg.recipes.jaket_batches import PretrainingBatches
from graphkg.recipes.jaket_data import prepare_pretraining
from graphkg.recipes.jaket_system import JAKETSystem
from graphkg.recipes.jaket_training import with_heads
from graphkg.sampling import NeighborSampler, RandomWalks
from graphkg.vocab import Vocabulary

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


def invented_data(entities: int, triples: int) -> TripleData:
    """A graph with a description of 40 words for each entity, and three categories."""
    draw = torch.Generator().manual_seed(0)
    words = [f"w{number}" for number in range(500)]
    labels = [f"E{number}" for number in range(entities)]
    chosen = torch.randint(len(words), (entities, 40), generator=draw).tolist()
    near = torch.randint(entities, (entities, 4), generator=draw).tolist()
    texts = {
        label: " ".join([label, *(words[n] for n in row), *(labels[n] for n in others)])
        for label, row, others in zip(labels, chosen, near)
    }
    names = Vocabulary(labels, descriptions=texts, name="entity")
    relations = Vocabulary([f"r{number}" for number in range(50)], name="relation")
    index = torch.randint(entities, (2, triples), generator=draw)
    kind = torch.randint(50, (triples,), generator=draw)
    none = KnowledgeGraph.from_ids(index[:, :0], kind[:0], names, relations)
    graph = KnowledgeGraph.from_ids(index, kind, names, relations)
    kinds = {label: (f"kind {number % 3}",) for number, label in enumerate(labels)}
    return TripleData("invented", graph, none, none, entity_types=kinds)


def invented_encoder(data: TripleData) -> tuple[TextEncoder, Any]:
    """A BERT of MiniLM's size, and a tokenizer whose pieces are the words of the texts."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = sorted({word for text in data.entities.descriptions.values() for word in text.split()})
    ids = {word: number for number, word in enumerate([*special, *words])}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    named = {f"{piece[1:-1].lower()}_token": piece for piece in special}
    config = BertConfig(
        vocab_size=len(ids),
        hidden_size=384,
        num_hidden_layers=6,
        num_attention_heads=12,
        intermediate_size=1536,
    )
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **named)
    return TextEncoder.from_config(config, "cls"), fast


def measure_pretraining(options: argparse.Namespace) -> None:
    data = invented_data(1000, 3000)
    runs: dict[str, Callable[[], object]] = {}
    for memory in ("encoder", "off"):
        small = {"memory": memory, "roots": 32, "batch_size": 4, "text_length": 64}
        recipe = build_jaket_recipe(None, {**small, "valid_share": 0.0})
        torch.manual_seed(0)
        encoder, tokenizer = invented_encoder(data)
        pieces = encoder.embedding.num_embeddings
        prepared = prepare_pretraining(recipe, data, tokenizer)
        system = JAKETSystem.build(recipe, prepared.triples, encoder, tokenizer)
        model = with_heads(system, prepared).train()
        torch.manual_seed(1)
        pair = next(iter(PretrainingBatches(recipe, prepared, tokenizer, pieces)))

        def step(model: Any = model, pair: Any = pair) -> None:
            model.zero_grad()
            torch.stack(list(model.losses(pair).values())).sum().backward()

        runs["memory" if memory == "encoder" else "on the fly"] = step
        if memory == "encoder":
            runs["refresh of the memory"] = system.model.refresh
            sizes = [piece["entity"].num_nodes for piece in pair]
            print(f"32 roots with {sizes[0]} entities, 4 texts with {sizes[1]} entities around")
    found = medians(runs, max(1, options.repeats // 5))
    for name, each in found.items():
        print(f"  {name:24s}{each:9.2f} s")
    ratio = found["on the fly"] / found["memory"]
    print(f"  a step with the memory is {ratio:.1f} times as fast")
    print(f"  refresh: {1000 / found['refresh of the memory']:,.0f} rows/s of up to 64 pieces")


PARTS = {"sampler": measure_sampler, "pretraining": measure_pretraining}


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
