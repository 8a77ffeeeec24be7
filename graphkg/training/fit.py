"""fit(): train any model with Lightning, keep its best epoch, resume to the same bits."""

from __future__ import annotations

import json
import logging
import random
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .memories import keeping_trainer, restore_memories
from .module import Validate, build_module, lightning
from .settings import TrainSettings


@dataclass(frozen=True)
class FitResult:
    """What a training run came to.

    Attributes:
        best_epoch: the epoch (from 1) whose weights the model has now.
        best: its monitored metric, ``None`` without validation.
        history: one dict an epoch: losses, metrics, seconds.
        seconds: wall time of this call.
        protocol: settings, seed, device, versions.
    """

    best_epoch: int
    best: float | None
    history: list[dict[str, float]]
    seconds: float
    protocol: dict[str, Any]

    def summary(self) -> dict[str, Any]:
        """What a saved run keeps of it; its settings stand in the recipe."""
        facts = {name: value for name, value in self.protocol.items() if name != "settings"}
        return {
            "best_epoch": self.best_epoch,
            "best": self.best,
            "epochs": len(self.history),
            "seconds": round(self.seconds, 1),
            **facts,
        }


def seed_everything(seed: int) -> None:
    """Seeds Python, NumPy and torch."""
    import numpy

    random.seed(seed)
    numpy.random.seed(seed % 2**32)
    torch.manual_seed(seed)


class EpochBatches:
    """Batches whose shuffling and dropout depend on the seed and the epoch alone.

    Every epoch begins by seeding with ``(seed, epoch)``, so a run that resumes at epoch e draws
    what a run that was never stopped draws there.
    """

    def __init__(self, batches: Iterable[Any], seed: int):
        self.batches, self.seed, self.epoch = batches, seed, 0

    def __iter__(self) -> Iterator[Any]:
        seed = self.seed + 1_000_003 * (self.epoch + 1)
        seed_everything(seed)
        generator = getattr(self.batches, "generator", None)
        if generator is not None:
            generator.manual_seed(seed)
        yield from self.batches

    def __len__(self) -> int:
        return len(self.batches)  # type: ignore[arg-type]


def fit(
    model: nn.Module,
    batches: Iterable[Any],
    settings: TrainSettings | None = None,
    validate: Validate | None = None,
    folder: str | Path | None = None,
    resume: bool = False,
) -> FitResult:
    """Trains `model` and leaves it with the weights of its best epoch.

    Args:
        model: has ``losses(batch) -> dict[str, Tensor]``; optional ``groups()``,
            ``after_step(step)`` and ``memories()``, tables that checkpoints keep beside the
            weights.
        batches: gone through once an epoch, usually a PyG ``DataLoader``.
        settings: see :class:`TrainSettings`.
        validate: ``model -> {metric: value}``, called after every epoch in eval mode, without
            gradients; ``settings.monitor`` names the metric that chooses the best epoch.
        folder: where ``log.jsonl`` and the checkpoints go; a temporary folder by default.
        resume: go on from the last checkpoint in `folder`, or begin where the first epoch was not
            finished; the result has the same bits as a run that was never stopped (on the CPU).

    Raises:
        InputError: a monitored metric that validation does not give.
    """
    settings = settings or TrainSettings()
    if folder is None:
        with tempfile.TemporaryDirectory() as temporary:
            return fit(model, batches, settings, validate, temporary)
    folder = Path(folder)
    last = folder / "checkpoints" / "last.ckpt"
    resume = resume and last.is_file()
    engine = lightning()
    quiet_lightning()
    started = time.monotonic()
    seed_everything(settings.seed)
    stream = EpochBatches(batches, settings.seed)
    log = _epoch_log(engine, folder / "log.jsonl", stream, settings, resume)
    every = {"save_on_train_epoch_end": True, "enable_version_counter": False}
    keeper = engine.callbacks.ModelCheckpoint(
        last.parent, "best", monitor=settings.monitor if validate else None, mode="max", **every
    )
    latest = engine.callbacks.ModelCheckpoint(last.parent, "last", **every)
    callbacks: list[Any] = [log, keeper, latest]
    if validate and settings.patience:
        stop = engine.callbacks.EarlyStopping(
            settings.monitor,
            mode="max",
            patience=settings.patience * settings.validate_every,
            strict=False,  # before the first validation there is no metric
            check_on_train_epoch_end=True,
        )
        callbacks.append(stop)
    trainer = keeping_trainer(
        engine,
        model,
        max_epochs=settings.epochs,
        accelerator=settings.device,
        devices=1,
        precision=settings.precision,
        gradient_clip_val=settings.clip or None,
        accumulate_grad_batches=settings.accumulate,
        enable_progress_bar=settings.progress,
        enable_model_summary=False,
        logger=False,
        callbacks=callbacks,
    )
    model.train()  # a pretrained part comes in eval mode, and Lightning leaves modes alone
    module = build_module(model, settings, validate)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"(lightning|pytorch_lightning)\..*")
        trainer.fit(module, stream, ckpt_path=str(last) if resume else None)
    state = torch.load(keeper.best_model_path, map_location="cpu", weights_only=True)
    module.load_state_dict(state["state_dict"])
    restore_memories(model, state, last.parent)
    model.eval()
    best = keeper.best_model_score
    return FitResult(
        best_epoch=int(state["epoch"]) + 1,
        best=None if best is None or not validate else float(best),
        history=read_log(folder / "log.jsonl"),
        seconds=time.monotonic() - started,
        protocol=protocol(settings),
    )


def read_log(path: str | Path) -> list[dict[str, float]]:
    """Reads the ``log.jsonl`` of a run: one dict an epoch."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def protocol(settings: TrainSettings) -> dict[str, Any]:
    """Returns what a number of this run travels with: settings, versions, hardware."""
    import platform

    import torch_geometric

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else platform.processor()
    return {
        "settings": settings.model_dump(),
        "torch": str(torch.__version__),
        "torch_geometric": torch_geometric.__version__,
        "hardware": device or platform.machine(),
        "threads": torch.get_num_threads(),
    }


def quiet_lightning() -> None:
    """Silences Lightning's banners; its warnings about real trouble stay."""
    for name in ("lightning.pytorch", "pytorch_lightning", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _epoch_log(
    engine: Any, path: Path, stream: EpochBatches, settings: TrainSettings, resume: bool
) -> Any:
    class EpochLog(engine.callbacks.Checkpoint):
        """Tells the stream its epoch, and appends one line an epoch to ``log.jsonl``.

        A Checkpoint by kind, because Lightning calls those after the module's own epoch end.
        """

        def on_train_start(self, trainer: Any, _: Any) -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            kept = read_log(path)[: trainer.current_epoch] if resume and path.exists() else []
            path.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")

        def on_train_epoch_start(self, trainer: Any, _: Any) -> None:
            stream.epoch = trainer.current_epoch
            self.started = time.monotonic()

        def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
            found = trainer.callback_metrics.items()
            metrics = {name: float(value) for name, value in found if not name.startswith("loss_")}
            if not settings.validates(trainer.current_epoch + 1):  # what is there is older
                metrics = {name: v for name, v in metrics.items() if name.startswith("loss")}
            rates = {group["name"]: group["lr"] for group in module.optimizers().param_groups}
            seconds = time.monotonic() - self.started
            row = {"epoch": trainer.current_epoch + 1, **metrics, "rates": rates}
            with path.open("a", encoding="utf-8") as log:
                log.write(json.dumps({**row, "seconds": round(seconds, 3)}) + "\n")

    return EpochLog()
