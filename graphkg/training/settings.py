"""TrainSettings: how to train, with a default for everything."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import InputError, nearest


class Settings(BaseModel):
    """A pydantic model whose mistakes read as one sentence; the base of every settings class."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def parse(cls, values: dict[str, Any], where: str = "settings") -> Any:
        """Builds the settings from a dict of plain values.

        Raises:
            InputError: an unknown key (with the nearest known one) or a value that does not fit.
        """
        try:
            return cls(**values)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            if first["type"] == "extra_forbidden":
                known = list(cls.model_fields)
                raise InputError(
                    f"{where}: unknown key {key!r}{nearest(key, known)}; known keys: "
                    f"{', '.join(known)}"
                ) from None
            raise InputError(
                f"{where}: {key} = {first.get('input')!r} does not fit: {first['msg'].lower()}"
            ) from None


class TrainSettings(Settings):
    """The settings of :func:`graphkg.training.fit`.

    Attributes:
        epochs: most epochs to train.
        batch_size: examples a step.
        optimizer: ``sgd``, ``adam``, ``adamw`` or ``adagrad``.
        rate: learning rate of every parameter group that `rates` does not name.
        rates: learning rate by group, as named by the model's ``groups()``.
        weight_decay: L2 (decoupled for ``adamw``), of matrices: biases and norms have none.
        clip: gradient norm limit, 0 = none.
        accumulate: batches whose gradients are summed before a step.
        schedule: ``constant`` (with `decay`), or ``linear``: up from 0 over the first `warmup` of
            all steps, then down to 0 at the last (BERT).
        warmup: share of the steps.
        decay: factor on every constant rate after an epoch whose monitored metric did not rise.
        decay_after: epochs before the first decay (C-GCN: 5, PA-LSTM: 10).
        monitor: validation metric that chooses the best epoch; higher is better.
        patience: validations without a better metric before an early stop, 0 = never.
        validate_every: epochs from one validation to the next; the last one always ends in one.
        seed: of everything random.
        precision: of Lightning, as ``32-true`` or ``bf16-mixed``.
        device: of Lightning, as ``cpu``, ``gpu`` or ``auto``.
        progress: show a progress bar.
    """

    epochs: int = Field(30, ge=1)
    batch_size: int = Field(50, ge=1)
    optimizer: Literal["sgd", "adam", "adamw", "adagrad"] = "sgd"
    rate: float = Field(0.3, gt=0)
    rates: dict[str, float] = {}
    weight_decay: float = Field(0.0, ge=0)
    clip: float = Field(5.0, ge=0)
    accumulate: int = Field(1, ge=1)
    schedule: Literal["constant", "linear"] = "constant"
    warmup: float = Field(0.1, ge=0, lt=1)
    decay: float = Field(0.9, gt=0, le=1)
    decay_after: int = Field(5, ge=0)
    monitor: str = "f1"
    patience: int = Field(0, ge=0)
    validate_every: int = Field(1, ge=1)
    seed: int = 0
    precision: str = "32-true"
    device: str = "auto"
    progress: bool = True

    def validates(self, epoch: int) -> bool:
        """Whether `epoch` (from 1) ends in a validation."""
        return epoch % self.validate_every == 0 or epoch == self.epochs
