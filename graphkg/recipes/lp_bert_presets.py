"""Presets of LP-BERT: ``<data>`` is contrast with MiniLM, ``<data>-paper`` the paper's settings."""

from __future__ import annotations

from typing import Any

Preset = dict[str, Any]

CONTRAST: Preset = {
    "encoder": "minilm",
    "loss": "contrast",
    "towers": 2,
    "max_length": 64,
    "train": {
        "epochs": 28,
        "batch_size": 1024,
        "rate": 1e-3,
        "rates": {"encoder": 1e-4},
        "weight_decay": 1e-4,
        "clip": 10.0,
    },
}
BERT = "hub:google-bert/bert-base-uncased"
PAPER: Preset = {
    "encoder": BERT,
    "pooling": "pooler",
    "lower_case": True,
    "pretraining": ["mlm", "mem", "mrm"],
    "loss": "paper",
    "train": {"epochs": 7, "batch_size": 64, "rates": {"encoder": 5e-5}, "monitor": "hits@10"},
}
# Names are enough, and texts are a few pieces long.
UMLS: Preset = {"data": "umls", "descriptions": False, "max_length": 32, "whole_queries": True}
UMLS_TRAIN: Preset = {"epochs": 24, "batch_size": 512, "rates": {"encoder": 2e-4}}

PRESETS: dict[str, Preset] = {
    "wn18rr": {**CONTRAST, "data": "wn18rr"},
    "fb15k-237": {**CONTRAST, "data": "fb15k-237"},
    "codex-s": {**CONTRAST, "data": "codex-s", "train": {**CONTRAST["train"], "batch_size": 512}},
    # A sharper softmax over-fits: most negatives that it pushes hardest are answers of this graph.
    "umls": {
        **CONTRAST,
        **UMLS,
        "towers": 1,
        "temperature": 0.1,
        "learned_temperature": False,
        "train": {**CONTRAST["train"], **UMLS_TRAIN},
    },
    "wn18rr-paper": {**PAPER, "data": "wn18rr", "inverse_relations": False},
    "fb15k-237-paper": {
        **PAPER,
        "data": "fb15k-237",
        "scorer": "concat",
        "squash": "sigmoid",
        "alpha": 0.5,
        "max_length": 100,
        "train": {**PAPER["train"], "batch_size": 120, "rates": {"encoder": 3e-5}},
    },
    "codex-s-paper": {**PAPER, "data": "codex-s", "scorer": "concat", "squash": "sigmoid"},
    "umls-paper": {
        **PAPER,
        **UMLS,
        "encoder": "minilm",
        "scorer": "concat",
        "squash": "sigmoid",
        "pretrain_length": 36,
        "train": {**PAPER["train"], **UMLS_TRAIN, "rates": {"encoder": 3e-5}},
    },
}
