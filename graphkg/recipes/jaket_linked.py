"""What JAKET's tasks on texts share: texts joined with a graph, and memories as files."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch_geometric.data import Batch

from ..errors import InputError
from ..graphs import JointGraph, KnowledgeGraph, SentenceGraph, check_links, linked_entities
from ..models import JAKET
from ..sampling import NeighborSampler
from ..stores import MemoryTable
from .jaket_build import start_settings
from .jaket_text_task import TextTaskSettings

AnyTask = TypeVar("AnyTask", bound=TextTaskSettings)
MEMORY = "memory.safetensors"


class LinkedTexts:
    """Joins batches of sentences with a graph: with what is drawn around them, or with all of it.

    Args:
        messages: the whole graph, its edges as messages go.
        fan_outs: neighbours a hop.
        seed: of the draws; by default each draws anew.
    """

    def __init__(
        self, messages: KnowledgeGraph, fan_outs: Sequence[int | None], seed: int | None = None
    ):
        self.whole = messages
        self.sampler = NeighborSampler(messages, fan_outs, "in", seed)

    def drawn(self, sentences: Sequence[SentenceGraph], more: Tensor | None = None) -> JointGraph:
        """Returns a batch joined with the neighbours of its entities and of `more` entities.

        Raises:
            InputError: a mention that is linked to no entity of the graph.
        """
        batch = self.batch(sentences)
        seeds = linked_entities(batch)
        seeds = seeds if more is None else torch.cat([seeds, more]).unique()
        return JointGraph.join(batch, self.sampler.sample(seeds))

    def with_all(self, sentences: Sequence[SentenceGraph]) -> JointGraph:
        """Returns a batch joined with the whole graph, likewise."""
        return JointGraph.join(self.batch(sentences), self.whole)

    def batch(self, sentences: Sequence[SentenceGraph]) -> SentenceGraph:
        """Returns the sentences in one batch, after a look at their links."""
        batch = Batch.from_data_list(list(sentences))
        check_links(batch, int(self.whole["entity"].num_nodes))
        return batch


def started(recipe: AnyTask) -> AnyTask:
    """Returns the settings with the model's part of the run that a task begins with.

    ``start=encoder`` is the encoder as it is: without the norm behind the entities.

    Raises:
        InputError: see :func:`.jaket_build.start_settings`.
    """
    if recipe.start == "encoder":
        recipe = recipe.model_copy(update={"merge_layernorm": False})
    return start_settings(recipe)


def without_graph(recipe: AnyTask) -> AnyTask:
    """Returns the settings by which a new model is built: an encoder alone if no graph is read."""
    return recipe if recipe.reads_graph else recipe.model_copy(update={"start": "encoder"})


def moved(part: Any, device: torch.device) -> Any:
    """Returns a tensor, or a copy of a graph, on a device."""
    return part.to(device) if isinstance(part, Tensor) else copy.copy(part).to(device)


def text_alone(model: JAKET, keep_descriptions: bool = False) -> JAKET:
    """Returns a JAKET of the same weights that reads no graph."""
    kept = model.descriptions if keep_descriptions else None
    alone = model.with_descriptions(kept, None)
    alone.knowledge = None
    return alone


def write_memories(model: JAKET, folder: Path) -> list[str]:
    """Writes the filled memories into `folder`; returns the names of the files.

    In a task LM1 goes on learning and memories stay as they were filled before, so that they could
    not be filled again.
    """
    from safetensors.torch import save_file

    tables = {name: table for name, table in model.memories().items() if table.filled.all()}
    if not tables:
        return []
    save_file({name: table().contiguous() for name, table in tables.items()}, folder / MEMORY)
    return [MEMORY]


def read_memories(model: JAKET, folder: Path) -> None:
    """Fills the memories with what :func:`write_memories` wrote.

    Raises:
        InputError: rows of another graph.
    """
    from safetensors.torch import load_file

    kept = load_file(folder / MEMORY) if (folder / MEMORY).is_file() else {}
    tables: dict[str, MemoryTable] = model.memories()
    for name, rows in kept.items():
        size = list(model.store.sizes[name]) if name in tables else None
        if list(rows.shape) != size:
            raise InputError(
                f"{folder / MEMORY} has rows {list(rows.shape)} of {name!r}, but the model of this "
                f"folder has a memory of {size}: the folder is mixed from two runs"
            )
        tables[name].refresh(None, rows)
