"""A relation model with its vocabularies and inputs: built for data, written, read back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ..datasets.vectors import WordVectors
from ..models import JRRELP, KindGraph
from ..nn import TextEncoder
from ..relation import SpanBERT
from ..training.saving import read_weights, weight_shapes, write_checksums, write_weights
from ..vocab import Vocabularies
from .encoders import files_in, read_encoder, write_encoder
from .jrrelp import JRRELPRecipe
from .relation_data import RelationData
from .relation_inputs import PieceInputs, TreeInputs
from .relation_model import (
    build_model,
    build_transformer_model,
    encoder_pooling,
    pretrained_encoder,
)
from .relation_vocabularies import build_vocabularies, lower_words, word_rows

TOKEN = "store.tables.token."


@dataclass(frozen=True)
class Parts:
    """What a relation system is made of.

    Attributes:
        model: f, g and their store.
        vocabularies: of words, tags, kinds and relations.
        inputs: how sentences become what f reads.
    """

    model: JRRELP
    vocabularies: Vocabularies
    inputs: TreeInputs | PieceInputs


def build_parts(recipe: JRRELPRecipe, data: RelationData, vectors: WordVectors | None) -> Parts:
    """Builds an untrained model for `data`; `recipe.train.seed` draws its weights."""
    torch.manual_seed(recipe.train.seed)
    lowered = [lower_words(g) for g in data.train] if recipe.lower_case else data.train
    transformer = recipe.extractor == "spanbert"
    vocabularies = build_vocabularies(
        lowered,
        data.relations,
        vectors,
        recipe.minimum_count,
        recipe.extra_words,
        masks_alone=transformer,
    )
    kinds = KindGraph.from_sentences(
        lowered,
        vocabularies,
        data.negative,
        recipe.no_relation_kg,
        shuffle=recipe.train.seed if recipe.kg == "shuffled" else None,
    )
    if transformer:
        encoder, tokenizer = pretrained_encoder(recipe)
        encoder.add_rows(len(vocabularies.word))
        return _piece_parts(recipe, vocabularies, kinds, encoder, tokenizer)
    dim = vectors.dim if vectors else recipe.word_dim
    rows, new = word_rows(vocabularies.word, vectors, dim)
    model = build_model(recipe, vocabularies, kinds, rows, new if recipe.freeze_vectors else None)
    return Parts(model, vocabularies, TreeInputs(recipe, vocabularies))


def _piece_parts(
    recipe: JRRELPRecipe,
    vocabularies: Vocabularies,
    kinds: KindGraph,
    encoder: TextEncoder,
    tokenizer: Any,
) -> Parts:
    first = encoder.embedding.num_embeddings - len(vocabularies.word)
    model = build_transformer_model(recipe, vocabularies, kinds, encoder)
    return Parts(model, vocabularies, PieceInputs(recipe, vocabularies, tokenizer, first))


def write_parts(parts: Parts, folder: Path) -> None:
    """Writes weights (word rows as float16), vocabularies and checksums into `folder`.

    Of a transformer also its config and tokenizer, in ``encoder/``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = [name for name in parts.model.state_dict() if name == f"{TOKEN}weight"]
    rows += [name for name in parts.model.state_dict() if name == f"{TOKEN}fixed"]
    write_weights(parts.model, folder, half=rows)
    parts.vocabularies.save(folder / "vocabularies")
    names = files_in(folder, "vocabularies")
    if isinstance(parts.inputs, PieceInputs):
        assert isinstance(parts.model.extractor, SpanBERT)
        names += write_encoder(parts.model.extractor.encoder, parts.inputs.tokenizer, folder)
    write_checksums(folder, ["model.safetensors", *names])


def read_parts(recipe: JRRELPRecipe, folder: Path, negative: str | None) -> Parts:
    """Reads what :func:`write_parts` wrote; the caller has checked the checksums."""
    vocabularies = Vocabularies.load(folder / "vocabularies")
    shapes = weight_shapes(folder)
    kinds = KindGraph(
        torch.zeros(shapes["subject_rows"], dtype=torch.long),
        torch.zeros(shapes["store.tables.object.rows"], dtype=torch.long),
        torch.zeros(shapes["known"], dtype=torch.bool),
        torch.ones(shapes["counted"], dtype=torch.bool),
        None if negative is None else vocabularies.relation[negative],
    )
    if recipe.extractor == "spanbert":
        parts = _piece_parts(
            recipe, vocabularies, kinds, *read_encoder(folder, encoder_pooling(recipe))
        )
    else:
        learned, dim = shapes[f"{TOKEN}weight"]
        trained = learned if f"{TOKEN}fixed" in shapes else None
        rows = torch.zeros(len(vocabularies.word), dim)
        model = build_model(recipe, vocabularies, kinds, rows, trained)
        parts = Parts(model, vocabularies, TreeInputs(recipe, vocabularies))
    read_weights(parts.model, folder)
    parts.model.eval()
    return parts
