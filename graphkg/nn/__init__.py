"""Layers and losses on tensors; they know no graph, no store and no model."""

from .flat_lstm import run_lstm
from .losses import adaptive_threshold_loss, smooth_targets, smoothed_bce
from .pooling import pool
from .tree_gcn import TreeGCN

__all__ = [
    "TreeGCN",
    "adaptive_threshold_loss",
    "pool",
    "run_lstm",
    "smooth_targets",
    "smoothed_bce",
]
