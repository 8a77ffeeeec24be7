"""Training speed of C-GCN and C-GCN + JRRELP, beside a padded, dense form of the same network.

    python benchmarks/cgcn_training.py [--batches 40] [--threads 1] [--device cpu]

Invented sentences of SemEval-like lengths (mean 19 tokens), batch 50, sizes of the paper, SGD with
clipping. The peer pads to the longest sentence and multiplies dense adjacency matrices, as is
common; its trees are pruned beforehand, too. A step is collation, forward, backward and update on
both sides. The four systems take turns, batch by batch, and the median counts.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch

from graphkg.graphs import SentenceGraph
from graphkg.graphs.sentence import PATH, REL
from graphkg.link import ConvE
from graphkg.models import JRRELP, KindGraph
from graphkg.nn import smoothed_bce
from graphkg.relation import CGCN, Pairs
from graphkg.stores import EmbeddingStore, LearnedTable, TableView
from graphkg.transforms import PruneTree, Substitute
from graphkg.vocab import Vocabularies

BATCH, WORDS, TAGS, KINDS, RELATIONS = 50, 20_000, 45, 10, 19


def invent(count: int, seed: int = 0) -> tuple[list[SentenceGraph], Vocabularies]:
    """Sentences of 8 to 40 words with random trees and two mentions of a word each."""
    draw, vocabularies = random.Random(seed), Vocabularies()
    kinds = [f"K{i}" for i in range(KINDS)]
    relations = [f"r{i}" for i in range(RELATIONS)]
    masks = [f"{side}-{kind}" for side in ("SUBJ", "OBJ") for kind in kinds]
    labels = {
        "word": [*masks, *(f"w{i}" for i in range(WORDS))],
        "pos": [f"p{i}" for i in range(TAGS)],
        "ner": kinds,
        "kind": kinds,
        "relation": relations,
    }
    for name, names in labels.items():
        for label in names:
            getattr(vocabularies, name).add(label)
    graphs = []
    for _ in range(count):
        length = min(max(round(draw.gauss(19, 7)), 8), 40)
        heads = [0, *(draw.randint(max(1, i - 5), i) for i in range(1, length))]
        first, second = draw.sample(range(length), 2)
        graph = SentenceGraph.build(
            [f"w{draw.randrange(WORDS)}" for _ in range(length)],
            heads,
            pos=[f"p{draw.randrange(TAGS)}" for _ in range(length)],
            ner=draw.choices(kinds, k=length),
            mentions=[(i, i + 1, draw.choice(kinds)) for i in (first, second)],
            pairs=[(0, 1, draw.choice(relations))],
        )
        graphs.append(PruneTree(1)(Substitute()(graph)).encode(vocabularies))
    return graphs, vocabularies


def new_store(vocabularies: Vocabularies, kinds: KindGraph) -> EmbeddingStore:
    return EmbeddingStore(
        token=LearnedTable(len(vocabularies.word), 300, padding=0),
        pos=LearnedTable(len(vocabularies.pos), 30),
        ner=LearnedTable(len(vocabularies.ner), 30),
        relation=LearnedTable(RELATIONS, 100, init="xavier"),
        object=TableView("token", kinds.object_rows),
    )


class Dense(nn.Module):
    """The peer: [B, L, D] tensors, [B, L, L] adjacency, masks of -1e12."""

    def __init__(self, vocabularies: Vocabularies, kinds: KindGraph, joint: bool):
        super().__init__()
        self.word = nn.Embedding(len(vocabularies.word), 300, padding_idx=0)
        self.pos = nn.Embedding(len(vocabularies.pos), 30)
        self.ner = nn.Embedding(len(vocabularies.ner), 30)
        self.lstm = nn.LSTM(360, 200, bidirectional=True, batch_first=True)
        self.gcn = nn.ModuleList([nn.Linear(400, 200), nn.Linear(200, 200)])
        self.mlp = nn.Sequential(nn.Linear(600, 200), nn.ReLU(), nn.Linear(200, 100), nn.ReLU())
        self.classifier, self.drop = nn.Linear(100, RELATIONS), nn.Dropout(0.5)
        self.g = ConvE(300, 100, num_objects=kinds.object_rows.numel()) if joint else None
        for name in ("subject_rows", "object_rows", "known"):
            self.register_buffer(name, getattr(kinds, name))

    def forward(self, x: dict[str, Tensor]) -> Tensor:
        """Returns the relation vectors, [B, 100]."""
        word = x["word"]
        word = word.masked_fill(torch.rand(word.shape, device=word.device) < 0.04, 1)
        h = self.drop(torch.cat([self.word(word), self.pos(x["pos"]), self.ner(x["ner"])], 2))
        packed = nn.utils.rnn.pack_padded_sequence(
            h, x["length"].cpu(), batch_first=True, enforce_sorted=False
        )
        h = nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)[0]
        h, a = self.drop(h), x["adjacency"]
        d = a.sum(2, keepdim=True) + 1
        for number, layer in enumerate(self.gcn):
            h = ((layer(a.bmm(h)) + layer(h)) / d).relu()
            h = self.drop(h) if number == 0 else h
        masks = (a.sum(2) == 0, ~x["subject"], ~x["object"])
        pooled = [h.masked_fill(mask.unsqueeze(2), -1e12).amax(1) for mask in masks]
        self.sentence = pooled[0]
        return self.mlp(torch.cat(pooled, dim=1))

    def losses(self, x: dict[str, Tensor]) -> dict[str, Tensor]:
        """Returns the losses, named and weighted as JRRELP's."""
        r_hat = self(x)
        found = {"relation": nn.functional.cross_entropy(self.classifier(r_hat), x["relation"])}
        found["penalty"] = 0.003 * self.sentence.square().sum(1).mean()
        if self.g is not None:
            head = self.word(self.subject_rows[x["kind"]])
            known = self.known[x["kind"], x["relation"]]
            objects = self.word(self.object_rows)
            rows = {"link": self.classifier.weight[x["relation"]], "coupling": r_hat}
            for name, relation in rows.items():
                logits = self.g.score(self.g.merge(head, relation), objects)
                found[name] = 0.5 * smoothed_bce(logits, known, 0.1)
        return found


