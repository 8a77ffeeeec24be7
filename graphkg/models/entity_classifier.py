"""EntityClassifier: the categories of entities, by a graph or by their descriptions alone.

Letters: N entities, B asked, C categories, D channels.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F
from torch_geometric.data import HeteroData

from ..graphs import Descriptions
from ..nn.text_encoder import TextEncoder
from .jaket import JAKET


class GraphReader(nn.Module):
    """E^KM of entities, with messages along all edges of a graph, or along drawn ones.

    The memory is constant, so that the knowledge module alone is trained.

    Args:
        model: JAKET over the N entities.
        graph: whole; its edges run to the entity that reads.

    Shapes:
        - input: entities [B], or the piece around B seeds that a
          :class:`~graphkg.sampling.NeighborSampler` drew
        - output: [B, D]
    """

    def __init__(self, model: JAKET, graph: HeteroData):
        super().__init__()
        self.model, self.graph, self.dim = model, graph, model.dim

    def forward(self, entity: Tensor | HeteroData) -> Tensor:
        """Returns the entities' rows; of entities without a piece all N are read."""
        if isinstance(entity, HeteroData):
            return self.model.read_graph(entity)[: entity["entity"].batch_size]
        return self.model.read_graph(self.graph.to(entity.device))[entity]

    def groups(self) -> dict[str, Any]:
        """What is trained: ``knowledge``."""
        assert self.model.knowledge is not None
        return {"encoder": [], "knowledge": list(self.model.knowledge.parameters())}


class DescriptionReader(nn.Module):
    """The vector that an encoder makes of an entity's description; all of it is trained.

    Args:
        encoder: pools as it is told.
        descriptions: of the N entities.
        budget: see :meth:`TextEncoder.vectors`.

    Shapes:
        - input: entities [B]
        - output: [B, D]
    """

    def __init__(self, encoder: TextEncoder, descriptions: Descriptions, budget: int | None = None):
        super().__init__()
        self.encoder, self.descriptions, self.dim = encoder, descriptions, encoder.dim
        self.budget = budget

    def forward(self, entity: Tensor) -> Tensor:
        """Returns the entities' rows."""
        given = self.descriptions.gather(entity).sequences
        return self.encoder.vectors(given.piece, given.ptr, given.segment, self.budget)

    def groups(self) -> dict[str, Any]:
        """What is trained: ``encoder``."""
        return {"encoder": list(self.encoder.parameters()), "knowledge": []}


class EntityClassifier(nn.Module):
    r"""A linear layer on the rows of entities (JAKET: Yu et al., 2020, Section 4.4).

    .. math:: p(c \mid e) = \mathrm{softmax}(W E_e + b)_c

    Args:
        reader: entities [B] -> rows [B, D], and ``groups()``; a graph's also reads pieces.
        category: [N], -1 = unknown. Labels of entities that are not in a batch are not looked at.
        num_categories: C.
    """

    def __init__(
        self, reader: GraphReader | DescriptionReader, category: Tensor, num_categories: int
    ):
        super().__init__()
        self.reader, self.head = reader, nn.Linear(reader.dim, num_categories)
        self.category = category

    def forward(self, entity: Tensor | HeteroData) -> Tensor:
        """Returns the scores of all categories, [B] -> [B, C]."""
        return self.head(self.reader(entity))

    def losses(self, batch: Tensor | HeteroData) -> dict[str, Tensor]:
        """Returns the cross entropy ``category`` of labelled entities [B], or a piece's B seeds."""
        entity = batch
        if isinstance(batch, HeteroData):
            entity = batch["entity"].n_id[: batch["entity"].batch_size]
        gold = self.category[entity.to(self.category.device)].to(entity.device)
        return {"category": F.cross_entropy(self(batch), gold)}

    def groups(self) -> dict[str, Any]:
        """Parameter groups: ``encoder``, and ``knowledge`` with the linear layer."""
        groups = self.reader.groups()
        return {**groups, "knowledge": [*groups["knowledge"], *self.head.parameters()]}

    def __repr__(self) -> str:
        return f"EntityClassifier({type(self.reader).__name__}, {self.head.out_features})"
