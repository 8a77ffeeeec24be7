"""Layers and losses on tensors; they know no graph, no store and no model."""

from .flat_lstm import run_lstm
from .link_losses import kvsall_bce, n3, one_vs_all_ce, sampled_ce, self_adversarial
from .losses import adaptive_threshold_loss, smooth_targets, smoothed_bce
from .pooling import pool
from .position_attention import PositionAttention
from .relational_gat import RelationalGAT
from .text_encoder import TextEncoder
from .tree_gcn import TreeGCN

__all__ = [
    "PositionAttention",
    "RelationalGAT",
    "TextEncoder",
    "TreeGCN",
    "adaptive_threshold_loss",
    "kvsall_bce",
    "n3",
    "one_vs_all_ce",
    "pool",
    "run_lstm",
    "sampled_ce",
    "self_adversarial",
    "smooth_targets",
    "smoothed_bce",
]
