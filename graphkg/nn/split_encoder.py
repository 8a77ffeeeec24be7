"""A transformer cut in two: the layers up to one, and those above it.

Letters: P pieces of B texts, one after the other; L the longest text; D channels.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import InputError


class UpperLayers(nn.Module):
    """The last layers of a transformer.

    Args:
        layers: of the model, as ``BertLayer``.

    Shapes:
        - input: rows of the layer below [P, D], ptr [B + 1]
        - output: [P, D]
    """

    def __init__(self, layers: nn.ModuleList):
        super().__init__()
        self.layers = layers

    def forward(self, rows: Tensor, ptr: Tensor) -> Tensor:
        """Returns the last hidden states."""
        lengths = ptr.diff()
        mask = torch.arange(int(lengths.max()), device=rows.device) < lengths.unsqueeze(1)
        # Added to the attention scores: padding weighs nothing.
        lowest = torch.finfo(rows.dtype).min
        added = rows.new_zeros(mask.shape).masked_fill(~mask, lowest)[:, None, None]
        x = padded(rows, mask)
        for layer in self.layers:
            x = layer(x, added)
            x = x[0] if isinstance(x, tuple) else x
        return x[mask]

    def __repr__(self) -> str:
        return f"UpperLayers({len(self.layers)} layers)"


def split_layers(model: Any, at: int) -> tuple[Any, UpperLayers]:
    """Returns the model with its first `at` layers and without pooler, and the layers above.

    Raises:
        InputError: a model whose layers are not in ``encoder.layer``, or `at` outside of them.
    """
    layers = getattr(getattr(model, "encoder", None), "layer", None)
    if layers is None:
        raise InputError(
            f"{type(model).__name__} cannot be split: its layers are not in encoder.layer, as "
            "those of BERT and RoBERTa are"
        )
    if not 1 <= at < len(layers):
        raise InputError(
            f"split(at={at}) was asked for, but a model of {len(layers)} layers is split after "
            f"layer 1 to {len(layers) - 1}"
        )
    lower = shell(model)
    lower.encoder = shell(model.encoder)
    lower.encoder.layer = layers[:at]
    if getattr(lower, "pooler", None) is not None:
        lower.pooler = None
    return lower, UpperLayers(layers[at:])


def padded(values: Tensor, mask: Tensor) -> Tensor:
    """[P] or [P, D] values in the places of `mask` [B, L], 0 elsewhere."""
    whole = values.new_zeros(*mask.shape, *values.shape[1:])
    whole[mask] = values
    return whole


def shell(module: nn.Module) -> Any:
    """Returns a copy that shares the parts, but not the dict that holds them."""
    found = copy.copy(module)
    found._modules = dict(module._modules)
    return found
