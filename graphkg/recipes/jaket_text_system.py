"""What the systems of JAKET's tasks on texts share: how they are described and saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..training.saving import write_checksums, write_weights
from .base import write_recipe
from .encoders import write_encoder
from .jaket_linked import write_memories
from .jaket_tasks import TaskSystem
from .link_files import FILES, write_triple_files


class TextTaskSystem(TaskSystem):
    """A JAKET that was trained for a task on texts.

    Args:
        recipe: the settings.
        parts: the model, its tokenizer and its graph, if it has one.
        data: on what it was trained.
        name: of the run; by default that of the system.
    """

    system: str

    def __init__(self, recipe: Any, parts: Any, data: dict[str, Any], name: str | None = None):
        self.recipe, self.parts, self.model = recipe, parts, parts.model
        self.data, self.name = data, name or self.system
        self.splits = ("valid", "test") if recipe.chooses else ("test",)
        self.training = {}
        self.fingerprint = ""

    def protocol(self) -> dict[str, Any]:
        """What every number of this system travels with, beside what it was taken on."""
        recipe = self.recipe
        return {
            "system": self.system,
            "run": self.name,
            "start": recipe.start,
            "init": recipe.init,
            "kg": recipe.kg if recipe.reads_graph else "off",
            "encoder": recipe.encoder,
            "trained_on": self.data,
            "training": self.training,
        }

    def write(self, folder: Path) -> None:
        """Writes weights, memories, encoder config and tokenizer, graph, checksums, the recipe."""
        folder.mkdir(parents=True, exist_ok=True)
        jaket, graph = self.model.model, self.parts.graph
        write_weights(self.model, folder)
        names = ["model.safetensors", *write_encoder(jaket.lower, self.parts.tokenizer, folder)]
        names += write_memories(jaket, folder)
        if graph is not None:
            write_triple_files(graph, folder)
            names += FILES
        write_checksums(folder, names)
        more = {"data": self.data, "training": self.training}
        write_recipe(folder, self.system, self.recipe, trained=True, **more)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.model!r})"
