"""fit(): the best epoch is kept, the log is written, a resumed run equals one never stopped."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader

from graphkg.errors import InputError
from graphkg.training import TrainSettings, fit, read_log, seed_everything
from graphkg.training import module as module_file
from graphkg.training.fit import EpochBatches
from graphkg.training.module import build_optimizer

QUIET = {"progress": False, "device": "cpu", "batch_size": 4}


class Noisy(nn.Module):
    """A tiny regression with dropout, so that every random draw shows in the weights."""

    def __init__(self):
        super().__init__()
        self.layer, self.drop, self.steps = nn.Linear(3, 1), nn.Dropout(0.5), []

    def losses(self, batch):
        guess = self.layer(self.drop(batch))
        return {"square": (guess - batch.sum(1, keepdim=True)).square().mean(), "half": guess.std()}

    def after_step(self, step):
        self.steps.append(step)


def rows():
    return torch.randn(20, 3, generator=torch.Generator().manual_seed(5))


def new_model():
    seed_everything(1)
    return Noisy()


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def test_two_epochs_give_the_weights_of_a_ten_line_loop():
    settings = TrainSettings(epochs=2, optimizer="adam", rate=0.01, **QUIET)
    loader = DataLoader(rows(), batch_size=4, shuffle=True)
    model = new_model()
    fit(model, loader, settings)
    plain = new_model().train()
    optimizer = build_optimizer(plain, settings)
    stream = EpochBatches(loader, settings.seed)
    for stream.epoch in range(2):
        for batch in stream:
            optimizer.zero_grad()
            sum(plain.losses(batch).values()).backward()
            torch.nn.utils.clip_grad_norm_(plain.parameters(), settings.clip)
            optimizer.step()
    assert torch.equal(weights(model), weights(plain))
    assert model.steps == list(range(1, 11))


def test_a_stopped_and_resumed_run_has_the_bits_of_one_never_stopped(tmp_path):
    loader = DataLoader(rows(), batch_size=4, shuffle=True, generator=torch.Generator())
    metric = {"calls": 0}

    def validate(model):
        metric["calls"] += 1
        return {"f1": -float(model.layer.weight.abs().sum())}

    def settings(epochs):
        return TrainSettings(epochs=epochs, optimizer="adam", rate=0.05, decay_after=0, **QUIET)

    whole = new_model()
    straight = fit(whole, loader, settings(5), validate, tmp_path / "whole")
    fit(new_model(), loader, settings(2), validate, tmp_path / "part")
    torch.randn(7)  # whatever happens between the two calls
    part = new_model()
    resumed = fit(part, loader, settings(5), validate, tmp_path / "part", resume=True)
    assert torch.equal(weights(whole), weights(part))
    assert resumed.best_epoch == straight.best_epoch and resumed.best == straight.best
    drop = ("seconds",)
    logs = [
        [{k: v for k, v in row.items() if k not in drop} for row in read_log(folder / "log.jsonl")]
        for folder in (tmp_path / "whole", tmp_path / "part")
    ]
    assert logs[0] == logs[1] and [row["epoch"] for row in logs[0]] == [1, 2, 3, 4, 5]


def test_the_model_is_left_with_the_weights_of_its_best_epoch():
    seen = []

    def validate(model):
        seen.append(weights(model).clone())
        return {"f1": [0.1, 0.9, 0.3][len(seen) - 1]}

    model = new_model()
    result = fit(
        model, DataLoader(rows(), batch_size=4), TrainSettings(epochs=3, **QUIET), validate
    )
    assert result.best_epoch == 2 and result.best == pytest.approx(0.9)
    assert torch.equal(weights(model), seen[1])
    assert not model.training


def test_training_stops_when_the_metric_has_not_risen_for_patience_epochs():
    settings = TrainSettings(epochs=50, patience=2, **QUIET)
    result = fit(new_model(), DataLoader(rows(), batch_size=4), settings, lambda _: {"f1": 0.5})
    assert len(result.history) == 3 and result.best_epoch == 1


def test_validation_comes_every_few_epochs_and_after_the_last():
    scores = iter([0.5, 0.9, 0.7])
    settings = TrainSettings(epochs=5, validate_every=2, **QUIET)
    loader = DataLoader(rows(), batch_size=4)
    result = fit(new_model(), loader, settings, lambda _: {"f1": next(scores)})
    assert [row.get("f1") for row in result.history] == pytest.approx([None, 0.5, None, 0.9, 0.7])
    assert result.best_epoch == 4 and next(scores, None) is None
    assert all("loss/square" in row for row in result.history)


def test_patience_counts_validations():
    settings = TrainSettings(epochs=50, validate_every=3, patience=2, **QUIET)
    result = fit(new_model(), DataLoader(rows(), batch_size=4), settings, lambda _: {"f1": 0.5})
    assert len(result.history) == 9 and result.best_epoch == 3  # 3 is the best, 6 and 9 are not


def test_a_run_resumed_between_two_validations_stops_where_one_never_stopped_does(tmp_path):
    loader = DataLoader(rows(), batch_size=4, shuffle=True, generator=torch.Generator())
    settings = TrainSettings(epochs=30, validate_every=3, patience=1, rate=0.05, **QUIET)

    def validate(model):
        return {"f1": 0.5}

    whole, part = new_model(), new_model()
    straight = fit(whole, loader, settings, validate, tmp_path / "whole")

    def killed(step):
        if step == 22:  # in the fifth epoch of five steps each
            raise KeyboardInterrupt

    part.after_step = killed
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        fit(part, loader, settings, validate, tmp_path / "part")
    part = new_model()
    resumed = fit(part, loader, settings, validate, tmp_path / "part", resume=True)
    assert len(straight.history) == len(resumed.history) == 6
    assert torch.equal(weights(whole), weights(part))


def test_rates_fall_after_an_epoch_that_is_not_better_and_only_after_the_grace():
    scores = iter([0.5, 0.4, 0.6, 0.6, 0.7])
    settings = TrainSettings(epochs=5, rate=0.1, decay=0.5, decay_after=2, **QUIET)
    loader = DataLoader(rows(), batch_size=4)
    result = fit(new_model(), loader, settings, lambda _: {"f1": next(scores)})
    rates = [row["rates"]["all"] for row in result.history]
    assert rates == pytest.approx([0.1, 0.1, 0.1, 0.05, 0.05])


def test_linear_rates_rise_to_their_own_and_fall_to_zero_step_by_step():
    seen = []

    class Watched(Noisy):
        def losses(self, batch):
            seen.append(self.optimizer.param_groups[0]["lr"])
            return super().losses(batch)

    model = Watched()
    settings = TrainSettings(epochs=2, schedule="linear", warmup=0.2, rate=0.4, **QUIET)

    def validate(model):  # never better: a constant rate would decay
        return {"f1": 0.0}

    original = module_file.build_optimizer

    def remember(*given):
        model.optimizer = original(*given)
        return model.optimizer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module_file, "build_optimizer", remember)
        fit(model, DataLoader(rows(), batch_size=4), settings, validate)
    # ten steps, two of them rising: 0, 1/2, then 8/8 ... 1/8 of the rate
    factors = [0, 0.5, *(n / 8 for n in range(8, 0, -1))]
    assert seen == pytest.approx([0.4 * factor for factor in factors])


def test_a_run_killed_in_the_middle_of_a_linear_schedule_resumes_to_the_same_bits(tmp_path):
    loader = DataLoader(rows(), batch_size=4, shuffle=True, generator=torch.Generator())
    settings = TrainSettings(epochs=4, schedule="linear", optimizer="adam", rate=0.05, **QUIET)
    whole, part = new_model(), new_model()
    fit(whole, loader, settings, folder=tmp_path / "whole")

    def killed(step):
        if step == 12:
            raise KeyboardInterrupt

    part.after_step = killed
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        fit(part, loader, settings, folder=tmp_path / "part")
    part = new_model()
    fit(part, loader, settings, folder=tmp_path / "part", resume=True)
    assert torch.equal(weights(whole), weights(part))


def test_vectors_have_no_weight_decay():
    optimizer = build_optimizer(new_model(), TrainSettings(weight_decay=0.1))
    sizes = {g["name"]: (g["weight_decay"], len(g["params"])) for g in optimizer.param_groups}
    assert sizes == {"all": (0.1, 1), "all (no decay)": (0.0, 1)}
    assert len(build_optimizer(new_model(), TrainSettings()).param_groups) == 1


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "adagrad"])
@pytest.mark.parametrize("clip", [0.0, 0.5])
def test_half_precision_trains_with_and_without_clipping(optimizer, clip):
    precision = {"precision": "bf16-mixed", "clip": clip, "optimizer": optimizer}
    before, model = new_model(), new_model()
    settings = TrainSettings(epochs=1, **precision, **QUIET)
    fit(model, DataLoader(rows(), batch_size=4), settings)
    assert not torch.equal(weights(model), weights(before))
    assert build_optimizer(before, settings).defaults["fused"] is (None if clip else True)


def test_the_log_names_every_loss_and_metric_of_every_epoch(tmp_path):
    fit(new_model(), DataLoader(rows(), batch_size=4), TrainSettings(epochs=2, **QUIET),
        lambda _: {"f1": 0.5, "recall": 0.25}, tmp_path)  # fmt: skip
    for row in read_log(tmp_path / "log.jsonl"):
        assert {"loss", "loss/square", "loss/half", "valid/recall", "f1", "seconds"} <= set(row)


def test_a_run_stopped_in_its_first_epoch_begins_anew(tmp_path):
    settings = TrainSettings(epochs=2, **QUIET)
    straight, resumed = new_model(), new_model()
    fit(straight, DataLoader(rows(), batch_size=4), settings)
    fit(resumed, DataLoader(rows(), batch_size=4), settings, folder=tmp_path, resume=True)
    assert torch.equal(weights(straight), weights(resumed))
    assert [row["epoch"] for row in read_log(tmp_path / "log.jsonl")] == [1, 2]


def test_a_metric_that_is_not_there_is_one_sentence():
    loader = DataLoader(rows(), batch_size=4)
    with pytest.raises(InputError, match=r"monitor is 'f1', but validation gives \['mrr'\]"):
        fit(new_model(), loader, TrainSettings(epochs=1, **QUIET), lambda _: {"mrr": 1.0})


def test_an_unknown_setting_is_answered_with_the_nearest_known_one():
    with pytest.raises(InputError, match="unknown key 'epoch'; did you mean 'epochs'"):
        TrainSettings.parse({"epoch": 3})
    with pytest.raises(InputError, match="rate = -1 does not fit"):
        TrainSettings.parse({"rate": -1})


def test_a_rate_for_a_group_that_the_model_lacks_is_an_error():
    with pytest.raises(InputError, match=r"\['encoder'\], but the model has \['all'\]"):
        build_optimizer(new_model(), TrainSettings(rates={"encoder": 0.1}))


def test_the_log_has_the_mean_loss_of_an_epoch_weighted_by_batch_size():
    class Constant(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(1))

        def losses(self, batch):
            return {"mean": batch.mean() + 0 * self.weight.sum()}

    batches = [torch.tensor([1.0, 1.0, 1.0]), torch.tensor([5.0])]
    settings = TrainSettings(epochs=1, progress=False, device="cpu")
    (row,) = fit(Constant(), batches, settings).history
    assert row["loss"] == pytest.approx(2.0) and row["loss/mean"] == pytest.approx(2.0)
    assert not [name for name in row if name.startswith("loss_")]


def test_a_part_that_comes_in_eval_mode_trains_with_its_dropout():
    settings = TrainSettings(epochs=1, optimizer="adam", rate=0.01, **QUIET)
    trained, quiet = new_model(), new_model().eval()
    for model in (trained, quiet):
        fit(model, DataLoader(rows(), batch_size=4, shuffle=True), settings)
    assert torch.equal(weights(trained), weights(quiet))
