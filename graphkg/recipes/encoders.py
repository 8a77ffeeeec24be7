"""The encoder of a system: fitted to its settings, and as files of a run folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..nn.encoder_files import check_tokenizer, load_tokenizer
from ..nn.text_encoder import TextEncoder

ENCODER = "encoder"


def open_encoder(
    name: str, pooling: str, encoder: TextEncoder | None = None, tokenizer: Any = None
) -> tuple[TextEncoder, Any]:
    """Returns the encoder that settings name and its tokenizer, or those that are given."""
    encoder = encoder or TextEncoder.from_pretrained(name, pooling)
    return encoder, tokenizer or load_tokenizer(name)


def fit_encoder(
    encoder: TextEncoder, tokenizer: Any, max_length: int, dropout: float | None
) -> None:
    """Checks that tokenizer and length fit an encoder, and sets its dropout if one is given.

    Raises:
        InputError: a tokenizer of another encoder, or more pieces than it has places for.
    """
    check_tokenizer(tokenizer, encoder.embedding.num_embeddings)
    if max_length > encoder.max_length:
        raise InputError(
            f"max_length={max_length} was asked for, but the encoder reads at most "
            f"{encoder.max_length} pieces"
        )
    if dropout is not None:
        encoder.set_dropout(dropout)


def write_encoder(encoder: TextEncoder, tokenizer: Any, folder: Path) -> list[str]:
    """Writes config and tokenizer into ``encoder/`` of a run folder; returns the files' names.

    The weights are among those of the model.
    """
    encoder.model.config.save_pretrained(folder / ENCODER)
    tokenizer.save_pretrained(folder / ENCODER)
    return files_in(folder, ENCODER)


def read_encoder(folder: Path, pooling: str) -> tuple[TextEncoder, Any]:
    """Returns an untrained encoder and the tokenizer that :func:`write_encoder` wrote."""
    encoder = TextEncoder.from_config(folder / ENCODER, pooling)
    return encoder, load_tokenizer(folder / ENCODER)


def files_in(folder: Path, *names: str) -> list[str]:
    """Returns the files of some folders in a run folder, as they stand in its checksums."""
    return [f"{name}/{file}" for name in names for file in sorted(os.listdir(folder / name))]
