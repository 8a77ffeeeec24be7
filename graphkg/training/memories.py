"""Memories in checkpoints: tables that a model keeps beside its weights.

A model that has any says so by ``memories() -> {name: table}``; a table has ``checkpoint(folder,
name) -> dict`` and ``restore(dict, folder)``, as :class:`graphkg.stores.MemoryTable`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

KEY = "memories"


class Memory(Protocol):
    """A table that a checkpoint can hold."""

    def checksum(self) -> str:
        """A digest of its rows."""

    def checkpoint(self, folder: str | Path | None = None, name: str = "memory") -> dict[str, Any]:
        """What brings its rows back; large ones are copied to `folder`."""

    def restore(self, state: dict[str, Any], folder: str | Path | None = None) -> None:
        """Brings the rows back, bit for bit."""


def memories_of(model: Any) -> dict[str, Memory]:
    """Returns the memories of a model by name; most models have none."""
    return model.memories() if hasattr(model, "memories") else {}


def write_memories(model: Any, folder: Path, stem: str) -> dict[str, dict[str, Any]]:
    """Returns the state of all memories; those in files are copied to `folder`.

    A copy is named after the checkpoint (`stem`), the memory and its rows, so that the copy of an
    older checkpoint stays until the new one is complete: then :func:`clear_memories` removes it.
    """
    found = {}
    for name, memory in memories_of(model).items():
        found[name] = memory.checkpoint(folder, f"{stem}.{name}.{memory.checksum()}")
    return found


def clear_memories(states: dict[str, dict[str, Any]], folder: Path, stem: str) -> None:
    """Removes copies of the checkpoint `stem` that its `states` do not name."""
    kept = {state.get("copy") for state in states.values()}
    for path in folder.glob(f"{stem}.*.*.bin"):
        if path.name not in kept:
            path.unlink()


def restore_memories(model: Any, checkpoint: dict[str, Any], folder: Path) -> None:
    """Brings back the memories of a model from a checkpoint of :func:`keeping_trainer`."""
    memories = memories_of(model)
    for name, state in checkpoint.get(KEY, {}).items():
        memories[name].restore(state, folder)


def keeping_trainer(engine: Any, model: Any, **options: Any) -> Any:
    """Returns a Lightning Trainer whose checkpoints hold the memories of `model`."""

    class Memories(engine.callbacks.Callback):  # type: ignore[name-defined]
        """Puts the memories into a checkpoint and takes them out of one."""

        path: Path
        states: dict[str, dict[str, Any]]

        def on_save_checkpoint(self, _: Any, __: Any, checkpoint: dict[str, Any]) -> None:
            self.states = write_memories(model, self.path.parent, self.path.stem)
            checkpoint[KEY] = self.states

        def on_load_checkpoint(self, trainer: Any, _: Any, checkpoint: dict[str, Any]) -> None:
            restore_memories(model, checkpoint, Path(trainer.ckpt_path).parent)

    class Trainer(engine.Trainer):  # type: ignore[name-defined]
        """Tells the memories where a checkpoint lies, and clears their old copies."""

        def save_checkpoint(self, filepath: Any, *given: Any, **named: Any) -> None:
            memories.path = Path(filepath)
            memories.path.parent.mkdir(parents=True, exist_ok=True)
            super().save_checkpoint(filepath, *given, **named)
            clear_memories(memories.states, memories.path.parent, memories.path.stem)

    memories = Memories()
    callbacks = [*options.pop("callbacks", []), memories]
    return Trainer(callbacks=callbacks, **options)
