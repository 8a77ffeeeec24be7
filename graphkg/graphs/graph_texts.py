"""GraphTexts: the word pieces of a graph's entities and relations, and what frames them.

Letters: N entities, R relations, B asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor

from ..errors import InputError
from .sequences import Frame, Sequences
from .texts import NodeText


@dataclass(frozen=True)
class GraphTexts:
    """What a text model reads of a graph, tokenised once.

    Attributes:
        entity: the text of every entity (name and description), N rows.
        name: its short name, N rows.
        relation: the text of every relation, then of its inverse, 2 R rows.
        cls, sep, mask: ids of the special pieces.
        limit: most pieces of a sequence.
        special: ids of all special pieces.
        counts: what happened on the way, as ``without_text`` and ``cut``.
    """

    entity: NodeText
    name: NodeText
    relation: NodeText
    cls: int
    sep: int
    mask: int | None
    limit: int
    special: tuple[int, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_texts(
        cls,
        entities: Sequence[str],
        names: Sequence[str],
        relations: Sequence[str],
        tokenizer: Any,
        limit: int = 128,
        inverse: str = "reversed ",
    ) -> GraphTexts:
        """Tokenises the texts.

        Args:
            entities: N texts; none may be without a piece.
            names: N short names, likewise.
            relations: R texts.
            tokenizer: of Hugging Face transformers.
            limit: most pieces of a sequence.
            inverse: what stands before the text of an inverse relation.

        Raises:
            InputError: a tokenizer without the special pieces of a text pair, or a text without a
                piece.
        """
        begin, end = framing_pieces(tokenizer)
        both = [*relations, *(inverse + text for text in relations)]
        rows = {
            "entity": pieces(entities, tokenizer),
            "name": pieces(names, tokenizer),
            "relation": pieces(both, tokenizer),
        }
        for what, given in (("entity", entities), ("name", names), ("relation", both)):
            empty = (rows[what].ptr.diff() == 0).nonzero()
            if empty.numel():
                place = int(empty[0])
                raise InputError(
                    f"the text {given[place]!r} of {what} {place} has no word piece: give it a name"
                )
        cut = int((rows["entity"].ptr.diff() > limit - 2).sum())
        special = tuple(sorted(set(tokenizer.all_special_ids)))
        return cls(
            rows["entity"],
            rows["name"],
            rows["relation"],
            begin,
            end,
            tokenizer.mask_token_id,
            limit,
            special,
            {"cut": cut},
        )

    @property
    def num_entities(self) -> int:
        """N."""
        return len(self.entity)

    @property
    def num_relations(self) -> int:
        """R, without inverses."""
        return len(self.relation) // 2

    @property
    def frame(self) -> Frame:
        """The special pieces and the limit."""
        return Frame(self.cls, self.sep, self.limit)

    def entities(self, index: Tensor) -> Sequences:
        """``[CLS] entity [SEP]`` of entities [B]."""
        return self.frame.join([self.entity.gather(index)])

    def queries(self, entity: Tensor, relation: Tensor) -> Sequences:
        """``[CLS] entity [SEP] relation [SEP]`` of entities [B] and relations [B]."""
        parts = [self.entity.gather(entity), self.relation.gather(relation)]
        return self.frame.join(parts, [0, 1])

    def pairs(self, head: Tensor, tail: Tensor) -> Sequences:
        """``[CLS] head [SEP] tail [SEP]`` of entities [B] and [B]."""
        return self.frame.join([self.entity.gather(head), self.entity.gather(tail)], [0, 1])

    def name_pairs(self, head: Tensor, tail: Tensor) -> Sequences:
        """``[CLS] head [SEP] tail [SEP]`` of the short names of entities [B] and [B]."""
        return self.frame.join([self.name.gather(head), self.name.gather(tail)], [0, 1])

    def triples(self, triple: Tensor) -> Sequences:
        """``[CLS] head [SEP] relation [SEP] tail [SEP]`` of triples [B, 3]."""
        head, relation, tail = triple.unbind(1)
        parts = [
            self.entity.gather(head),
            self.relation.gather(relation),
            self.entity.gather(tail),
        ]
        return self.frame.join(parts, [0, 1, 0])

    def with_entities(
        self, entities: Sequence[str], names: Sequence[str], tokenizer: Any
    ) -> GraphTexts:
        """Returns the texts with those of further entities behind the N ones."""
        entity = self.entity.followed_by(pieces(entities, tokenizer))
        return replace(self, entity=entity, name=self.name.followed_by(pieces(names, tokenizer)))

    def __repr__(self) -> str:
        return (
            f"GraphTexts({self.num_entities} entities, {self.num_relations} relations, "
            f"{self.entity.ids.numel()} pieces, limit={self.limit})"
        )


def framing_pieces(tokenizer: Any) -> tuple[int, int]:
    """Returns the ids of the first and of the separating piece of a tokenizer.

    Raises:
        InputError: a tokenizer without them.
    """
    first = tokenizer.cls_token_id, tokenizer.bos_token_id
    last = tokenizer.sep_token_id, tokenizer.eos_token_id
    begin, end = (next((i for i in ids if i is not None), None) for ids in (first, last))
    if begin is None or end is None:
        raise InputError(
            f"the tokenizer {type(tokenizer).__name__} has no first or no separating piece "
            "([CLS], [SEP]), which frame the texts of a graph: take that of an encoder"
        )
    return begin, end


def pieces(texts: Sequence[str], tokenizer: Any) -> NodeText:
    """Tokenises texts, one row each, without special pieces."""
    if not texts:
        return NodeText.from_rows([])
    rows = tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
    return NodeText.from_rows(rows)
