"""Sentences of FewRel linked to a graph, and batches of episodes over them."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch_geometric.data import Batch

from ..datasets.fewshot import FewRelSplit
from ..graphs import SentenceGraph
from ..models import EpisodeBatch
from ..sampling import Episodes, EpisodeSampler
from ..transforms import ToMarkedPieces
from ..vocab import Vocabulary
from .jaket_linked import LinkedTexts
from .relation_vocabularies import lower_words


class LinkedSplit:
    """The sentences of a part of FewRel in pieces, their mentions linked to a graph's entities.

    Args:
        split: the part.
        to_pieces: marks head and tail.
        entities: of the graph; without it no mention is linked.
        lower_case: words in lower case first.
    """

    def __init__(
        self,
        split: FewRelSplit,
        to_pieces: ToMarkedPieces,
        entities: Vocabulary | None = None,
        lower_case: bool = False,
    ):
        self.split, self.to_pieces, self.lower_case = split, to_pieces, lower_case
        found = [entities[x] if entities and x in entities else -1 for x in split.entities]
        # Mentions without an id, -1, look at the last place.
        self.entity = torch.tensor([*found, -1])

    def __getitem__(self, number: int) -> SentenceGraph:
        graph = self.split[number]
        graph["mention"].entity = self.entity[graph["mention"].entity]
        return self.to_pieces(lower_words(graph) if self.lower_case else graph)

    def __len__(self) -> int:
        return len(self.split)

    @property
    def linked(self) -> float:
        """The share of mentions that are linked."""
        return float((self.entity[self.split.ends] >= 0).double().mean())


class EpisodeReader:
    """Makes episodes batches that a model reads.

    Args:
        sentences: of all episodes.
        texts: joins them with a graph; without it they are read alone.
    """

    def __init__(self, sentences: LinkedSplit, texts: LinkedTexts | None = None):
        self.sentences, self.texts = sentences, texts

    def __call__(self, episodes: Episodes, with_all: bool = False) -> EpisodeBatch:
        """Returns the episodes, joined with drawn neighbours or `with_all` of the graph.

        A sentence that stands in several pairs or episodes is prepared once.
        """
        support, query = episodes.support, episodes.query
        both = torch.cat([support.flatten(), query.flatten()])
        numbers, place = both.unique(return_inverse=True)
        graphs = [self.sentences[number] for number in numbers.tolist()]
        places = place.split([support.numel(), query.numel()])
        if self.texts is None:
            text = Batch.from_data_list(graphs)
        else:
            text = self.texts.with_all(graphs) if with_all else self.texts.drawn(graphs)
        return EpisodeBatch(text, places[0].view_as(support), places[1].view_as(query))


class EpisodeBatches:
    """So many episodes an epoch, drawn anew each epoch by torch's global generator.

    Args:
        sampler: draws episodes by their numbers.
        read: makes batches of them.
        count: episodes an epoch.
        size: of a batch.
    """

    def __init__(self, sampler: EpisodeSampler, read: EpisodeReader, count: int, size: int):
        self.sampler, self.read, self.count, self.size = sampler, read, count, size

    def __iter__(self) -> Iterator[EpisodeBatch]:
        first = int(torch.randint(2**40, ()))
        for numbers in (first + torch.arange(self.count)).split(self.size):
            yield self.read(self.sampler.draw(numbers))

    def __len__(self) -> int:
        return -(-self.count // self.size)
