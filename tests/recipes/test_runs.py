"""A series of runs goes on: what is done is read, what was stopped goes on, the rest is trained."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from text_graphs import small_data

from graphkg.errors import InputError
from graphkg.recipes.base import write_recipe
from graphkg.recipes.link import build_link_recipe
from graphkg.recipes.link_training import train_link
from graphkg.recipes.runs import trained

SMALL = {"model": "distmult", "dim": 8, "epochs": 2, "data": "five", "progress": False}


@pytest.fixture(scope="module")
def train(tmp_path_factory):
    return partial(train_link, data=small_data(tmp_path_factory.mktemp("five")))


def refuse(*_, **__):
    raise AssertionError("a run that is there was trained")


def test_a_run_that_is_there_is_read(train, tmp_path):
    recipe = build_link_recipe(None, SMALL)
    first = trained(tmp_path / "run", "link", recipe, train)
    elsewhere = build_link_recipe(None, {**SMALL, "device": "gpu", "progress": True})
    for asked in (recipe, elsewhere):
        again = trained(tmp_path / "run", "link", asked, refuse)
        assert torch.equal(again.model.store["entity"].weight, first.model.store["entity"].weight)


def test_a_run_that_was_stopped_before_its_first_epoch_ended_is_trained(train, tmp_path):
    recipe = build_link_recipe(None, SMALL)
    write_recipe(tmp_path / "run", "link", recipe, trained=False)
    system = trained(tmp_path / "run", "link", recipe, train)
    assert system.training["epochs"] == 2
    trained(tmp_path / "run", "link", recipe, refuse)


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"dim": 4}, "dim=8, but dim=4"), ({"epochs": 3}, "train.epochs=2, but train.epochs=3")],
)
def test_other_settings_are_refused_by_name(train, tmp_path, changes, named):
    trained(tmp_path / "run", "link", build_link_recipe(None, SMALL), train)
    with pytest.raises(InputError, match=f"was trained with {named} is asked for: name another"):
        trained(tmp_path / "run", "link", build_link_recipe(None, {**SMALL, **changes}), refuse)


def test_a_run_of_another_system_is_refused(train, tmp_path):
    recipe = build_link_recipe(None, SMALL)
    trained(tmp_path / "run", "link", recipe, train)
    with pytest.raises(InputError, match="holds a run of 'link'"):
        trained(tmp_path / "run", "lp-bert", recipe, refuse)
