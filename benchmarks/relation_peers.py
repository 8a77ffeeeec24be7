"""The peers of relation.py: C-GCN and PA-LSTM as they are commonly written, padded and dense.

Letters: B sentences, L tokens of the longest, D channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from graphkg.graphs import SentenceGraph
from graphkg.graphs.sentence import PATH, REL
from graphkg.link import ConvE
from graphkg.nn import smoothed_bce
from graphkg.recipes.relation_system import RelationSystem


class Padded(nn.Module):
    """What both peers share: [B, L, D] rows of words and tags, the classifier, the losses."""

    width, relation_dim, weight = 0, 0, 0.0

    def __init__(self, system: RelationSystem, joint: bool):
        super().__init__()
        store, vocabularies = system.model.store, system.vocabularies
        self.word = nn.Embedding(*store.sizes["token"], padding_idx=0)
        self.pos = nn.Embedding(*store.sizes["pos"])
        self.ner = nn.Embedding(*store.sizes["ner"])
        self.width = sum(store.sizes[name][1] for name in ("token", "pos", "ner"))
        self.classifier = nn.Linear(self.relation_dim, len(vocabularies.relation))
        self.drop = nn.Dropout(0.5)
        count, dim = store.sizes["object"][0], store.sizes["token"][1]
        self.g = ConvE(dim, self.relation_dim, num_objects=count) if joint else None
        for name in ("subject_rows", "known"):
            self.register_buffer(name, getattr(system.model, name))
        self.register_buffer("object_rows", store["object"].rows)

    def rows(self, x: dict[str, Tensor]) -> Tensor:
        """Returns the rows of the tokens, [B, L, D]."""
        word = x["word"]
        if self.training:
            word = word.masked_fill(torch.rand(word.shape, device=word.device) < 0.04, 1)
        return self.drop(torch.cat([self.word(word), self.pos(x["pos"]), self.ner(x["ner"])], 2))

    def encode(self, x: dict[str, Tensor]) -> Tensor:
        """Returns the relation vectors."""
        raise NotImplementedError

    def forward(self, x: dict[str, Tensor]) -> Tensor:
        """Returns the logits."""
        return self.classifier(self.encode(x))

    def losses(self, x: dict[str, Tensor]) -> dict[str, Tensor]:
        """Returns the losses, named and weighted as JRRELP's."""
        r_hat = self.encode(x)
        found = {"relation": nn.functional.cross_entropy(self.classifier(r_hat), x["relation"])}
        found |= self.penalty()
        if self.g is not None:
            head = self.word(self.subject_rows[x["kind"]])
            known = self.known[x["kind"], x["relation"]]
            objects = self.word(self.object_rows)
            rows = {"link": self.classifier.weight[x["relation"]], "coupling": r_hat}
            for name, relation in rows.items():
                logits = self.g.score(self.g.merge(head, relation), objects)
                found[name] = self.weight * smoothed_bce(logits, known, 0.1)
        return found

    def penalty(self) -> dict[str, Tensor]:
        """Returns a regulariser, if there is one."""
        return {}


def _lstm(lstm: nn.LSTM, h: Tensor, length: Tensor) -> Tensor:
    packed = nn.utils.rnn.pack_padded_sequence(
        h, length.cpu(), batch_first=True, enforce_sorted=False
    )
    return nn.utils.rnn.pad_packed_sequence(lstm(packed)[0], batch_first=True)[0]


class PaddedCGCN(Padded):
    """C-GCN over [B, L, L] adjacency, with masks of -1e12."""

    relation_dim, weight = 100, 0.5

    def __init__(self, system: RelationSystem, joint: bool):
        super().__init__(system, joint)
        self.lstm = nn.LSTM(self.width, 200, bidirectional=True, batch_first=True)
        self.gcn = nn.ModuleList([nn.Linear(400, 200), nn.Linear(200, 200)])
        self.mlp = nn.Sequential(nn.Linear(600, 200), nn.ReLU(), nn.Linear(200, 100), nn.ReLU())

    def encode(self, x: dict[str, Tensor]) -> Tensor:
        """Returns the relation vectors."""
        h, a = self.drop(_lstm(self.lstm, self.rows(x), x["length"])), x["adjacency"]
        d = a.sum(2, keepdim=True) + 1
        for number, layer in enumerate(self.gcn):
            h = ((layer(a.bmm(h)) + layer(h)) / d).relu()
            h = self.drop(h) if number == 0 else h
        masks = (a.sum(2) == 0, ~x["subject"], ~x["object"])
        pooled = [h.masked_fill(mask.unsqueeze(2), -1e12).amax(1) for mask in masks]
        self.sentence = pooled[0]
        return self.mlp(torch.cat(pooled, dim=1))

    def penalty(self) -> dict[str, Tensor]:
        """Returns the squared norm of the pooled sentences."""
        return {"penalty": 0.003 * self.sentence.square().sum(1).mean()}


class PaddedPALSTM(Padded):
    """PA-LSTM with a masked softmax over [B, L]."""

    relation_dim, weight = 200, 1.0

    def __init__(self, system: RelationSystem, joint: bool):
        super().__init__(system, joint)
        self.lstm = nn.LSTM(self.width, 200, 2, dropout=0.5, batch_first=True)
        self.offset = nn.Embedding(201, 30)
        self.token, self.query = nn.Linear(200, 200), nn.Linear(200, 200, bias=False)
        self.feature, self.score = nn.Linear(60, 200, bias=False), nn.Linear(200, 1, bias=False)

    def encode(self, x: dict[str, Tensor]) -> Tensor:
        """Returns the relation vectors."""
        out = _lstm(self.lstm, self.rows(x), x["length"])
        last = out[torch.arange(len(out), device=out.device), x["length"] - 1]
        h, q = self.drop(out), self.drop(last)
        offsets = torch.cat([self.offset(x["subject_offset"]), self.offset(x["object_offset"])], 2)
        u = (self.token(h) + self.query(q).unsqueeze(1) + self.feature(offsets)).tanh()
        place = torch.arange(h.size(1), device=h.device)
        absent = place >= x["length"].unsqueeze(1)
        weight = self.score(u).squeeze(2).masked_fill(absent, -torch.inf).softmax(1)
        return (weight.unsqueeze(1) @ h).squeeze(1)


def pad(graphs: list[SentenceGraph]) -> dict[str, Tensor]:
    """The peers' collation; offsets are those of the token table, from 0."""
    lengths = torch.tensor([graph["token"].num_nodes for graph in graphs])
    count, longest = len(graphs), int(lengths.max())
    ids = ("word", "pos", "ner", "subject_offset", "object_offset")
    x = {name: torch.zeros(count, longest, dtype=torch.long) for name in ids}
    x |= {n: torch.zeros(count, longest, dtype=torch.bool) for n in ("subject", "object")}
    x |= {"adjacency": torch.zeros(count, longest, longest), "length": lengths}
    for row, graph in enumerate(graphs):
        for name in ids:
            x[name][row, : lengths[row]] = graph["token"][name] + 100 * name.endswith("offset")
        a, b = graph[PATH].edge_index
        x["adjacency"][row, a, b] = 1.0
        for name, (start, end) in zip(("subject", "object"), graph["mention"].span.tolist()):
            x[name][row, start:end] = True
    x["relation"] = torch.cat([graph[REL].edge_type for graph in graphs])
    x["kind"] = torch.stack([graph["mention"].kind[0] for graph in graphs])
    return x
