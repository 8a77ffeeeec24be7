"""PAIR with its tokenizer and its graph: built from settings, written, read back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..datasets.fewshot import FewRelSplit
from ..datasets.triples import TripleData, read_triple_data
from ..errors import InputError
from ..graphs.graph_texts import framing_pieces
from ..models import JAKET, PAIR
from ..nn.text_encoder import TextEncoder
from ..training.saving import read_weights
from ..transforms import ToMarkedPieces
from ..transforms.marked_pieces import MARKERS
from .encoders import read_encoder
from .jaket_build import (
    POOLING,
    NodeDescriptions,
    changed_graph,
    describe_nodes,
    message_graph,
    new_model,
    start_model,
    with_longest_texts,
)
from .jaket_fewrel import FewRelRecipe
from .jaket_fewrel_episodes import EpisodeReader, LinkedSplit
from .jaket_linked import LinkedTexts, read_memories, text_alone, without_graph
from .link_files import read_triple_files


@dataclass(frozen=True)
class FewRelParts:
    """What a PAIR in use is made of.

    Attributes:
        model: the model.
        tokenizer: of its encoder; it does not know the markers.
        to_pieces: cuts sentences, with markers.
        graph: whose entities mentions are linked to; none if texts are read alone.
        texts: joins sentences with it.
    """

    model: PAIR
    tokenizer: Any
    to_pieces: ToMarkedPieces
    graph: TripleData | None
    texts: LinkedTexts | None

    def reader(self, split: FewRelSplit, lower_case: bool) -> EpisodeReader:
        """Returns what makes batches of episodes over a part of FewRel."""
        entities = None if self.graph is None else self.graph.entities
        sentences = LinkedSplit(split, self.to_pieces, entities, lower_case)
        return EpisodeReader(sentences, self.texts)


def read_fewrel_graph(recipe: FewRelRecipe) -> TripleData | None:
    """Reads the graph of the settings, each entity with its longest text; none if none is read."""
    return with_longest_texts(read_triple_data(recipe.graph)) if recipe.reads_graph else None


def build_fewrel_parts(
    recipe: FewRelRecipe,
    graph: TripleData | None,
    encoder: TextEncoder | None = None,
    tokenizer: Any = None,
) -> FewRelParts:
    """Builds an untrained model; `recipe.train.seed` draws new weights, markers and random rows.

    Args:
        recipe: from :func:`.jaket_build.start_settings`.
        graph: of :func:`read_fewrel_graph`.
        encoder: the encoder; by default that of the settings.
        tokenizer: its tokenizer, likewise.

    Raises:
        InputError: an encoder or a run that is not there, or parts that do not fit.
    """

    def describe(tokenizer: Any) -> NodeDescriptions | None:
        return _described(recipe, graph, tokenizer)

    start = recipe if recipe.init else without_graph(recipe)
    jaket, tokenizer = start_model(start, describe, recipe.train.seed, encoder, tokenizer)
    jaket = jaket if recipe.reads_graph else text_alone(jaket)
    first = jaket.lower.add_rows(MARKERS)
    return _assembled(recipe, jaket, tokenizer, first, graph)


def read_fewrel_parts(recipe: FewRelRecipe, folder: Path, graph_name: str | None) -> FewRelParts:
    """Reads what a system wrote; the caller has checked the checksums."""
    graph = None if graph_name is None else read_triple_files(folder, graph_name)
    encoder, tokenizer = read_encoder(folder, POOLING)
    first = encoder.embedding.num_embeddings - MARKERS
    nodes = _described(recipe, graph, tokenizer)
    jaket = new_model(without_graph(recipe), nodes, recipe.train.seed, encoder, tokenizer)
    jaket = jaket if recipe.reads_graph else text_alone(jaket)
    parts = _assembled(recipe, jaket, tokenizer, first, graph)
    read_weights(parts.model, folder)
    read_memories(parts.model.model, folder)
    parts.model.eval()
    return parts


def _assembled(
    recipe: FewRelRecipe, jaket: JAKET, tokenizer: Any, first: int, graph: TripleData | None
) -> FewRelParts:
    if 2 * recipe.sentence_length + 3 > jaket.lower.max_length:
        raise InputError(
            f"sentence_length={recipe.sentence_length} was asked for, but the encoder reads at "
            f"most {jaket.lower.max_length} pieces, and a pair has 2 sentences and 3 special "
            f"pieces: give at most {(jaket.lower.max_length - 3) // 2}"
        )
    markers = range(first, first + MARKERS)
    to_pieces = ToMarkedPieces(tokenizer, markers, recipe.sentence_length)
    texts = None
    if graph is not None:
        whole = changed_graph(graph.whole(), recipe.kg, recipe.train.seed)
        texts = LinkedTexts(message_graph(whole, recipe), recipe.fan_outs)
    model = PAIR(jaket, *framing_pieces(tokenizer))
    return FewRelParts(model, tokenizer, to_pieces, graph, texts)


def _described(
    recipe: FewRelRecipe, graph: TripleData | None, tokenizer: Any
) -> NodeDescriptions | None:
    """The descriptions of the entities alone: a relation's would tell what is asked."""
    if graph is None:
        return None
    return NodeDescriptions(describe_nodes(graph, recipe, tokenizer).entities)
