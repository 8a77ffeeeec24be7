"""Presets of QIDN: ``<data>`` is with MiniLM, ``<data>-paper`` with the paper's settings.

The paper has no CoNLL04; ``conll04-paper`` is as its other sets with kinds. Where data have kinds,
entities in no triple have slots, on which the paper is silent.
"""

from __future__ import annotations

from typing import Any

Preset = dict[str, Any]

# lstm_residual: WebNLG is learned in fewer epochs with it (docs/results.md).
SMALL: Preset = {
    "encoder": "minilm",
    "lstm_residual": True,
    "train": {"epochs": 30, "batch_size": 8, "rate": 3e-4, "rates": {"encoder": 1e-4}},
}
PAPER: Preset = {
    "encoder": "hub:google-bert/bert-base-cased",
    "max_length": 512,
    "train": {"epochs": 100, "batch_size": 8, "rate": 3e-5, "rates": {"encoder": 1e-5}},
}
SMALL_BATCHES: Preset = {**PAPER, "train": {**PAPER["train"], "batch_size": 4}}
LARGE: Preset = {
    **SMALL,
    "train": {"epochs": 30, "batch_size": 16, "rate": 3e-4, "rates": {"encoder": 5e-5}},
}
TYPED: Preset = {"match": "strict", "pseudo_instances": True}
# Without slots for entities nearly all slots are empty: as a mean over slots, the relation loss is
# so small beside the others that MiniLM's queries become one another on WebNLG.
UNTYPED: Preset = {"relation_mean": "triples"}

PRESETS: dict[str, Preset] = {
    "webnlg-partial": {**SMALL, **UNTYPED, "data": "webnlg-partial", "match": "partial"},
    "webnlg-exact": {**SMALL, **UNTYPED, "data": "webnlg-exact", "match": "exact"},
    "nyt-partial": {**LARGE, **UNTYPED, "data": "nyt-partial", "match": "partial"},
    "nyt-exact": {**LARGE, **UNTYPED, "data": "nyt-exact", "match": "exact"},
    "scierc": {**SMALL, **TYPED, "data": "scierc"},
    "conll04": {**SMALL, **TYPED, "data": "conll04"},
    "webnlg-partial-paper": {**SMALL_BATCHES, "data": "webnlg-partial", "match": "partial"},
    "webnlg-exact-paper": {**SMALL_BATCHES, "data": "webnlg-exact", "match": "exact"},
    "nyt-partial-paper": {**PAPER, "data": "nyt-partial", "match": "partial"},
    "nyt-exact-paper": {**PAPER, "data": "nyt-exact", "match": "exact"},
    "scierc-paper": {
        **SMALL_BATCHES,
        **TYPED,
        "data": "scierc",
        "encoder": "hub:allenai/scibert_scivocab_uncased",
    },
    "conll04-paper": {**PAPER, **TYPED, "data": "conll04"},
}
