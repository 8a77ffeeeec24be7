"""The model of the JRRELP experiment: C-GCN and ConvE over one store, sized by the settings."""

from __future__ import annotations

from torch import Tensor

from ..link import ConvE
from ..models import JRRELP, KindGraph
from ..relation import CGCN
from ..stores import EmbeddingStore, LearnedTable, TableView
from ..vocab import Vocabularies
from .jrrelp import JRRELPRecipe


def build_model(
    recipe: JRRELPRecipe,
    vocabularies: Vocabularies,
    kinds: KindGraph,
    rows: Tensor,
    trained: int | None,
) -> JRRELP:
    """Builds the joint model over a word table [V, D]; only its first `trained` rows learn."""
    dim, count = rows.size(1), len(vocabularies.relation)
    store = EmbeddingStore(
        token=LearnedTable(len(rows), dim, padding=0, trained=trained, weight=rows),
        pos=LearnedTable(len(vocabularies.pos), recipe.pos_dim, padding=0),
        ner=LearnedTable(len(vocabularies.ner), recipe.ner_dim, padding=0),
        relation=LearnedTable(count, recipe.relation_dim, init="xavier"),
        object=TableView("token", kinds.object_rows),
    )
    extractor = CGCN(
        count,
        word_dim=dim,
        pos_dim=recipe.pos_dim,
        ner_dim=recipe.ner_dim,
        hidden=recipe.hidden,
        gcn_layers=recipe.gcn_layers,
        relation_dim=recipe.relation_dim,
        lstm=recipe.lstm,
        pooling=recipe.pooling,
        gcn_bias=recipe.gcn_bias,
        input_dropout=recipe.input_dropout,
        lstm_dropout=recipe.lstm_dropout,
        gcn_dropout=recipe.gcn_dropout,
        word_dropout=recipe.word_dropout,
        unknown=1,
        pooling_l2=recipe.pooling_l2,
    )
    predictor = ConvE(
        dim,
        recipe.relation_dim,
        channels=recipe.conve_channels,
        num_objects=kinds.object_rows.numel(),
    )
    return JRRELP(
        extractor,
        predictor,
        store,
        recipe.link_weight,
        recipe.coupling_weight,
        kinds=kinds,
        relation_loss=recipe.relation_loss,
        label_smoothing=recipe.label_smoothing,
        smoothing_form=recipe.smoothing_form,
    )
