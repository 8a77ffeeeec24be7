"""Presets of JRRELP, named ``<data>-<extractor>``; ``docs/results.md`` says what they reach.

C-GCN, PA-LSTM and SpanBERT have the settings of Stoica et al., 2020, and of the extractors' papers.
"""

from __future__ import annotations

from typing import Any

Preset = dict[str, Any]

# Both weights are of means, as in the released code.
CGCN: Preset = {"extractor": "cgcn", "link_weight": 0.5, "coupling_weight": 0.5}
PALSTM: Preset = {
    "extractor": "palstm",
    "link_weight": 1.0,
    "coupling_weight": 1.0,
    "label_smoothing": 0.0,
    "no_relation_kg": "observed",
    "train": {"rate": 1.0, "decay_after": 10},
}
TRANSFORMER: Preset = {
    "extractor": "spanbert",
    "vectors": False,
    "link_weight": 0.01,
    "coupling_weight": 0.01,
    "label_smoothing": 0.0,
    "train": {
        "epochs": 10,
        "batch_size": 16,
        "optimizer": "adamw",
        "rate": 2e-5,
        "weight_decay": 0.01,
        "clip": 1.0,
        "schedule": "linear",
    },
}
SPANBERT: Preset = {
    **TRANSFORMER,
    "encoder": "hub:SpanBERT/spanbert-large-cased",
    "conve_width": 32,
    "conve_channels": 64,
    "conve_bias": True,
    "conve_input_dropout": 0.25,
    "conve_feature_dropout": 0.5,
    "conve_hidden_dropout": 0.5,
    "train": {**TRANSFORMER["train"], "batch_size": 8, "accumulate": 2},
}
MINILM: Preset = {
    **TRANSFORMER,
    "encoder": "minilm",
    "read": "mentions",
    "conve_width": 16,
    "train": {
        **TRANSFORMER["train"],
        "rate": 1e-4,
        "rates": {"extractor": 1e-3, "predictor": 1e-3, "store": 1e-3},
    },
}
EXTRACTORS: dict[str, Preset] = {
    "cgcn": CGCN,
    "palstm": PALSTM,
    "spanbert": SPANBERT,
    "minilm": MINILM,
}
LOWERED = ("semeval", "kbp37", "fewrel")  # our word vectors of these are in lower case

REDOCRED: Preset = {
    "data": "redocred",
    "lower_case": True,
    "minimum_count": 2,
    "extra_words": 50_000,
    "freeze_vectors": True,
    "names": True,
    "hidden": 128,
    "relation_loss": "threshold",
    "typed": True,
    "input_dropout": 0.3,
    "lstm_dropout": 0.3,
    "gcn_dropout": 0.3,
    "pooling_l2": 0.0,
    "no_relation_kg": "exclude",
    "train": {
        "epochs": 12,
        "batch_size": 64,
        "optimizer": "adam",
        "rate": 0.002,
        "decay": 0.7,
        "decay_after": 4,
        "patience": 4,
    },
}


def _named() -> dict[str, Preset]:
    found = {
        f"{data}-{name}": {"data": data, "lower_case": data in LOWERED, **preset}
        for data in ("semeval", "kbp37", "tacred", "retacred", "fewrel")
        for name, preset in EXTRACTORS.items()
    }
    return found | {"redocred-cgcn": REDOCRED}


PRESETS: dict[str, Preset] = _named()
