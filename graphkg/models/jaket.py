"""JAKET: a knowledge graph and a language model that read each other.

Letters: P pieces, N entities of a graph, n of a piece of it, R relations, D channels.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.data import HeteroData

from ..errors import InputError, check_choices
from ..graphs import Descriptions, JointGraph, SentenceGraph
from ..graphs.knowledge import EDGE
from ..graphs.mention_pieces import check_pieces
from ..nn.knowledge_module import KnowledgeModule
from ..nn.merge import Merge
from ..nn.split_encoder import shell
from ..nn.text_encoder import TextEncoder, in_passes
from ..stores import EmbeddingStore, MemoryTable, RefreshSchedule
from .context import describe, draw, provide, refresh

MEMORIES = ("encoder", "random", "off")


class JAKET(nn.Module):
    r"""Joint model of a knowledge graph and language (Yu et al., 2020, Section 3).

    .. math::
        E^{(0)}_e &= \tfrac12 (Z_s + Z_o) \text{ of } Z = \mathrm{LM}_1(\text{description of } e) \\
        E^{KM} &= \mathrm{KM}(E^{(0)}, R) \\
        Z^{LM} &= \mathrm{LM}_2(\mathrm{LayerNorm}(\mathrm{LM}_1(x) + E^{KM} \text{ of mentions}))

    LM1 is the embeddings and the first `split_at` layers of the encoder, LM2 the layers above.
    The rows :math:`E^{(0)}` of all entities lie in the store's memory ``entity`` (those of
    relations in ``relation``), filled when they are first asked for, and refreshed as
    :math:`E \leftarrow m E + (1 - m) E_{new}`. They are no parameters: an entity that was never
    seen needs a description and no training, and no loss reaches LM1 through them.

    Args:
        encoder: a transformer whose layers can be split.
        split_at: the last layer of LM1 (6 of RoBERTa's 12).
        descriptions: of the N entities.
        knowledge: KM; without it texts are read alone, whatever their links.
        relations: descriptions of all types of edges (inverse ones too); without them a message is
            the neighbour's row alone, as in the paper's pre-training.
        store: its tables ``entity`` (and ``relation``) are the memories, for instance in files; by
            default memories in RAM are made.
        memory: ``"encoder"``; ``"random"`` for drawn rows that stay (a baseline of the paper); or
            ``"off"``: descriptions are encoded when they are needed, and losses reach LM1 through
            them, which small graphs allow.
        momentum: m of a refresh.
        schedule: after which steps the memory is refreshed; never by default, as in fine-tuning.
        merge_layernorm: whether the merged rows are normalised. The norm is new, so that texts
            without mentions are read otherwise than by the encoder.
        budget: places of one pass of LM1 or LM2, see :meth:`TextEncoder.vectors`.
        seed: of random rows.
        whiten: whether the rows of a memory are read whitened over all its nodes (not in the
            paper), see :func:`~graphkg.stores.whitening.whitening`.

    Raises:
        InputError: an unknown choice, ``whiten`` without a memory, parts of other widths than the
            encoder, a knowledge module without descriptions, or a memory of another graph.
    """

    def __init__(
        self,
        encoder: TextEncoder,
        split_at: int = 6,
        descriptions: Descriptions | None = None,
        knowledge: KnowledgeModule | None = None,
        relations: Descriptions | None = None,
        store: EmbeddingStore | None = None,
        memory: str = "encoder",
        momentum: float = 0.8,
        schedule: RefreshSchedule | None = None,
        merge_layernorm: bool = True,
        budget: int | None = None,
        seed: int = 0,
        whiten: bool = False,
    ):
        super().__init__()
        check_choices("JAKET", memory=(memory, MEMORIES))
        if knowledge is not None and descriptions is None:
            raise InputError(
                "a knowledge module was given without descriptions, but it reads entities by "
                "them: give descriptions=Descriptions.from_texts(...)"
            )
        if knowledge is not None and knowledge.dim != encoder.dim:
            raise InputError(
                f"the knowledge module has {knowledge.dim} channels and the encoder {encoder.dim}, "
                "but their rows are added: give both one width"
            )
        self.lower, self.upper = encoder.split(split_at)
        self.knowledge, self.merge = knowledge, Merge(encoder.dim, merge_layernorm)
        self.memory, self.momentum, self.schedule = memory, momentum, schedule
        self.budget, self.seed, self.whiten = budget, seed, whiten
        self._take(descriptions, relations, store)

    def _take(
        self,
        descriptions: Descriptions | None,
        relations: Descriptions | None,
        store: EmbeddingStore | None,
    ) -> None:
        """Takes the nodes of a graph, and makes the memories that the store lacks."""
        self.descriptions, self.relations = descriptions, relations
        self.store = EmbeddingStore() if store is None else store
        if self.memory != "off":
            for name, described in self._described().items():
                provide(self.store, name, described, self.dim)
        elif self.whiten:
            raise InputError(
                'whiten=True was given with memory="off", but rows are whitened over a memory: '
                "leave one of the two out"
            )

    def _described(self) -> dict[str, Descriptions]:
        both = {"entity": self.descriptions, "relation": self.relations}
        return {name: given for name, given in both.items() if given is not None}

    @property
    def dim(self) -> int:
        """D."""
        return self.lower.dim

    def context(self, entity: Tensor) -> Tensor:
        """Returns E^(0) of entities [*], [*, D]; constants, unless ``memory="off"``.

        Raises:
            InputError: an entity without a description.
        """
        return self._rows("entity", entity)

    def _rows(self, name: str, index: Tensor) -> Tensor:
        described = self._described()
        count = len(described[name]) if name in described else 0
        wrong = index[(index < 0) | (index >= count)]
        if wrong.numel():
            raise InputError(
                f"{name} {int(wrong[0])} was asked for, but there are descriptions of {count}: "
                f"give the model one for every {name} of the graph"
            )
        if self.memory == "off":
            nodes, place = index.unique(return_inverse=True)
            return describe(self.lower, described[name], nodes, self.budget)[place]
        table = self.store[name]
        assert isinstance(table, MemoryTable)
        if not bool(table.filled.all()):
            self._write(table, described[name])
        rows = table.whitened(index) if self.whiten else table(index)
        return rows.to(self._dtype)

    @property
    def _dtype(self) -> torch.dtype:
        return next(self.lower.parameters()).dtype

    def _write(self, table: MemoryTable, described: Descriptions) -> None:
        if self.memory == "random":
            draw(table, self.seed)
        else:
            refresh(table, self.lower, described, self.momentum, self.budget)

    def refresh(self) -> None:
        """Encodes all descriptions anew and mixes them into the memories; draws no numbers."""
        if self.memory == "encoder":
            for name, table in self.memories().items():
                self._write(table, self._described()[name])

    def after_step(self, step: int) -> None:
        """Refreshes the memories if they are due after `step` (from 1)."""
        if self.schedule is not None and self.schedule.due(step):
            self.refresh()

    def memories(self) -> dict[str, MemoryTable]:
        """The tables that checkpoints keep beside the weights."""
        names = [] if self.memory == "off" else list(self._described())
        tables: dict[str, Any] = {name: self.store[name] for name in names}
        return tables

    def read_graph(self, graph: HeteroData) -> Tensor:
        """Returns E^KM of the entities of a graph, of a piece of one, or of a joint graph, [n, D].

        Args:
            graph: ``entity.n_id`` says which entities they are, by default all; messages go along
                the edges, from the first end to the second.

        Raises:
            InputError: a model without a knowledge module, an entity without a description.
        """
        if self.knowledge is None:
            raise InputError(
                "this JAKET reads texts alone, but a graph was given: build it with knowledge="
                "KnowledgeModule(...)"
            )
        edges, nodes = graph[EDGE], graph["entity"].get("n_id")
        if nodes is None:
            nodes = torch.arange(graph["entity"].num_nodes, device=edges.edge_index.device)
        rows = self.context(nodes)
        if self.relations is None:
            return self.knowledge(rows, None, edges.edge_index, edges.edge_type)
        kinds, kind = edges.edge_type.unique(return_inverse=True)
        return self.knowledge(rows, self._rows("relation", kinds), edges.edge_index, kind)

    def read_text(
        self, sentences: JointGraph | SentenceGraph, entities: Tensor | None = None
    ) -> Tensor:
        """Returns Z^LM, the last hidden state of every piece of a batch, [P, D].

        Args:
            sentences: a batch with pieces, alone or joined with a graph.
            entities: E^KM of the joint graph's entities [n, D], if it was read already.
        """
        check_pieces(sentences)
        piece, links = sentences["piece"], None
        if self.knowledge is not None and isinstance(sentences, JointGraph):
            entities = self.read_graph(sentences) if entities is None else entities
            links = sentences.piece_links()
        return self.read_pieces(piece.input_id, piece.ptr, piece.segment, entities, links)

    def read_pieces(
        self,
        piece: Tensor,
        ptr: Tensor,
        segment: Tensor | None = None,
        entities: Tensor | None = None,
        links: Tensor | None = None,
    ) -> Tensor:
        """Returns Z^LM of texts that are no sentences of a graph, [P, D].

        Args:
            piece: [P] ids.
            ptr: [B + 1] where each text begins.
            segment: [P] token types, 0 by default.
            entities: E^KM of n entities, [n, D].
            links: which pieces mention which entities, [2, L], each once; without them texts are
                read alone.
        """
        rows = self.lower.hidden(piece, ptr, segment, self.budget)
        if links is None or entities is None:
            merged = self.merge.norm(rows)
        else:
            merged = self.merge(rows, entities, links)
        return in_passes(self.upper, merged, ptr, self.budget)

    def with_descriptions(
        self,
        descriptions: Descriptions | None,
        relations: Descriptions | None = None,
        store: EmbeddingStore | None = None,
        memory: str | None = None,
    ) -> JAKET:
        """Returns the model over another graph, or over more entities of this one.

        It shares all weights with this one (``copy.deepcopy`` the result to part them), and has
        memories of its own, which are filled once, when they are first asked for.

        Args:
            descriptions: of the entities of the other graph.
            relations: of its types of edges.
            store: see :class:`JAKET`.
            memory: likewise; by default as this model's.
        """
        check_choices("JAKET", memory=(memory or self.memory, MEMORIES))
        other = shell(self)
        other.schedule, other.memory = None, memory or self.memory
        other._take(descriptions, relations, store)
        return other

    def groups(self) -> dict[str, Any]:
        """Parameter groups: ``encoder`` (LM1 and LM2) and ``knowledge`` (what is new)."""
        encoder = [*self.lower.parameters(), *self.upper.parameters()]
        own = {id(p) for p in encoder}
        return {"encoder": encoder, "knowledge": [p for p in self.parameters() if id(p) not in own]}

    def __repr__(self) -> str:
        count = 0 if self.descriptions is None else len(self.descriptions)
        return (
            f"JAKET({self.lower!r} + {self.upper!r}, {self.knowledge!r}, {count} entities, "
            f"memory={self.memory!r})"
        )
