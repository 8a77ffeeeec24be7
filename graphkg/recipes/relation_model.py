"""The model of the JRRELP experiment: f and g over one store, sized by the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from ..errors import InputError
from ..models import JRRELP, KindGraph
from ..nn import TextEncoder
from ..relation import CGCN, PALSTM, RelationExtractor, SpanBERT
from ..stores import EmbeddingStore, LearnedTable, TableView
from ..vocab import Vocabularies
from .encoders import open_encoder
from .jrrelp import JRRELPRecipe
from .link import LinkRecipe
from .link_predictors import KINDS, build_predictor

NATURAL = {"cgcn": 100}  # D_r where neither settings nor g say one


def build_model(
    recipe: JRRELPRecipe,
    vocabularies: Vocabularies,
    kinds: KindGraph,
    rows: Tensor,
    trained: int | None,
) -> JRRELP:
    """Builds C-GCN or PA-LSTM with g over a word table [V, D].

    Only the first `trained` word rows learn; ``None`` = all.
    """
    dim = rows.size(1)
    relation_dim = _relation_dim(recipe, dim, NATURAL.get(recipe.extractor, recipe.hidden))
    tables = {
        "token": LearnedTable(len(rows), dim, padding=0, trained=trained, weight=rows),
        "pos": LearnedTable(len(vocabularies.pos), recipe.pos_dim, padding=0),
        "ner": LearnedTable(len(vocabularies.ner), recipe.ner_dim, padding=0),
    }
    extractor: RelationExtractor
    if recipe.extractor == "palstm":
        extractor = _palstm(recipe, len(vocabularies.relation), dim, relation_dim)
        if recipe.attention:
            tables["offset"] = LearnedTable(2 * extractor.limit + 1, recipe.offset_dim)
    else:
        extractor = _cgcn(recipe, len(vocabularies.relation), dim, relation_dim)
    return _join(recipe, vocabularies, kinds, extractor, tables)


def build_transformer_model(
    recipe: JRRELPRecipe, vocabularies: Vocabularies, kinds: KindGraph, encoder: TextEncoder
) -> JRRELP:
    """Builds a transformer with g; the encoder's last rows are those of ``vocabularies.word``."""
    relation_dim = _relation_dim(recipe, encoder.dim, encoder.dim)
    count, end = len(vocabularies.word), encoder.embedding.num_embeddings
    extractor = SpanBERT(
        len(vocabularies.relation),
        encoder,
        recipe.encoder_dropout,
        "mentions" if recipe.read == "mentions" else "text",
        relation_dim,
    )
    tables = {"token": TableView(encoder.embedding, range(end - count, end))}
    return _join(recipe, vocabularies, kinds, extractor, tables)


def _join(
    recipe: JRRELPRecipe,
    vocabularies: Vocabularies,
    kinds: KindGraph,
    extractor: RelationExtractor,
    tables: Mapping[str, LearnedTable | TableView],
) -> JRRELP:
    count, width = len(vocabularies.relation), extractor.relation_dim
    store = EmbeddingStore(
        **tables,
        relation=LearnedTable(count, width, init="xavier"),
        object=TableView("token", kinds.object_rows),
    )
    dropouts = recipe.conve_input_dropout, recipe.conve_feature_dropout, recipe.conve_hidden_dropout
    g = LinkRecipe(
        model=recipe.predictor,
        dim=store.sizes["token"][1],
        relation_dim=width,
        conve_width=recipe.conve_width,
        conve_channels=recipe.conve_channels,
        conve_bias=recipe.conve_bias,
        margin=recipe.margin,
        norm=recipe.norm,
        **dict(zip(("input_dropout", "feature_dropout", "hidden_dropout"), dropouts)),
    )
    weights = (0.0, 0.0) if recipe.kg == "off" else (recipe.link_weight, recipe.coupling_weight)
    return JRRELP(
        extractor,
        build_predictor(g, kinds.object_rows.numel()),
        store,
        *weights,
        kinds=kinds,
        relation_loss=recipe.relation_loss,
        label_smoothing=recipe.label_smoothing,
        smoothing_form=recipe.smoothing_form,
        detach_relation_logits=recipe.detach_relation_logits,
        freeze_kglp=recipe.freeze_kglp,
    )


def _relation_dim(recipe: JRRELPRecipe, dim: int, natural: int) -> int:
    """D_r: what was asked for, else what g is tied to, else what is natural to f."""
    kind = KINDS[recipe.predictor]
    if recipe.relation_dim is not None:
        return recipe.relation_dim
    return kind.relation_dim_of(dim) if kind.tied else natural


def _palstm(recipe: JRRELPRecipe, count: int, dim: int, relation_dim: int) -> PALSTM:
    return PALSTM(
        count,
        word_dim=dim,
        pos_dim=recipe.pos_dim,
        ner_dim=recipe.ner_dim,
        offset_dim=recipe.offset_dim,
        hidden=recipe.hidden,
        layers=recipe.lstm_layers,
        relation_dim=relation_dim,
        attention=recipe.attention,
        dropout=recipe.input_dropout,
        word_dropout=recipe.word_dropout,
    )


def _cgcn(recipe: JRRELPRecipe, count: int, dim: int, relation_dim: int) -> CGCN:
    return CGCN(
        count,
        word_dim=dim,
        pos_dim=recipe.pos_dim,
        ner_dim=recipe.ner_dim,
        hidden=recipe.hidden,
        gcn_layers=recipe.gcn_layers,
        relation_dim=relation_dim,
        lstm=recipe.lstm,
        pooling=recipe.pooling,
        gcn_bias=recipe.gcn_bias,
        no_adjacency=recipe.no_adjacency,
        input_dropout=recipe.input_dropout,
        lstm_dropout=recipe.lstm_dropout,
        gcn_dropout=recipe.gcn_dropout,
        word_dropout=recipe.word_dropout,
        pooling_l2=recipe.pooling_l2,
        official_pad_pooling=recipe.official_pad_pooling,
    )


def pretrained_encoder(recipe: JRRELPRecipe) -> tuple[TextEncoder, Any]:
    """Loads the pretrained encoder that the settings name, and its tokenizer.

    Raises:
        InputError: none is named, or it is not there.
    """
    if recipe.encoder is None:
        raise InputError(
            "extractor=spanbert was asked for without an encoder: set encoder=minilm, a folder or "
            "hub:owner/name"
        )
    return open_encoder(recipe.encoder, encoder_pooling(recipe))


def encoder_pooling(recipe: JRRELPRecipe) -> str:
    """What the encoder pools; where mentions are read it pools nothing."""
    return "cls" if recipe.read == "mentions" else recipe.read