def pad(graphs: list[SentenceGraph]) -> dict[str, Tensor]:
    """The peer's collation."""
    lengths = torch.tensor([graph["token"].num_nodes for graph in graphs])
    count, longest = len(graphs), int(lengths.max())
    x = {name: torch.zeros(count, longest, dtype=torch.long) for name in ("word", "pos", "ner")}
    x |= {n: torch.zeros(count, longest, dtype=torch.bool) for n in ("subject", "object")}
    x |= {"adjacency": torch.zeros(count, longest, longest), "length": lengths}
    for row, graph in enumerate(graphs):
        for name in ("word", "pos", "ner"):
            x[name][row, : lengths[row]] = graph["token"][name]
        a, b = graph[PATH].edge_index
        x["adjacency"][row, a, b] = 1.0
        for name, (start, end) in zip(("subject", "object"), graph["mention"].span.tolist()):
            x[name][row, start:end] = True
    x["relation"] = torch.cat([graph[REL].edge_type for graph in graphs])
    x["kind"] = torch.stack([graph["mention"].kind[0] for graph in graphs])
    return x


def steps(model: nn.Module, batches: Iterator, device: str) -> Iterator[None]:
    """Trains on one batch each time it is asked."""
    optimizer = torch.optim.SGD(model.to(device).parameters(), 0.3)
    for batch in batches:
        moved = (
            batch.to(device)
            if hasattr(batch, "to")
            else {name: value.to(device) for name, value in batch.items()}
        )
        optimizer.zero_grad()
        sum(model.losses(moved).values()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        yield


def endless(graphs: list[SentenceGraph], collate: Callable) -> Iterator:
    draw = random.Random(1)
    while True:
        yield collate(draw.sample(graphs, BATCH))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batches", type=int, default=40, help="batches a system")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    graphs, vocabularies = invent(1000)
    kinds = KindGraph.from_sentences(graphs, vocabularies)

    def ours(joint: bool) -> nn.Module:
        g = ConvE(300, 100, num_objects=kinds.object_rows.numel()) if joint else None
        weight, f = 0.5 * joint, CGCN(RELATIONS, relation_dim=100)
        return JRRELP(f, g, new_store(vocabularies, kinds), weight, weight, kinds=kinds)

    systems = {
        "C-GCN, graphkg": (ours(False), Batch.from_data_list),
        "C-GCN, padded": (Dense(vocabularies, kinds, False), pad),
        "C-GCN + JRRELP, graphkg": (ours(True), Batch.from_data_list),
        "C-GCN + JRRELP, padded": (Dense(vocabularies, kinds, True), pad),
    }
    runs = {
        name: steps(model, endless(graphs, collate), options.device)
        for name, (model, collate) in systems.items()
    }
    print(measure(runs, options, mean_length(graphs)))


def mean_length(graphs: list[SentenceGraph]) -> float:
    pairs = Pairs.of(Batch.from_data_list(graphs))
    return float(pairs.ptr.diff().float().mean())


def measure(runs: dict[str, Iterator[None]], options: argparse.Namespace, length: float) -> str:
    """Lets the systems take turns, a batch each; returns the table of median speeds."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(options.batches + 2):
        for name, run in runs.items():
            start = time.perf_counter()
            next(run)
            if options.device != "cpu":
                torch.cuda.synchronize()
            if number >= 2:
                seconds[name].append(time.perf_counter() - start)
    speed = {name: BATCH / statistics.median(each) for name, each in seconds.items()}
    lines = [
        f"training on {options.device}, {options.threads} thread(s), torch {torch.__version__}, "
        f"batch {BATCH}, {length:.1f} tokens a sentence, median of {options.batches} batches"
    ]
    lines += [f"{name:26s}{value:9.0f} sentences/s" for name, value in speed.items()]
    mine, peer, joint, joint_peer = speed.values()
    lines.append(f"graphkg / padded: C-GCN {mine / peer:.2f}, with JRRELP {joint / joint_peer:.2f}")
    lines.append(f"JRRELP costs {100 * (mine / joint - 1):.0f} % a sentence over C-GCN alone")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
