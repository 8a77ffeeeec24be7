"""What every test may use: real data, a tiny trained system, a sampler, a hypothesis profile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from hypothesis import settings
from torch_geometric.sampler import BaseSampler, HeteroSamplerOutput

# The same examples every time, so that a change is judged by itself; with the option
# --hypothesis-profile=anew others are drawn.
settings.register_profile("anew", deadline=None, max_examples=50, print_blob=True)
settings.register_profile("graphkg", settings.get_profile("anew"), derandomize=True)
settings.load_profile("graphkg")

# The tensors of tests are tiny: a second thread costs more than it brings.
torch.set_num_threads(1)

EDGE = ("entity", "rel", "entity")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real data sets, named by the variable GRAPHKG_DATA."""
    named = os.environ.get("GRAPHKG_DATA")
    if not named:
        pytest.skip("real data is needed: set GRAPHKG_DATA to the folder that holds it")
    folder = Path(named)
    assert folder.is_dir(), f"GRAPHKG_DATA is {named}, which is no folder"
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """A cache of parses for the tests alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAPHKG_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


class IncomingEdges(BaseSampler):
    """Every edge into the seeds: the smallest sampler that a NodeLoader takes."""

    def __init__(self, kg):
        self.index, self.num = kg[EDGE].edge_index, kg["entity"].num_nodes

    def sample_from_nodes(self, index, **kwargs):
        edges = torch.isin(self.index[1], index.node).nonzero().view(-1)
        heads, tails = self.index[:, edges]
        nodes = torch.cat([index.node, heads[~torch.isin(heads, index.node)].unique()])
        local = torch.zeros(self.num, dtype=torch.long)
        local[nodes] = torch.arange(nodes.numel())
        return HeteroSamplerOutput(
            node={"entity": nodes},
            row={EDGE: local[heads]},
            col={EDGE: local[tails]},
            edge={EDGE: edges},
            batch=None,
            metadata=(index.input_id, index.time),
        )

    def sample_from_edges(self, *args, **kwargs):
        raise NotImplementedError

    @property
    def edge_permutation(self):
        return None


@pytest.fixture
def incoming():
    """A class of sampler: ``NodeLoader(kg, incoming(kg), input_nodes=("entity", seeds))``."""
    return IncomingEdges


SMALL = {
    "data": "fake",
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
    "epochs": 25,
    "input_dropout": 0.1,
    "lstm_dropout": 0.1,
    "gcn_dropout": 0.1,
    "pooling_l2": 0.0,
    "batch_size": 8,
    "progress": False,
    "device": "cpu",
    "typed": True,
}


@pytest.fixture(scope="session", name="data")
def fake_data():
    """Invented sentences with one pair each, as the data of a recipe."""
    from graphkg.datasets.fake import Fake
    from graphkg.recipes.relation_data import RelationData

    fake = Fake(160)
    relations = fake.vocabularies.relation
    return RelationData(
        "fake", fake.train, fake.valid, fake.test, relations, "no_relation", "pairs"
    )


@pytest.fixture(scope="session", name="settings")
def small_settings():
    """Settings of a system that learns the invented sentences in seconds."""
    return dict(SMALL)


@pytest.fixture(scope="session", name="run")
def tiny_run(data, settings, tmp_path_factory):
    """A system trained on the invented sentences, and its run folder."""
    from graphkg.recipes.jrrelp import build_recipe
    from graphkg.recipes.relation_training import train_jrrelp

    folder = tmp_path_factory.mktemp("runs") / "fake"
    return train_jrrelp(build_recipe(None, settings), folder, data=data), folder


@pytest.fixture(scope="session", name="qidn_run")
def tiny_qidn_run(tmp_path_factory):
    """A QIDN that knows four sentences by heart, its run folder, and their data."""
    from qidn_runs import SMALL, write_encoder, write_set

    from graphkg.recipes.qidn import build_qidn_recipe
    from graphkg.recipes.qidn_training import read_qidn_data, train_qidn

    root = tmp_path_factory.mktemp("qidn")
    given = {"encoder": write_encoder(root / "tiny"), "data": str(write_set(root / "four"))}
    recipe = build_qidn_recipe(None, {**SMALL, **given})
    data = read_qidn_data(recipe)
    return train_qidn(recipe, root / "runs" / "four", data=data), root / "runs" / "four", data
