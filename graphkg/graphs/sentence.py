"""SentenceGraph: one sentence as a heterogeneous graph of tokens and mentions.

Letters: T tokens, M mentions, K mention pairs, E dependency edges.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import HeteroData

from ..errors import InputError
from ..vocab import Vocabularies
from .labels import (
    Mention,
    SentenceLabels,
    check_chars,
    check_heads,
    check_pairs,
    check_spans,
    locate_words,
)

DEP = ("token", "dep", "token")
PATH = ("token", "path", "token")
IN = ("token", "in", "mention")
REL = ("mention", "rel", "mention")
OF = ("piece", "of", "token")


class SentenceGraph(HeteroData):
    r"""A sentence: tokens with their dependency tree, mentions, and relations between mentions.

    ==========================  ===============================  ==================================
    part                        attribute                        shape
    ==========================  ===============================  ==================================
    ``token``                   ``word``, ``pos``, ``ner``       [T] ids
    ..                          ``chars``                        [T, 2] character offsets in `text`
    ``mention``                 ``span``                         [M, 2] half-open, in tokens
    ..                          ``kind``, ``entity``             [M] ids; entity is -1 if unlinked
    ``(token, dep, token)``     ``edge_index``, ``edge_type``    [2, E], [E] head -> dependent
    ``(token, in, mention)``    ``edge_index``                   [2, sum of span lengths]
    ``(mention, rel, mention)``  ``edge_index``, ``edge_type``   [2, K], [K] -1 = to predict
    graph                       ``text``, ``key``, ``offset``    text, name, its place in a document
    ==========================  ===============================  ==================================

    PyG batches it (a batch shifts ``span`` to global token numbers) and every part is present even
    when it is empty. Ids come from `vocabularies`; without them they count labels by their first
    appearance in the sentence, and :meth:`encode` replaces them later. The labels themselves stay
    beside the graph (:attr:`words`, :attr:`pos_tags`, ...) and are not collated.
    """

    @classmethod
    def build(
        cls,
        words: Sequence[str],
        heads: Sequence[int] | None = None,
        deprels: Sequence[str] | None = None,
        pos: Sequence[str] | None = None,
        ner: Sequence[str] | None = None,
        mentions: Sequence[tuple[int, int, str]] = (),
        pairs: Sequence[tuple[int, int, str | None]] = (),
        text: str | None = None,
        *,
        chars: Sequence[tuple[int, int]] | None = None,
        entities: Sequence[int] | None = None,
        key: str = "",
        offset: int = 0,
        vocabularies: Vocabularies | None = None,
    ) -> SentenceGraph:
        """Builds the graph of one sentence.

        Args:
            words: the T tokens.
            heads: 1-based governor of each token, 0 = root, as in CoNLL; several roots and
                crossing edges are fine. Without heads there are no dependency edges.
            deprels: dependency label of each token.
            pos: part-of-speech tag of each token.
            ner: entity kind of each token (``"O"`` = none).
            mentions: ``(start, end, kind)``, half-open token spans, overlap allowed.
            pairs: ``(subject, object, label)``, numbers of mentions; the label ``None`` means that
                the relation is to be predicted.
            text: the sentence as written; by default the words joined by spaces.
            chars: character span of each word in `text`; found in `text` if not given.
            entities: id in a knowledge graph of each mention, -1 = none.
            key: a name, unique within a data set.
            offset: where `text` begins in its document, in characters.
            vocabularies: where labels get their ids.

        Raises:
            InputError: lengths, heads, spans or pairs that do not fit the words.
        """
        where = f"sentence {key!r}" if key else f"sentence {' '.join(words[:8])!r}"
        count = len(words)
        by_word = {"heads": heads, "deprels": deprels, "pos": pos, "ner": ner, "chars": chars}
        for name, given in by_word.items():
            if given is not None and len(given) != count:
                raise InputError(f"{where}: {len(given)} {name} for {count} words: give one each")
        if entities is not None and len(entities) != len(mentions):
            raise InputError(
                f"{where}: {len(entities)} entities for {len(mentions)} mentions: give one each"
            )
        if heads is not None:
            check_heads(heads, where)
        check_spans(mentions, count, where)
        check_pairs(pairs, len(mentions), where)
        text = " ".join(words) if text is None else text
        graph = cls()
        graph.text, graph.key, graph.offset = text, key, offset
        spans = locate_words(words, text, where) if chars is None else chars
        check_chars(spans, text, where)
        graph["token"].chars = _table(spans, count)
        graph["mention"].span = _table([m[:2] for m in mentions], len(mentions))
        graph["mention"].entity = torch.tensor(
            [-1] * len(mentions) if entities is None else entities, dtype=torch.long
        )
        dependents = [i for i in range(count) if heads is not None and heads[i] > 0]
        graph[DEP].edge_index = _edges([(heads[i] - 1, i) for i in dependents] if heads else [])
        members = [(i, m) for m, (start, end, _) in enumerate(mentions) for i in range(start, end)]
        graph[IN].edge_index = _edges(members)
        graph[REL].edge_index = _edges([pair[:2] for pair in pairs])
        labels = SentenceLabels(
            words=tuple(words),
            pos=tuple(pos) if pos is not None else ("_",) * count,
            ner=tuple(ner) if ner is not None else ("O",) * count,
            deprels=tuple(deprels) if deprels is not None else ("_",) * count,
            kinds=tuple(mention[2] for mention in mentions),
            relations=tuple(pair[2] for pair in pairs),
        )
        return graph.with_labels(labels, vocabularies)

    def with_labels(
        self, labels: SentenceLabels, vocabularies: Vocabularies | None = None
    ) -> SentenceGraph:
        """Returns a copy whose labels and ids are those of `labels`; the structure is shared."""
        graph = copy.copy(self)
        graph.__dict__["_labels"] = labels
        dependents = self[DEP].edge_index[1].tolist()
        named: dict[tuple[Any, str], tuple[str, Sequence[str | None]]] = {
            ("token", "word"): ("word", labels.words),
            ("token", "pos"): ("pos", labels.pos),
            ("token", "ner"): ("ner", labels.ner),
            ("mention", "kind"): ("kind", labels.kinds),
            (DEP, "edge_type"): ("deprel", [labels.deprels[i] for i in dependents]),
            (REL, "edge_type"): ("relation", labels.relations),
        }
        for (part, attribute), (name, given) in named.items():
            graph[part][attribute] = _ids(given, vocabularies and getattr(vocabularies, name))
        if labels.names is not None:
            graph["token"].name = _ids(labels.names, vocabularies and vocabularies.word)
        graph["token"].num_nodes = len(labels.words)
        graph["mention"].num_nodes = len(labels.kinds)
        return graph

    def encode(self, vocabularies: Vocabularies) -> SentenceGraph:
        """Returns a copy with the ids of `vocabularies`; labels and structure are shared."""
        return self.with_labels(self.labels, vocabularies)

    def with_pairs(
        self,
        pairs: Sequence[tuple[int, int, str | None]],
        vocabularies: Vocabularies | None = None,
    ) -> SentenceGraph:
        """Returns a copy with other mention pairs, and with no gold triple beside them.

        Transforms that depend on a pair come after.
        """
        check_pairs(pairs, len(self.labels.kinds), f"sentence {self.key!r}")
        graph = copy.copy(self)
        relations = tuple(pair[2] for pair in pairs)
        graph.__dict__["_labels"] = _replace(self.labels, relations=relations, off_graph=())
        graph[REL].edge_index = _edges([pair[:2] for pair in pairs])
        graph[REL].edge_type = _ids(relations, vocabularies and vocabularies.relation)
        return graph

    def with_mentions(self, new: Sequence[tuple[int, int, str]]) -> SentenceGraph:
        """Returns a copy with further mentions ``(start, end, kind)`` behind its own.

        Raises:
            InputError: spans that do not fit the words.
        """
        check_spans(new, len(self.words), f"sentence {self.key!r}")
        graph, own = copy.copy(self), self["mention"].num_nodes
        spans = _table([mention[:2] for mention in new], len(new))
        graph["mention"].span = torch.cat([self["mention"].span, spans])
        unlinked = torch.full((len(new),), -1)
        graph["mention"].entity = torch.cat([self["mention"].entity, unlinked])
        members = [(i, own + m) for m, (start, end, _) in enumerate(new) for i in range(start, end)]
        graph[IN].edge_index = torch.cat([self[IN].edge_index, _edges(members)], 1)
        kinds = (*self.labels.kinds, *(kind for _, _, kind in new))
        return graph.with_labels(_replace(self.labels, kinds=kinds))

    @property
    def labels(self) -> SentenceLabels:
        """The strings behind the ids; a batch has none."""
        labels = self.__dict__.get("_labels")
        if labels is None:
            raise InputError(
                "a batch of sentence graphs, and what is split from it, has ids alone: read labels "
                "from the sentence graphs that were batched"
            )
        return labels

    @property
    def words(self) -> tuple[str, ...]:
        """The words (after :class:`~graphkg.transforms.Substitute`: the masks)."""
        return self.labels.words

    @property
    def heads(self) -> list[int]:
        """1-based governor of each token, 0 = root."""
        heads = [0] * int(self["token"].num_nodes)
        for head, dependent in self[DEP].edge_index.t().tolist():
            heads[dependent] = head + 1
        return heads

    @property
    def mentions(self) -> list[Mention]:
        """The mentions, with their text and their character span in :attr:`text`."""
        chars = self["token"].chars.tolist()
        found = []
        for (start, end), kind, entity in zip(
            self["mention"].span.tolist(), self.labels.kinds, self["mention"].entity.tolist()
        ):
            place = (chars[start][0], chars[end - 1][1])
            found.append(Mention(start, end, kind, self.text[slice(*place)], place, entity))
        return found

    @property
    def pairs(self) -> list[tuple[int, int, str | None]]:
        """The mention pairs as ``(subject, object, relation)``."""
        ends = self[REL].edge_index.t().tolist()
        return [(s, o, label) for (s, o), label in zip(ends, self.labels.relations)]

    def triples(self) -> list[tuple[str, str, str]]:
        """The labelled pairs as texts: ``(subject, relation, object)``."""
        names = [mention.text for mention in self.mentions]
        return [(names[s], r, names[o]) for s, o, r in self.pairs if r is not None]

    def __inc__(self, key: str, value: Any, store: Any = None, *args: Any, **kwargs: Any) -> Any:
        if key == "span":
            return self["token"].num_nodes
        return super().__inc__(key, value, store, *args, **kwargs)

    def __repr__(self) -> str:
        sizes = f"{self['token'].num_nodes} tokens, {self['mention'].num_nodes} mentions"
        return f"{type(self).__name__}({sizes}, {self[REL].edge_index.size(1)} pairs)"


def _replace(labels: SentenceLabels, **changes: Any) -> SentenceLabels:
    from dataclasses import replace

    return replace(labels, **changes)


def _ids(labels: Iterable[str | None], vocabulary: Any = None) -> Tensor:
    if vocabulary is None:
        seen: dict[str, int] = {}
        return torch.tensor(
            [-1 if x is None else seen.setdefault(x, len(seen)) for x in labels], dtype=torch.long
        )
    return torch.tensor([-1 if x is None else vocabulary[x] for x in labels], dtype=torch.long)


def _edges(pairs: Iterable[Sequence[int]]) -> Tensor:
    table = torch.tensor([list(pair) for pair in pairs], dtype=torch.long)
    return table.view(-1, 2).t().contiguous()


def _table(rows: Iterable[Sequence[int]], count: int) -> Tensor:
    return torch.tensor([list(row) for row in rows], dtype=torch.long).view(count, 2)
