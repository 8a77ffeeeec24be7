"""LPBERTSystem: LP-BERT in use."""

from __future__ import annotations

from torch import Tensor

from ..datasets.triples import TripleData
from ..graphs import GraphTexts, TripleIndex
from ..models.lp_bert import LPBERT
from ..nn.contrast import squashed
from ..nn.text_encoder import TextEncoder
from .lp_bert import LPBERTRecipe
from .text_system import TextSystem


class LPBERTSystem(TextSystem):
    """A trained LP-BERT: answers questions, is scored, is saved and loaded."""

    system = "lp-bert"
    settings = LPBERTRecipe

    def spread(self, scores: Tensor) -> Tensor:
        """Returns probabilities of scores [N], as the loss has them.

        ``contrast``: the softmax over all entities with the temperature; ``paper``: d1 of
        Eq. 11, which without `squash` is the score itself, from 0.
        """
        if self.recipe.loss == "contrast":
            return scores.softmax(0)
        return squashed(scores, self.recipe.squash).clamp(0, 1)

    @classmethod
    def build_model(
        cls, recipe: LPBERTRecipe, encoder: TextEncoder, texts: GraphTexts, triples: TripleData
    ) -> LPBERT:
        """Builds the model around an encoder."""
        return LPBERT(
            encoder,
            texts,
            TripleIndex(triples.train.with_inverses()),
            loss=recipe.loss,
            scorer=recipe.scorer,
            squash=recipe.squash,
            alpha=recipe.alpha,
            gamma=recipe.gamma,
            distance=recipe.distance,
            inbatch_labels=recipe.inbatch_labels,
            inverse=recipe.inverse_relations,
            temperature=recipe.temperature,
            learned_temperature=recipe.learned_temperature,
            margin=recipe.margin,
            negatives=recipe.negatives,
            symmetric=recipe.symmetric,
            pre_batch=recipe.pre_batch,
            batch_size=recipe.train.batch_size,
            towers=recipe.towers,
            budget=recipe.budget,
        )
