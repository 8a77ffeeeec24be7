"""What the slots of a batch of sentences should say, read from its mentions and their relations.

Letters: B sentences, M mentions, K edges, G gold triples and entities.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..errors import InputError
from ..graphs.sentence import REL, SentenceGraph
from ..nn.slot_losses import GoldSlots


def gold_triples(
    batch: SentenceGraph, num_relations: int, num_types: int = 0, entities: bool = False
) -> GoldSlots:
    """Reads the distinct triples of a batch, in the order of their ids.

    The classes of relations are 0 ... R - 1, R says nothing; with `entities` (pseudo-instances, on
    which the paper is silent) R + 1 is the class of entities in no triple: the subject is the
    entity, the object's boundaries are not asked for and its type is none.

    Args:
        batch: of sentences.
        num_relations: R.
        num_types: Y, 0 for entities without types.
        entities: also entities in no triple.

    Raises:
        InputError: an id outside of R or Y, or a pair without a relation.
    """
    ends, relation = batch[REL].edge_index, batch[REL].edge_type
    _check_ids("relation", relation, num_relations)
    mention = _mentions(batch, num_types)
    sentence, span, kind = mention.split([1, 2, 1], 1)
    subject, object_ = ends
    boundary, kinds = (torch.cat([x[subject], x[object_]], 1) for x in (span, kind))
    rows = torch.cat([sentence[subject], relation.unsqueeze(1), boundary, kinds], 1)
    if entities:
        free = _in_no_triple(mention, ends)
        rows = torch.cat([rows, _entity_rows(mention[free], num_relations + 1, num_types)])
    return GoldSlots.of_rows(rows.unique(dim=0), batch.num_graphs)


def _mentions(batch: SentenceGraph, num_types: int) -> Tensor:
    """Returns (sentence, first and last token in it, type) of each mention, [M, 4]."""
    mention = batch["mention"]
    sentence, kind = mention.batch, torch.full_like(mention.kind, -1)
    if num_types:
        _check_ids("type", mention.kind, num_types)
        kind = mention.kind
    start = batch["token"].ptr[sentence]
    first, end = mention.span.unbind(1)
    return torch.stack([sentence, first - start, end - 1 - start, kind], 1)


def _in_no_triple(mention: Tensor, ends: Tensor) -> Tensor:
    """Which mentions [M] stand in no triple, nor does one of the same place and type."""
    if not mention.size(0):
        return torch.zeros(0, dtype=torch.bool, device=mention.device)
    number = mention.unique(dim=0, return_inverse=True)[1]
    return ~torch.isin(number, number[ends.flatten()])


def _entity_rows(mention: Tensor, relation: int, none: int) -> Tensor:
    """Returns the rows of pseudo-instances, [.., 8]."""
    sentence, span, kind = mention.split([1, 2, 1], 1)
    absent = torch.full_like(span, -1)
    given = torch.full_like(sentence, relation), torch.full_like(kind, none)
    return torch.cat([sentence, given[0], span, absent, kind, given[1]], 1)


def _check_ids(name: str, ids: Tensor, count: int) -> None:
    wrong = ids[(ids < 0) | (ids >= count)]
    if wrong.numel():
        raise InputError(
            f"{name} id {int(wrong[0])} was given in training, but the model knows {count} "
            f"{name}s (0-{count - 1}): encode the sentences with the model's vocabularies"
            + (" and leave out pairs whose relation is to be predicted" * (name == "relation"))
        )
