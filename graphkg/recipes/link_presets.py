"""Presets of link prediction, named ``<data>-<model>``; ``docs/results.md`` says what they reach.

Those of UMLS, Kinships and CoDEx-S were chosen on validation. On WN18RR and FB15k-237 there are
two: a plain one that a CPU core trains in about half an hour, with drawn candidates, shared
negatives and narrower rows; and ``<data>-<model>-paper``, for a GPU, with the settings of the paper
named beside it.
"""

from __future__ import annotations

from typing import Any

Preset = dict[str, Any]


def one_vs_all(
    rate: float = 0.003, n3: float = 0.01, dim: int = 200, bias: bool = False, **train: Any
) -> Preset:
    """Cross entropy over all entities with N3, by Adam."""
    settings = {"batch_size": 256, "epochs": 60, "patience": 10, "rate": rate, **train}
    return {"dim": dim, "bias": bias, "loss": "1vsall", "n3": n3, "train": settings}


def drawn(rate: float, negatives: int, margin: float, dim: int = 200, **train: Any) -> Preset:
    """Self-adversarial negative sampling, by Adam."""
    settings = {"batch_size": 256, "epochs": 60, "patience": 10, "rate": rate, **train}
    loss = {"loss": "negative", "negatives": negatives, "margin": margin}
    return {"dim": dim, "bias": False, **loss, "train": settings}


def all_tails(rate: float = 0.003, dim: int = 200, **more: Any) -> Preset:
    """1-N binary cross entropy with label smoothing 0.1, by Adam (ConvE, TuckER)."""
    train = {"batch_size": 128, "epochs": 100, "patience": 15, "rate": rate}
    train |= more.pop("train", {})
    return {"dim": dim, "loss": "kvsall", "label_smoothing": 0.1, "train": train, **more}


SMALL: dict[str, Preset] = {
    "conve": all_tails(),
    "complex": one_vs_all(),
    "distmult": one_vs_all(),
    "tucker": all_tails(dim=100, input_dropout=0.2, feature_dropout=0.2, hidden_dropout=0.3),
    "transe": drawn(0.003, 64, 6.0),
    "rotate": drawn(0.01, 32, 6.0),
}
KINSHIPS: dict[str, Preset] = SMALL | {"transe": one_vs_all(0.01, 0.0, patience=8)}
CODEX: dict[str, Preset] = {
    "conve": one_vs_all(bias=True, n3=0.0, batch_size=512, epochs=60, patience=6),
    "complex": one_vs_all(0.001, 0.01, 1000, batch_size=512, patience=8)
    | {"entity_dropout": 0.2, "relation_dropout": 0.2, "relation_weight": 0.1},
    "distmult": one_vs_all(0.002, 0.02, 400, batch_size=512, epochs=30, patience=5),
    "tucker": one_vs_all(n3=0.0, batch_size=256, epochs=40, patience=5)
    | {"relation_dim": 100, "input_dropout": 0.3, "feature_dropout": 0.0, "hidden_dropout": 0.5},
    "rotate": drawn(0.005, 64, 9.0, batch_size=512, epochs=25, patience=5),
}


def lacroix(n3: float, dim: int, **train: Any) -> Preset:
    """The settings of Lacroix et al., 2018, at their rank of 2000 (1000 complex numbers)."""
    settings = {"batch_size": 1000, "optimizer": "adagrad", "epochs": 100, "patience": 15, **train}
    return one_vs_all(0.1, n3, dim, **settings)


WN18RR: dict[str, Preset] = {
    "complex": lacroix(0.1, 400, epochs=25, patience=4) | {"candidates": 4096},
    "distmult": lacroix(0.1, 400, epochs=10, patience=3) | {"candidates": 4096},
    "conve": one_vs_all(bias=True, n3=0.0, batch_size=512, epochs=30, patience=4)
    | {"candidates": 4096},
    "tucker": one_vs_all(n3=0.0, batch_size=512, epochs=20, patience=4)
    | {"candidates": 4096, "relation_dim": 30, "feature_dropout": 0.0},
    "rotate": drawn(0.002, 256, 6.0, 400, batch_size=512, epochs=20, patience=5) | {"shared": True},
}
FB15K237: dict[str, Preset] = {
    "complex": lacroix(0.05, 500, epochs=20, patience=3) | {"candidates": 2048},
    "distmult": lacroix(0.05, 400, epochs=15, patience=3) | {"candidates": 2048},
    "conve": all_tails(train={"batch_size": 256, "epochs": 30, "patience": 4}),
    "tucker": one_vs_all(0.002, 0.0, batch_size=512, epochs=15, patience=4)
    | {
        "candidates": 2048,
        "relation_dim": 100,
        "input_dropout": 0.3,
        "feature_dropout": 0.0,
        "hidden_dropout": 0.5,
    },
    "rotate": drawn(0.002, 128, 9.0, 400, batch_size=1024, epochs=15, patience=4)
    | {"shared": True},
}
PAPERS: dict[str, Preset] = {
    # Dettmers et al., 2018
    "fb15k-237-conve": all_tails(0.001, train={"epochs": 200, "patience": 20}),
    "wn18rr-conve": all_tails(0.003, train={"epochs": 200, "patience": 20}),
    "fb15k-237-complex": lacroix(0.05, 2000),
    "wn18rr-complex": lacroix(0.1, 2000),
    "fb15k-237-distmult": lacroix(0.05, 1000),
    "wn18rr-distmult": lacroix(0.1, 1000),
    # Balazevic et al., 2019
    "fb15k-237-tucker": all_tails(
        0.0005,
        bias=False,
        input_dropout=0.3,
        feature_dropout=0.4,
        hidden_dropout=0.5,
        train={"epochs": 500, "patience": 30},
    ),
    "wn18rr-tucker": all_tails(
        0.005,
        relation_dim=30,
        bias=False,
        input_dropout=0.2,
        feature_dropout=0.2,
        hidden_dropout=0.3,
        train={"epochs": 500, "patience": 30},
    ),
    # Sun et al., 2019, with inverse relations in place of drawn heads
    "fb15k-237-rotate": drawn(0.0005, 256, 9.0, 2000, batch_size=1024, epochs=200, patience=20),
    "wn18rr-rotate": drawn(0.0005, 512, 6.0, 1000, batch_size=512, epochs=200, patience=20),
}


def _named() -> dict[str, Preset]:
    sets = {
        "umls": SMALL,
        "kinships": KINSHIPS,
        "codex-s": CODEX,
        "wn18rr": WN18RR,
        "fb15k-237": FB15K237,
    }
    found = {
        f"{data}-{model}": {"data": data, "model": model, **preset}
        for data, presets in sets.items()
        for model, preset in presets.items()
    }
    for name, preset in PAPERS.items():
        data, _, model = name.rpartition("-")
        found[f"{name}-paper"] = {"data": data, "model": model, **preset}
    return found


PRESETS: dict[str, Preset] = _named()
