"""Presets of MTL-KGC (``<data>``) and KG-BERT (``<data>-kgbert``); with MiniLM, ``...-minilm``.

The plain ones have the settings of Kim et al., 2020 and of Yao et al., 2019, and want a GPU. Those
with MiniLM are for a CPU: a small encoder with a higher rate, fewer negatives and shorter texts.
"""

from __future__ import annotations

from typing import Any

Preset = dict[str, Any]

UNCASED = "hub:google-bert/bert-base-uncased"
CASED = "hub:google-bert/bert-base-cased"


def paper(data: str, encoder: str, **more: Any) -> Preset:
    """Kim et al.: rate 2e-5, batches of 32, 3 epochs, 128 pieces."""
    return {"data": data, "encoder": encoder, "max_length": 128, **more}


def kgbert(data: str, encoder: str, max_length: int, **more: Any) -> Preset:
    """Yao et al.: link prediction alone, 5 negatives on a drawn side, rate 5e-5, 5 epochs."""
    alone = {"tasks": ["lp"], "sides": "random", "num_negatives": 5}
    train = {"rate": 5e-5, "epochs": 5}
    return {**paper(data, encoder), "max_length": max_length, **alone, "train": train, **more}


def minilm(preset: Preset, max_length: int, **more: Any) -> Preset:
    """The same for a CPU."""
    train = {**preset.get("train", {}), "rate": 1e-4, "batch_size": 16}
    small = {"encoder": "minilm", "num_negatives": 5, "max_length": max_length}
    return {**preset, **small, "train": train, **more}


# UMLS has 135 entities, whose names say what they are: their descriptions are left out.
NAMES = {"descriptions": False, "eval_subset": None}
# Ranking one triple of the others reads every entity twice: none is ranked unless asked for.
LARGE = {"eval_subset": 0}

PAPERS: dict[str, Preset] = {
    "umls": paper("umls", UNCASED),
    "codex-s": paper("codex-s", UNCASED, **LARGE),
    "wn18rr": paper("wn18rr", UNCASED, **LARGE),
    "fb15k-237": paper("fb15k-237", CASED, **LARGE),
    "umls-kgbert": kgbert("umls", UNCASED, 15, **NAMES),
    "wn18rr-kgbert": kgbert("wn18rr", CASED, 50, **LARGE),
    "fb15k-237-kgbert": kgbert("fb15k-237", CASED, 150, **LARGE),
}

PRESETS: dict[str, Preset] = {
    **PAPERS,
    "umls-minilm": minilm(PAPERS["umls"], 32, **NAMES),
    "codex-s-minilm": minilm(PAPERS["codex-s"], 48),
    "wn18rr-minilm": minilm(PAPERS["wn18rr"], 48),
    "umls-kgbert-minilm": minilm(PAPERS["umls-kgbert"], 32),
    "wn18rr-kgbert-minilm": minilm(PAPERS["wn18rr-kgbert"], 48),
}
