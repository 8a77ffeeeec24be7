"""A tiny trained system on invented sentences, shared by the tests of recipes."""

from __future__ import annotations

import pytest

from graphkg.datasets.fake import Fake
from graphkg.recipes.jrrelp import build_recipe
from graphkg.recipes.relation_data import RelationData
from graphkg.recipes.relation_training import train_jrrelp

SMALL = {
    "vectors": False,
    "word_dim": 20,
    "pos_dim": 5,
    "ner_dim": 5,
    "hidden": 20,
    "relation_dim": 20,
    "conve_channels": 4,
    "relation_loss": "threshold",
    "optimizer": "adam",
    "rate": 0.01,
    "epochs": 18,
    "input_dropout": 0.1,
    "lstm_dropout": 0.1,
    "gcn_dropout": 0.1,
    "pooling_l2": 0.0,
    "batch_size": 8,
    "progress": False,
    "device": "cpu",
    "typed": True,
}


@pytest.fixture(scope="session")
def data():
    fake = Fake(160)
    relations = fake.vocabularies.relation
    return RelationData(
        "fake", fake.train, fake.valid, fake.test, relations, "no_relation", "pairs"
    )


@pytest.fixture(scope="session")
def settings():
    return dict(SMALL)


@pytest.fixture(scope="session")
def run(data, settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "fake"
    return train_jrrelp(build_recipe(None, settings), folder, data=data), folder
