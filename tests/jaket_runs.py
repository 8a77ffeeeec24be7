"""Invented people, firms and places with texts and kinds: JAKET is pre-trained on it in seconds."""

from __future__ import annotations

from pathlib import Path

import torch

from graphkg.datasets.fake import FIRM, PLACE, Fake
from graphkg.datasets.triples import TripleData
from graphkg.graphs import KnowledgeGraph
from graphkg.graphs.knowledge import EDGE
from graphkg.recipes.jaket import JAKETRecipe, build_jaket_recipe
from graphkg.recipes.jaket_training import train_jaket
from graphkg.recipes.small_encoder import small_encoder
from graphkg.vocab import Vocabulary

SMALL = {"data": "people", "text_length": 24, "description_limit": 16, "knowledge_heads": 4,
         "roots": 24, "batch_size": 16, "epochs": 2, "rate": 0.01,
         "rates": {"encoder": 0.005, "knowledge": 0.01}, "valid_share": 0.2, "neighbours": 4,
         "random": 8, "refresh_initial": 2, "refresh_maximum": 8, "mention_share": 0.3,
         "edge_share": 0.3, "progress": False, "device": "cpu"}  # fmt: skip


def people(sentences: int = 80) -> TripleData:
    """An entity is described by the sentences that name it; the last fifth of facts validates."""
    fake = Fake(sentences)
    names = fake.graph.entities.labels
    said: dict[int, list[str]] = {}
    for graph in (*fake.train, *fake.valid):
        for mention in graph.mentions:
            said.setdefault(mention.entity, []).append(" ".join(graph.words))
    texts = {names[number]: " ".join(found) for number, found in said.items()}
    firms = set(FIRM)
    kinds = {n: ("place" if n in PLACE else "firm" if n.split()[0] in firms else "person",)
             for n in names}  # fmt: skip
    entities = Vocabulary(names, descriptions={n: texts[n][:20] for n in texts}, name="entity")
    index, kind = fake.graph[EDGE].edge_index, fake.graph[EDGE].edge_type
    cuts = [0, kind.numel() * 4 // 5, kind.numel(), kind.numel()]
    parts = [
        KnowledgeGraph.from_ids(index[:, a:b], kind[a:b], entities, fake.graph.relations)
        for a, b in zip(cuts, cuts[1:])
    ]
    return TripleData("people", *parts, entity_types=kinds, entity_extracts=texts)


def people_encoder(folder: Path) -> str:
    """The folder of an untrained encoder that knows the words of :func:`people`."""
    data = people()
    texts = [*data.entity_extracts.values(), *data.relations, "inverse of"]
    return str(small_encoder(texts, folder, pieces=400, dim=32, heads=4, length=64))


def people_recipe(encoder: str, **changes) -> JAKETRecipe:
    return build_jaket_recipe(None, {**SMALL, "encoder": encoder, **changes})


def pretrained(folder: Path, encoder: str, **changes):
    """A run over two thirds of the people."""
    torch.manual_seed(5)
    recipe = people_recipe(encoder, held_out=0.35, **changes)
    return train_jaket(recipe, folder, data=people())
