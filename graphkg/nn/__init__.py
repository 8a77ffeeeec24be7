"""Layers and losses on tensors; they know no graph, no store and no model."""

from .bank import InstanceBank
from .flat_lstm import run_lstm
from .instance_losses import class_contrast, instance_contrast
from .knowledge_module import KnowledgeModule
from .link_losses import kvsall_bce, n3, one_vs_all_ce, sampled_ce, self_adversarial
from .losses import adaptive_threshold_loss, smooth_targets, smoothed_bce
from .pooling import pool
from .position_attention import PositionAttention
from .queries import Queries
from .query_decoder import QueryDecoder
from .relational_gat import RelationalGAT
from .slot_heads import SlotHeads
from .span import SpanVectors
from .text_encoder import TextEncoder
from .tree_gcn import TreeGCN

__all__ = [
    "InstanceBank",
    "KnowledgeModule",
    "PositionAttention",
    "Queries",
    "QueryDecoder",
    "RelationalGAT",
    "SlotHeads",
    "SpanVectors",
    "TextEncoder",
    "TreeGCN",
    "adaptive_threshold_loss",
    "class_contrast",
    "instance_contrast",
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
