"""Presets of JAKET: ``<data>`` is with MiniLM for a CPU, ``<data>-paper`` nearer to the paper.

Half of the entities are kept out of a pre-training, so that they are an unseen graph for entity
classification. CoDEx-S has fewer entities and texts than one step of the paper reads.
"""

from __future__ import annotations

from typing import Any

Preset = dict[str, Any]

CODEX_S: Preset = {"data": "codex-s", "held_out": 0.5, "add_inverse": True}

PRESETS: dict[str, Preset] = {
    "codex-s": {
        **CODEX_S,
        "encoder": "minilm",
        "text_length": 128,
        "roots": 128,
        "train": {
            "epochs": 8,
            "batch_size": 16,
            "rate": 1e-3,
            "rates": {"encoder": 5e-5, "knowledge": 1e-3},
        },
    },
    "codex-s-paper": {
        **CODEX_S,
        "encoder": "hub:FacebookAI/roberta-base",
        "roots": 1024,
        "train": {"batch_size": 64},
    },
}

CLASSIFICATION: dict[str, Preset] = {
    "codex-s": {**CODEX_S, "encoder": "minilm", "pooling": "mean"},
    "codex-s-paper": {**CODEX_S, "encoder": "hub:FacebookAI/roberta-base"},
}
