"""A trained text model over five entities, and what else its tests begin from."""

from __future__ import annotations

import pytest
from pieces import tiny_encoder_folder
from text_graphs import small_data

from graphkg.recipes.link import build_link_recipe
from graphkg.recipes.link_system import LinkSystem
from graphkg.recipes.mtl_kgc import build_mtl_kgc_recipe
from graphkg.recipes.mtl_kgc_training import train_mtl_kgc


@pytest.fixture(scope="session")
def five(tmp_path_factory):
    """The data of ``text_graphs.py``."""
    return small_data(tmp_path_factory.mktemp("five"))


@pytest.fixture(scope="session")
def mtl_recipe(tmp_path_factory):
    """Settings that train in a second."""
    encoder = tiny_encoder_folder(tmp_path_factory.mktemp("encoder"), initializer_range=0.4)
    small = {"encoder": encoder, "max_length": 24, "num_negatives": 2, "data": "five", "rate": 1e-3}
    small |= {"batch_size": 4, "epochs": 2, "progress": False, "device": "cpu"}
    return build_mtl_kgc_recipe(None, small)


@pytest.fixture(scope="session")
def mtl_run(mtl_recipe, five, tmp_path_factory):
    """A trained system and its folder."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    return train_mtl_kgc(mtl_recipe, folder, data=five), folder


@pytest.fixture
def links(five):
    """An untrained link predictor over the same graph."""
    recipe = build_link_recipe(None, {"model": "distmult", "dim": 8, "data": "five"})
    system = LinkSystem.build(recipe, five)
    system.name = "links"
    return system
