"""A QIDN with its vocabularies and tokenizer: built for data, written, read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ..datasets.extraction import ExtractionData
from ..errors import InputError
from ..graphs import SentenceGraph
from ..graphs.gold import UNTYPED
from ..models import QIDN
from ..nn.text_encoder import TextEncoder
from ..training.saving import read_weights, write_checksums, write_weights
from ..transforms import ToPieces
from ..vocab import Vocabularies
from .encoders import files_in, fit_encoder, open_encoder, read_encoder, write_encoder
from .qidn import QIDNRecipe
from .relation_vocabularies import lower_words

POOLING = "cls"  # tokens are read one by one, so a pooler would be weights without a loss


@dataclass(frozen=True)
class QIDNParts:
    """What a QIDN in use is made of.

    Attributes:
        model: the model.
        vocabularies: its relations and, where it has types, its kinds are the ids of the model.
        tokenizer: of the encoder.
        to_pieces: cuts sentences into pieces, without a look at mentions.
        lower_case: whether words are put in lower case first.
    """

    model: QIDN
    vocabularies: Vocabularies
    tokenizer: Any
    to_pieces: ToPieces
    lower_case: bool

    def inputs(self, graphs: Sequence[SentenceGraph]) -> list[SentenceGraph]:
        """Returns what the model reads of sentences when it predicts: words in pieces, no more."""
        return [self._pieces(words_alone(graph)) for graph in graphs]

    def examples(self, graphs: Sequence[SentenceGraph]) -> list[SentenceGraph]:
        """Returns what the model learns from: mentions and triples in ids, beside the pieces.

        Raises:
            InputError: labels that the model does not know, or a mention without a kind.
        """
        if self.model.num_types:
            for graph in graphs:
                _check_kinds(graph)
        return [self._pieces(graph.encode(self.vocabularies)) for graph in graphs]

    def _pieces(self, graph: SentenceGraph) -> SentenceGraph:
        return self.to_pieces(lower_words(graph) if self.lower_case else graph)


def words_alone(graph: SentenceGraph) -> SentenceGraph:
    """Returns the words of a sentence without tree, mentions and pairs."""
    chars = graph["token"].chars.tolist()
    return SentenceGraph.build(graph.words, text=graph.text, chars=chars, key=graph.key)


def build_qidn_parts(
    recipe: QIDNRecipe,
    data: ExtractionData,
    encoder: TextEncoder | None = None,
    tokenizer: Any = None,
) -> QIDNParts:
    """Builds an untrained model for `data`; `recipe.train.seed` draws the weights of new layers.

    Args:
        recipe: the settings.
        data: whose relations and kinds are learned.
        encoder: the encoder; by default that of the settings.
        tokenizer: its tokenizer, likewise.

    Raises:
        InputError: an encoder that is not there, a tokenizer of another, or settings that do not
            fit encoder or data.
    """
    torch.manual_seed(recipe.train.seed)
    encoder, tokenizer = open_encoder(recipe.encoder, POOLING, encoder, tokenizer)
    kinds = data.kinds if recipe.typed else None
    known = {"relation": data.relations} | ({} if kinds is None else {"kind": kinds})
    if recipe.pseudo_instances and kinds is None:
        raise InputError(
            f"pseudo_instances=true was asked for, but {data.name} is learned without kinds, by "
            "which entities in no triple are told: set pseudo_instances=false"
        )
    num_types = 0 if kinds is None else len(kinds)
    return _parts(recipe, Vocabularies(**known), num_types, encoder, tokenizer)


def _parts(
    recipe: QIDNRecipe,
    vocabularies: Vocabularies,
    num_types: int,
    encoder: TextEncoder,
    tokenizer: Any,
) -> QIDNParts:
    fit_encoder(encoder, tokenizer, recipe.max_length, recipe.encoder_dropout)
    model = QIDN(
        encoder,
        len(vocabularies.relation),
        num_types,
        pseudo_instances=recipe.pseudo_instances,
        **recipe.model_options(),
    )
    to_pieces = ToPieces(tokenizer, limit=recipe.max_length, keep="start")
    return QIDNParts(model, vocabularies, tokenizer, to_pieces, recipe.lower_case)


def write_qidn_parts(parts: QIDNParts, folder: Path) -> None:
    """Writes weights, vocabularies, the encoder's config and tokenizer, and checksums."""
    folder.mkdir(parents=True, exist_ok=True)
    write_weights(parts.model, folder)
    parts.vocabularies.save(folder / "vocabularies")
    names = write_encoder(parts.model.tokens.encoder, parts.tokenizer, folder)
    names += files_in(folder, "vocabularies")
    write_checksums(folder, ["model.safetensors", *names])


def read_qidn_parts(recipe: QIDNRecipe, folder: Path, num_types: int) -> QIDNParts:
    """Reads what :func:`write_qidn_parts` wrote; the caller has checked the checksums."""
    vocabularies = Vocabularies.load(folder / "vocabularies")
    parts = _parts(recipe, vocabularies, num_types, *read_encoder(folder, POOLING))
    read_weights(parts.model, folder)
    parts.model.eval()
    return parts


def _check_kinds(graph: SentenceGraph) -> None:
    untyped = [mention for mention in graph.mentions if mention.kind == UNTYPED]
    if untyped:
        raise InputError(
            f"sentence {graph.key!r} has the mention {untyped[0].text!r} without a kind, but kinds "
            "are learned where data have any: give it one, or set typed=false"
        )
