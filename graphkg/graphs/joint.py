"""JointGraph: a batch of sentences and a piece of a knowledge graph, linked by mentions.

Letters: M mentions, N entities, n entities of a piece of the graph, L links.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch_geometric.data import HeteroData

from ..errors import InputError
from .knowledge import EDGE
from .mention_pieces import mention_pieces
from .sentence import SentenceGraph

REFERS = ("mention", "refers_to", "entity")


class JointGraph(HeteroData):
    """Text nodes and KG nodes in one graph; it lives for one forward pass.

    It holds every part of a sentence batch, the ``entity`` part and edges of a (sampled) knowledge
    graph, and ``(mention, refers_to, entity)`` edges, local on both ends. It is not collated again
    and cannot be split back.
    """

    @classmethod
    def join(cls, sentences: SentenceGraph, neighbourhood: HeteroData) -> JointGraph:
        """Joins a sentence or a batch with a knowledge graph or a sampled piece of one.

        Args:
            sentences: mentions with ``entity`` = global entity id, -1 = none.
            neighbourhood: its ``entity.n_id`` [n] says which global entity each local node is; a
                whole knowledge graph without ``n_id`` has them in order.

        Returns:
            The joint graph; a mention whose entity is not in the neighbourhood has no edge.

        Raises:
            InputError: an entity node that stands twice in the neighbourhood.
        """
        joint = cls()
        for part in (*sentences.node_types, *sentences.edge_types):
            for name, value in sentences[part].items():
                joint[part][name] = value
        for part in ("entity", EDGE):
            for name, value in neighbourhood[part].items():
                joint[part][name] = value
        entity = sentences["mention"].entity
        nodes = neighbourhood["entity"].get("n_id")
        if nodes is None:
            nodes = torch.arange(neighbourhood["entity"].num_nodes, device=entity.device)
            joint["entity"].n_id = nodes
        joint["entity"].num_nodes = nodes.numel()
        order = nodes.argsort()
        ranked = nodes[order]
        if bool((ranked[1:] == ranked[:-1]).any()):
            raise InputError("the neighbourhood holds an entity twice, but n_id must be distinct")
        place = torch.searchsorted(ranked, entity).clamp(max=max(nodes.numel() - 1, 0))
        linked = entity >= 0
        if nodes.numel() > 0:
            linked &= ranked[place] == entity
        else:
            linked &= False
        mention = linked.nonzero().view(-1)
        local = order[place[mention]] if nodes.numel() else mention
        joint[REFERS].edge_index = torch.stack([mention, local])
        return joint

    def piece_links(self) -> Tensor:
        """Returns which local entities each piece mentions, every (piece, entity) once, [2, L].

        Raises:
            InputError: sentences without pieces.
        """
        mention, entity = self[REFERS].edge_index
        local = mention.new_full((int(self["mention"].num_nodes),), -1)
        local[mention] = entity
        piece, of = mention_pieces(self)
        linked, count = local[of] >= 0, max(int(self["entity"].num_nodes), 1)
        pairs = (piece[linked] * count + local[of[linked]]).unique()
        return torch.stack([pairs // count, pairs % count])

    def __repr__(self) -> str:
        return (
            f"JointGraph({self['token'].num_nodes} tokens, {self['mention'].num_nodes} mentions, "
            f"{self['entity'].num_nodes} entities, {self[REFERS].edge_index.size(1)} links)"
        )


def linked_entities(sentences: SentenceGraph) -> Tensor:
    """Returns the entities that the mentions are linked to, rising and distinct: the seeds."""
    entity = sentences["mention"].entity
    return entity[entity >= 0].unique()


def check_links(sentences: SentenceGraph, num_entities: int) -> None:
    """Raises an InputError if a mention of a sentence or a batch is linked to no entity of N."""
    entity = sentences["mention"].entity
    wrong = (entity >= num_entities).nonzero().view(-1)
    if not wrong.numel():
        return
    place, key = int(wrong[0]), sentences.key
    number = place
    if not isinstance(key, str):
        ptr = sentences["mention"].ptr.cpu()
        row = int(torch.searchsorted(ptr, place, right=True)) - 1
        key, number = key[row], place - int(ptr[row])
    raise InputError(
        f"sentence {key!r}: mention {number} is linked to entity {int(entity[place])}, but the "
        f"graph has {num_entities} (0-{num_entities - 1}): link it to one of these, or to none (-1)"
    )
