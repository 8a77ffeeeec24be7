"""PA-LSTM and C-GCN, alone and in JRRELP: speed beside padded forms, and what JRRELP costs.

    GRAPHKG_DATA=... python benchmarks/relation.py [--batches 40] [--threads 1] [--device cpu]

The training sentences of SemEval-2010 Task 8 (without GRAPHKG_DATA invented ones of their lengths),
batch 50, word rows of 300, sizes of the papers, SGD with clipping. The peers pad to the longest
sentence, pack for the LSTM and multiply dense adjacency matrices, as is common; their trees are
pruned beforehand, too. A step of training is collation, forward, backward and update, a step of
inference collation and forward. All systems take turns on the same batch; medians count, and
JRRELP's cost is the median over batches of its time over the baseline's. Seconds are of the process
on a CPU, of the wall on a GPU.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from relation_peers import PaddedCGCN, PaddedPALSTM, pad
from torch import nn
from torch_geometric.data import Batch

from graphkg.graphs import SentenceGraph
from graphkg.recipes.jrrelp import build_recipe
from graphkg.recipes.relation_data import RelationData, read_relation_data
from graphkg.recipes.relation_system import RelationSystem
from graphkg.vocab import Vocabulary

BATCH = 50
PEERS = {"palstm": PaddedPALSTM, "cgcn": PaddedCGCN}
NAMES = {"palstm": "PA-LSTM", "cgcn": "C-GCN"}


def invent(count: int, seed: int = 0) -> list[SentenceGraph]:
    """Sentences of 8 to 40 words with random trees and two mentions of a word each."""
    draw = random.Random(seed)
    kinds, relations = [f"K{i}" for i in range(10)], [f"r{i}" for i in range(19)]
    graphs = []
    for number in range(count):
        length = min(max(round(draw.gauss(19, 7)), 8), 40)
        heads = [0, *(draw.randint(max(1, i - 5), i) for i in range(1, length))]
        first, second = draw.sample(range(length), 2)
        graph = SentenceGraph.build(
            [f"w{draw.randrange(20_000)}" for _ in range(length)],
            heads,
            pos=[f"p{draw.randrange(45)}" for _ in range(length)],
            ner=draw.choices(kinds, k=length),
            mentions=[(i, i + 1, draw.choice(kinds)) for i in (first, second)],
            pairs=[(0, 1, draw.choice(relations))],
            key=str(number),
        )
        graphs.append(graph)
    return graphs


def read_data() -> RelationData:
    if os.environ.get("GRAPHKG_DATA"):
        from graphkg.parsing import SpacyParser

        return read_relation_data("semeval", None, SpacyParser())
    graphs = invent(1000)
    relations = Vocabulary(sorted({g.labels.relations[0] for g in graphs}), name="relation")
    return RelationData("invented", graphs, graphs[:50], graphs[:50], relations, None, "pairs")


class Side:
    """One system: how it collates, trains on a batch and answers one."""

    def __init__(
        self, model: nn.Module, collate: Callable[[list[SentenceGraph]], Any], device: str
    ):
        self.model, self.collate, self.device = model.to(device), collate, device
        self.optimizer = torch.optim.SGD(model.parameters(), 0.01)
        self.seconds: dict[str, list[float]] = {"training": [], "inference": []}

    def batch(self, graphs: list[SentenceGraph]) -> Any:
        """Collates, and moves to the device."""
        made = self.collate(graphs)
        if isinstance(made, dict):
            return {name: value.to(self.device) for name, value in made.items()}
        return made.to(self.device)

    def train(self, graphs: list[SentenceGraph]) -> None:
        """A step of training."""
        self.model.train()
        self.optimizer.zero_grad()
        torch.stack(list(self.model.losses(self.batch(graphs)).values())).sum().backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimizer.step()

    @torch.no_grad()
    def answer(self, graphs: list[SentenceGraph]) -> None:
        """A step of inference."""
        self.model.eval()
        batch = self.batch(graphs)
        self.model(batch) if isinstance(batch, dict) else self.model.predict(batch)

    def time(self, graphs: list[SentenceGraph], keep: bool) -> None:
        """Times both steps."""
        for name, run in (("training", self.train), ("inference", self.answer)):
            if self.device != "cpu":
                torch.cuda.synchronize()
            clock = time.process_time if self.device == "cpu" else time.perf_counter
            start = clock()
            run(graphs)
            if self.device != "cpu":
                torch.cuda.synchronize()
            if keep:
                self.seconds[name].append(clock() - start)


def build_sides(data: RelationData, name: str, device: str) -> tuple[dict[str, Side], Any, float]:
    """The four systems of an extractor, its ready sentences, and seconds to make those."""
    sides, ready, seconds = {}, [], 0.0
    for joint in (False, True):
        kg = "kinds" if joint else "off"
        changes = {"vectors": False, "kg": kg, "word_dim": 300}
        system = RelationSystem.build(build_recipe(f"semeval-{name}", changes), data, None)
        label = f"{NAMES[name]}{' + JRRELP' if joint else ''}"
        sides[f"{label}, graphkg"] = Side(system.model, Batch.from_data_list, device)
        sides[f"{label}, padded"] = Side(PEERS[name](system, joint), pad, device)
        if not joint:
            start = time.process_time()
            ready = system.prepare(data.train)
            seconds = time.process_time() - start
    return sides, ready, seconds


def report(name: str, sides: dict[str, Side]) -> list[str]:
    lines = []
    for what in ("training", "inference"):
        speed = {k: BATCH / statistics.median(s.seconds[what]) for k, s in sides.items()}
        lines += [f"{key:28s}{value:9.0f} sentences/s {what}" for key, value in speed.items()]
        mine, peer, joint, joint_peer = speed.values()
        lines.append(
            f"  graphkg / padded: alone {mine / peer:.2f}, JRRELP {joint / joint_peer:.2f}"
        )
        ours, theirs, ours_joint, theirs_joint = (s.seconds[what] for s in sides.values())
        costs = [
            100 * (statistics.median(b / a for a, b in zip(alone, both)) - 1)
            for alone, both in ((ours, ours_joint), (theirs, theirs_joint))
        ]
        lines.append(
            f"  JRRELP costs {costs[0]:.1f} % a batch of {what} over {NAMES[name]} alone "
            f"(padded: {costs[1]:.1f} %)"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batches", type=int, default=40, help="batches a system")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    data = read_data()
    print(
        f"{data.name}, {options.device}, {options.threads} thread(s), torch {torch.__version__}, "
        f"batch {BATCH}, medians of {options.batches} interleaved batches"
    )
    for name in PEERS:
        sides, ready, seconds = build_sides(data, name, options.device)
        tokens = statistics.mean(graph["token"].num_nodes for graph in ready)
        print(
            f"\n{len(ready):,} sentences of {tokens:.1f} tokens masked, pruned and encoded once: "
            f"{seconds:.1f} s, {len(ready) / seconds:,.0f} sentences/s"
        )
        draw = random.Random(1)
        for number in range(options.batches + 2):
            graphs = draw.sample(ready, BATCH)
            for side in sides.values():
                side.time(graphs, keep=number >= 2)
        print("\n".join(report(name, sides)), flush=True)


if __name__ == "__main__":
    main()
