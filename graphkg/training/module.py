"""The one LightningModule: sums a model's losses, builds its optimiser, validates each epoch.

It is made inside a function because Lightning takes seconds to import and inference never needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import torch
from torch import nn

from ..errors import InputError, MissingExtra
from .settings import TrainSettings

Validate = Callable[[Any], dict[str, float]]


def lightning() -> ModuleType:
    """Returns Lightning under either of its two package names."""
    try:
        import lightning.pytorch as engine
    except ImportError:
        try:
            import pytorch_lightning as engine  # type: ignore[no-redef]
        except ImportError:
            raise MissingExtra("lightning", "train", "to train a model") from None
    return engine


def parameter_groups(model: Any, settings: TrainSettings) -> list[dict[str, Any]]:
    """Returns the optimiser's groups: those of ``model.groups()``, each with its rate.

    With weight decay the vectors of a group (biases, norms) are one of their own, without it.

    Raises:
        InputError: ``settings.rates`` names a group that the model does not have.
    """
    named = model.groups() if hasattr(model, "groups") else {"all": model.parameters()}
    groups = {name: [p for p in given if p.requires_grad] for name, given in named.items()}
    unknown = set(settings.rates) - set(groups)
    if unknown:
        raise InputError(
            f"rates names the parameter groups {sorted(unknown)}, but the model has "
            f"{sorted(groups)}: name one of those"
        )
    found = []
    for name, parameters in groups.items():
        plain = [p for p in parameters if settings.weight_decay and p.dim() < 2]
        alone = {id(p) for p in plain}
        rest = [p for p in parameters if id(p) not in alone]
        rate = {"lr": settings.rates.get(name, settings.rate)}
        found.append({"params": rest, "name": name, **rate})
        found.append({"params": plain, "name": f"{name} (no decay)", "weight_decay": 0.0, **rate})
    return [group for group in found if group["params"]]


def linear_schedule(step: int, steps: float, warmup: float) -> float:
    """Returns the factor on the rates at `step` of `steps`: up to 1, then down to 0."""
    rise = warmup * steps
    return step / rise if step < rise else max(0.0, (steps - step) / max(steps - rise, 1))


def build_optimizer(model: nn.Module, settings: TrainSettings) -> torch.optim.Optimizer:
    """Returns the optimiser of `settings` over the model's parameter groups."""
    kinds: dict[str, Any] = {
        "sgd": torch.optim.SGD,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
        "adagrad": torch.optim.Adagrad,
    }
    groups = parameter_groups(model, settings)
    options: dict[str, Any] = {"lr": settings.rate, "weight_decay": settings.weight_decay}
    devices = {p.device.type for group in groups for p in group["params"]}
    fused = {"adam": {"cpu", "cuda"}, "adamw": {"cpu", "cuda"}, "adagrad": {"cpu"}}
    clipped = settings.precision.endswith("-mixed") and settings.clip > 0
    refused = clipped or settings.precision == "16-mixed"
    # One kernel a step instead of ten over every row; it cannot go with the scaling of float16,
    # and under any mixed precision Lightning refuses to clip the gradients of a fused optimiser.
    # Else nothing is said, since fused=False would also turn off torch's own default, foreach.
    if devices <= fused.get(settings.optimizer, set()) and not refused:
        options["fused"] = True
    return kinds[settings.optimizer](groups, **options)


def build_module(model: Any, settings: TrainSettings, validate: Validate | None) -> Any:
    """Returns the LightningModule that trains `model`."""
    engine = lightning()

    class Module(engine.LightningModule):  # type: ignore[name-defined]
        """Any model with ``losses(batch) -> dict[str, Tensor]``; it learns no model's name."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self.previous: float | None = None

        def training_step(self, batch: Any, _: int) -> torch.Tensor:
            losses = self.model.losses(batch)
            total = torch.stack(list(losses.values())).sum()
            named = {f"loss/{name}": loss.detach() for name, loss in losses.items()}
            size = (
                len(batch) if isinstance(batch, torch.Tensor) else getattr(batch, "num_graphs", 1)
            )
            self.log_dict(named, on_step=False, on_epoch=True, batch_size=size)
            both = {
                "on_step": True,
                "on_epoch": True,
            }  # the bar shows the last step, the log the mean
            self.log("loss", total.detach(), prog_bar=True, batch_size=size, **both)
            return total

        def on_train_batch_end(self, *_: Any) -> None:
            if hasattr(self.model, "after_step"):
                self.model.after_step(self.global_step)

        def on_train_epoch_end(self) -> None:
            if validate is None:
                return
            if not settings.validates(self.current_epoch + 1):
                if self.previous is not None:  # for the early stop, which asks every epoch
                    self.log(settings.monitor, self.previous, prog_bar=True)
                return
            self.model.eval()
            with torch.no_grad():
                found = validate(self.model)
            self.model.train()
            if settings.monitor not in found:
                raise InputError(
                    f"monitor is {settings.monitor!r}, but validation gives {sorted(found)}: "
                    "name one of those"
                )
            self.log_dict({f"valid/{name}": float(value) for name, value in found.items()})
            self.log(settings.monitor, float(found[settings.monitor]), prog_bar=True)
            self.decay_rates(float(found[settings.monitor]))

        def decay_rates(self, metric: float) -> None:
            """Multiplies the rates after an epoch that was not better than the one before."""
            late = self.current_epoch + 1 > settings.decay_after
            late = late and settings.schedule == "constant"
            if late and self.previous is not None and metric <= self.previous:
                for group in self.optimizers().param_groups:
                    group["lr"] *= settings.decay
            self.previous = metric

        def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
            checkpoint["previous"] = self.previous

        def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
            self.previous = checkpoint["previous"]

        def configure_optimizers(self) -> Any:
            optimizer = build_optimizer(self.model, settings)
            if settings.schedule == "constant":
                return optimizer
            steps = self.trainer.estimated_stepping_batches
            scheduler = torch.optim.lr_scheduler.LambdaLR(
                optimizer, lambda step: linear_schedule(step, steps, settings.warmup)
            )
            return [optimizer], [{"scheduler": scheduler, "interval": "step"}]

    return Module()
