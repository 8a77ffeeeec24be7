"""The triples of a run folder: ids as safetensors, names as text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..datasets.triple_sets import PARTS
from ..datasets.triples import TripleData
from ..errors import InputError
from ..graphs import KnowledgeGraph
from ..graphs.knowledge import EDGE
from ..vocab import Vocabulary

TRIPLES, NAMES = "triples.safetensors", "names.json"
ENTITIES, RELATIONS = "vocabularies/entity.jsonl", "vocabularies/relation.jsonl"
FILES = (TRIPLES, NAMES, ENTITIES, RELATIONS)


def write_triple_files(data: TripleData, folder: Path) -> None:
    """Writes the splits, the vocabularies and the readable names into `folder`."""
    from safetensors.torch import save_file

    (folder / "vocabularies").mkdir(exist_ok=True)
    data.entities.save(folder / ENTITIES)
    data.relations.save(folder / RELATIONS)
    save_file({part: _rows(graph) for part, graph in data.parts.items()}, folder / TRIPLES)
    names = {
        "entities": data.entity_names,
        "relations": data.relation_names,
        "types": {label: list(types) for label, types in data.entity_types.items()},
    }
    (folder / NAMES).write_text(json.dumps(names, ensure_ascii=False) + "\n", encoding="utf-8")


def read_triple_files(folder: Path, name: str) -> TripleData:
    """Reads what :func:`write_triple_files` wrote.

    Raises:
        InputError: a damaged file.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    entities, relations = Vocabulary.load(folder / ENTITIES), Vocabulary.load(folder / RELATIONS)
    try:
        rows = load_file(folder / TRIPLES)
    except SafetensorError as error:
        raise InputError(f"{folder / TRIPLES} cannot be read ({error}): copy it anew") from None
    names: dict[str, Any] = json.loads((folder / NAMES).read_text(encoding="utf-8"))
    train, valid, test = (
        KnowledgeGraph.from_ids(rows[split][[0, 2]], rows[split][1], entities, relations)
        for split in PARTS
    )
    return TripleData(
        name,
        train,
        valid,
        test,
        entity_names=names["entities"],
        relation_names=names["relations"],
        entity_types={label: tuple(types) for label, types in names["types"].items()},
    )


def _rows(graph: KnowledgeGraph) -> Tensor:
    """Heads, relations and tails, [3, E]."""
    return torch.stack([graph.heads, graph[EDGE].edge_type, graph.tails]).contiguous()
