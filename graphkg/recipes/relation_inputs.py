"""How sentences become what an extractor reads: trees and offsets, or word pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from torch_geometric.data import Batch

from ..graphs import SentenceGraph
from ..transforms import ExpandPairs, Offsets, PruneTree, Substitute, ToPieces, split_pairs
from ..vocab import Vocabularies
from .jrrelp import JRRELPRecipe
from .relation_vocabularies import lower_words


class TreeInputs:
    """For C-GCN and PA-LSTM: masked words, offsets, pruned trees.

    Args:
        recipe: says how words are looked up and trees pruned.
        vocabularies: where labels get their ids.
    """

    def __init__(self, recipe: JRRELPRecipe, vocabularies: Vocabularies):
        self.vocabularies = vocabularies
        self.lower_case, self.names = recipe.lower_case, recipe.names
        self.prune = PruneTree(recipe.prune_k)
        self.offsets = Offsets()
        self.expand = ExpandPairs(vocabularies, recipe.prune_k, names=recipe.names)

    def prepare(self, graphs: Iterable[SentenceGraph]) -> list[SentenceGraph]:
        """Returns one graph for each mention pair, in order."""
        mask, prepared = Substitute(self.names), []
        for graph in self._lowered(graphs):
            pieces = [mask(piece).encode(self.vocabularies) for piece in split_pairs(graph)]
            prepared += self.prune.many([self.offsets(piece) for piece in pieces])
        return prepared

    def batch(self, graphs: Sequence[SentenceGraph]) -> SentenceGraph:
        """Returns all mention pairs of some sentences as one batch."""
        return self.expand(list(self._lowered(graphs)))

    def _lowered(self, graphs: Iterable[SentenceGraph]) -> Iterable[SentenceGraph]:
        return (lower_words(graph) if self.lower_case else graph for graph in graphs)


class PieceInputs:
    """For a transformer: word pieces, each masked mention one of them.

    Args:
        recipe: says how many pieces a sentence may have.
        vocabularies: its words are the masks.
        tokenizer: of the encoder.
        first: the encoder's row of word 0; the others follow.
    """

    def __init__(
        self, recipe: JRRELPRecipe, vocabularies: Vocabularies, tokenizer: Any, first: int
    ):
        self.vocabularies, self.tokenizer = vocabularies, tokenizer
        # Behind padding and the unknown word, which stand first, are the masks.
        masks = {
            word: first + number for number, word in enumerate(vocabularies.word) if number > 1
        }
        self.to_pieces = ToPieces(tokenizer, masks, recipe.piece_limit)

    def prepare(self, graphs: Iterable[SentenceGraph]) -> list[SentenceGraph]:
        """Returns one graph for each mention pair, in order."""
        mask = Substitute()
        return [
            self.to_pieces(mask(piece).encode(self.vocabularies))
            for graph in graphs
            for piece in split_pairs(graph)
        ]

    def batch(self, graphs: Sequence[SentenceGraph]) -> SentenceGraph:
        """Returns all mention pairs of some sentences as one batch."""
        return Batch.from_data_list(self.prepare(graphs))
