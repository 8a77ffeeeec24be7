"""A handful of sentences with triples as files, and a QIDN that learns them in seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pieces import tiny_encoder_folder
from slot_models import raw_triples

from graphkg.graphs import SentenceGraph

SMALL: dict[str, Any] = {
    "max_length": 48,
    "num_queries": 5,
    "layers": 2,
    "lstm_layers": 1,
    "heads": 2,
    "feedforward": 32,
    "dropout": 0.0,
    "encoder_dropout": 0.0,
    "length_dim": 4,
    "pseudo_instances": True,
    "epochs": 60,
    "batch_size": 2,
    "rate": 0.01,
    "rates": {},
    "warmup": 0.02,
    "weight_decay": 0.0,
    "validate_every": 10,
    "progress": False,
    "device": "cpu",
}


def row_of(graph: SentenceGraph) -> dict[str, Any]:
    """A sentence as a row with spans and kinds."""
    ends = [[m.start, m.end, m.kind] for m in graph.mentions]
    return {
        "key": graph.key,
        "text": graph.text,
        "tokens": list(graph.words),
        "entities": [{"start": s, "end": e, "type": kind} for s, e, kind in ends],
        "relations": [{"type": r, "head": s, "tail": o} for s, o, r in graph.pairs],
    }


def write_set(folder: Path, rows: list[dict[str, Any]] | None = None) -> Path:
    """Writes a folder whose three parts are the same sentences."""
    rows = [row_of(graph) for graph in raw_triples()] if rows is None else rows
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("train", "valid", "test"):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{part}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def write_encoder(folder: Path) -> str:
    """Writes a tiny encoder of no pretrained weights."""
    return tiny_encoder_folder(folder, pooling="cls", dim=16)
