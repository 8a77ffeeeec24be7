"""Checkpoints hold the memories of a model: a killed run resumes to the same bits."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch_geometric.loader import DataLoader

from graphkg.errors import InputError
from graphkg.stores import MemoryTable, RefreshSchedule
from graphkg.training import TrainSettings, fit

STEPS = 5  # of an epoch


class Remembering(nn.Module):
    """A regression with dropout on a memory of its own weights; it is no model of the library."""

    def __init__(self, path=None):
        super().__init__()
        self.layer, self.drop = nn.Linear(3, 1), nn.Dropout(0.5)
        self.schedule, self.table = RefreshSchedule(3, 1, 1), MemoryTable(2, 3, path)

    def losses(self, batch):
        known = self.table(torch.tensor([0, 1])).sum(0)
        return {
            "square": (self.layer(self.drop(batch + known)) - batch.sum(1, True)).square().mean()
        }

    def after_step(self, step):
        if self.schedule.due(step):
            self.table.refresh(None, self.layer.weight.detach().repeat(2, 1), 0.5)

    def memories(self):
        return {"own": self.table}


@pytest.fixture(params=["ram", "file"])
def new_model(request, tmp_path):
    count = iter(range(100))

    def make(path=None):
        torch.manual_seed(1)
        if request.param == "ram":
            return Remembering()
        return Remembering(path or tmp_path / f"rows{next(count)}.bin")

    return make


def loader():
    rows = torch.randn(20, 3, generator=torch.Generator().manual_seed(5))
    return DataLoader(rows, batch_size=4, shuffle=True, generator=torch.Generator())


def settings(epochs):
    return TrainSettings(epochs=epochs, optimizer="adam", rate=0.05, progress=False, device="cpu")


def bits(model):
    return torch.cat([*(p.detach().flatten() for p in model.parameters()), model.table().flatten()])


def killed_at(model, step):
    after_step = model.after_step

    def killed(now):
        after_step(now)
        if now == step:
            raise KeyboardInterrupt

    model.after_step = killed


@pytest.mark.parametrize("step", [2 * STEPS + 2, 2 * STEPS])
def test_a_killed_run_resumes_to_the_same_bits_memory_included(new_model, tmp_path, step):
    whole = new_model()
    fit(whole, loader(), settings(4), folder=tmp_path / "whole")
    part = new_model()
    killed_at(part, step)
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        fit(part, loader(), settings(4), folder=tmp_path / "part")
    again = new_model(part.table.path)  # a file goes on where the killed run left it
    fit(again, loader(), settings(4), folder=tmp_path / "part", resume=True)
    assert torch.equal(bits(whole), bits(again)) and whole.table().any()
    assert torch.equal(whole.schedule.counters, again.schedule.counters)


def test_the_model_is_left_with_the_memory_of_its_best_epoch(new_model, tmp_path):
    seen = []

    def validate(model):
        seen.append(bits(model).clone())
        return {"f1": [0.1, 0.9, 0.3, 0.2][len(seen) - 1]}

    model = new_model()
    fit(model, loader(), settings(4), validate, tmp_path / "run")
    assert torch.equal(bits(model), seen[1]) and not torch.equal(seen[1], seen[3])


def test_copies_of_a_file_are_as_many_as_the_checkpoints_that_name_them(tmp_path):
    torch.manual_seed(1)
    model = Remembering(tmp_path / "rows.bin")
    scores = iter([0.1, 0.9, 0.3])
    fit(model, loader(), settings(3), lambda _: {"f1": next(scores)}, tmp_path / "run")
    folder = tmp_path / "run" / "checkpoints"
    found = sorted(path.name for path in folder.iterdir())
    kinds = [name.split(".")[0] + "." + name.split(".")[-1] for name in found]
    assert sorted(kinds) == ["best.bin", "best.ckpt", "last.bin", "last.ckpt"]
    for stem in ("best", "last"):
        state = torch.load(folder / f"{stem}.ckpt", weights_only=True)["memories"]["own"]
        assert (folder / state["copy"]).is_file() and state["copy"] in found


def test_without_a_folder_the_memory_is_that_of_the_best_epoch_too(new_model):
    model, seen = new_model(), []

    def validate(model):
        seen.append(bits(model).clone())
        return {"f1": -float(len(seen))}

    fit(model, loader(), settings(3), validate)
    assert torch.equal(bits(model), seen[0])


def test_a_checkpoint_of_another_memory_is_refused(tmp_path):
    torch.manual_seed(1)
    fit(Remembering(), loader(), settings(1), folder=tmp_path / "run")
    other = Remembering()
    other.table = MemoryTable(4, 3)
    with pytest.raises(InputError, match=r"\(2, 3, 'float32'\), but this one has \(4, 3,"):
        fit(other, loader(), settings(2), folder=tmp_path / "run", resume=True)
