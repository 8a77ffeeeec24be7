"""A pre-training in seconds on invented sentences and their graph: all losses fall, runs resume."""

from __future__ import annotations

import pytest
import torch
from torch_geometric.data import Batch

from graphkg.datasets.fake import FIRM, PLACE, Fake
from graphkg.graphs import Descriptions, JointGraph
from graphkg.models import JAKET, JAKETPretraining
from graphkg.nn import KnowledgeModule, TextEncoder
from graphkg.stores import EmbeddingStore, MemoryTable, RefreshSchedule
from graphkg.training import TrainSettings, fit
from graphkg.transforms import EntityCandidates, MaskEdges, MaskText, ToPieces

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def word_tokenizer(words):
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    ids = {word: number for number, word in enumerate([*SPECIAL, *words])}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    named = {f"{piece[1:-1].lower()}_token": piece for piece in SPECIAL}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **named)


class Data:
    """Sentences with pieces, the graph they state with kinds as categories, a tokenizer."""

    def __init__(self):
        fake = Fake(120)
        self.graph = fake.graph
        names = self.graph.entities.labels
        firms = set(FIRM)
        kinds = [1 if n in PLACE else 2 if n.split()[0] in firms else 0 for n in names]
        self.graph["entity"].category = torch.tensor(kinds)
        words = dict.fromkeys(w for sentence in fake.train for w in sentence.words)
        words |= dict.fromkeys(w for name in names for w in name.split())
        self.tokenizer = word_tokenizer(words)
        self.sentences = [ToPieces(self.tokenizer)(sentence) for sentence in fake.train]
        self.num_pieces = len(words) + len(SPECIAL)


@pytest.fixture(scope="module")
def data():
    return Data()


class Pairs:
    """A graph batch and a text batch a step; the whole graph is small enough for each."""

    def __init__(self, data: Data, size: int = 24):
        self.data, self.size, self.graph = data, size, data.graph.with_inverses()
        self.edges = MaskEdges(self.graph, share=0.3)
        candidates = EntityCandidates(self.graph, 5, 10)
        self.text = MaskText(data.tokenizer, data.num_pieces, candidates, mention_share=0.3)

    def __iter__(self):
        order = torch.randperm(len(self.data.sentences))
        for part in order.split(self.size):
            batch = Batch.from_data_list([self.data.sentences[n] for n in part.tolist()])
            yield self.edges(self.graph), JointGraph.join(self.text(batch), self.graph)

    def __len__(self):
        return -(-len(self.data.sentences) // self.size)


def build(data: Data, path=None) -> JAKETPretraining:
    from transformers import BertConfig

    torch.manual_seed(0)
    config = BertConfig(vocab_size=data.num_pieces, hidden_size=32, num_hidden_layers=2,
                        num_attention_heads=2, intermediate_size=64)  # fmt: skip
    described = Descriptions.from_vocabulary(data.graph.entities, data.tokenizer)
    memory = MemoryTable(len(described), 32, path)
    model = JAKET(
        TextEncoder.from_config(config, "cls"), 1, described,
        KnowledgeModule(32, heads=4), store=EmbeddingStore(entity=memory),
        schedule=RefreshSchedule(3, 2, 2, 10),
    )  # fmt: skip
    return JAKETPretraining(model, 3, data.graph["relation"].num_nodes)


def settings(epochs):
    return TrainSettings(
        epochs=epochs, optimizer="adam", rate=0.01, rates={"encoder": 0.01, "knowledge": 0.01},
        progress=False, device="cpu",
    )  # fmt: skip


def test_all_four_losses_fall_in_a_few_seconds(data):
    model = build(data)
    history = fit(model, Pairs(data), settings(14)).history
    for name, share in (("category", 0.4), ("relation", 0.5), ("token", 0.8), ("entity", 0.85)):
        first, last = history[0][f"loss/{name}"], history[-1][f"loss/{name}"]
        assert last < share * first, (name, first, last)
    assert model.model.schedule.done > 5 and not model.training


def state(model):
    weights = [value.flatten().double() for value in model.state_dict().values()]
    return torch.cat([*weights, model.memories()["entity"]().flatten().double()])


def test_a_killed_pretraining_resumes_to_the_same_bits_memory_included(data, tmp_path):
    whole = build(data, tmp_path / "whole.bin")
    fit(whole, Pairs(data), settings(3), folder=tmp_path / "whole")
    part = build(data, tmp_path / "part.bin")

    def killed(step):
        part.model.after_step(step)
        if step == 6:  # within the second epoch, after its first refresh
            raise KeyboardInterrupt

    part.after_step = killed
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        fit(part, Pairs(data), settings(3), folder=tmp_path / "part")
    again = build(data, tmp_path / "part.bin")
    fit(again, Pairs(data), settings(3), folder=tmp_path / "part", resume=True)
    assert torch.equal(state(whole), state(again))
