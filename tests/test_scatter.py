"""torch-scatter is a speed-up: with it and without it, results agree."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest
import torch

PROGRAM = """
import sys
if sys.argv[1] == "without":
    sys.modules["torch_scatter"] = None  # an import of it fails from here on
import torch
from torch_geometric import typing
assert typing.WITH_TORCH_SCATTER == (sys.argv[1] == "with")
from graphkg.link import GAT
from graphkg.nn import TreeGCN
from graphkg.nn.pooling import pool

torch.manual_seed(0)
edges, types = torch.randint(30, (2, 200)), torch.randint(5, (200,))
x = torch.randn(30, 16, requires_grad=True)
found = [GAT(16, 16, layers=2, heads=4, dropout=0.0)(x, torch.randn(5, 16), edges, types)]
found.append(TreeGCN(16, 16)(x, edges))
group = torch.randint(7, (30,)).sort().values
found += [pool(x, group, 8, how) for how in ("max", "avg", "sum")]
sum(y.square().sum() for y in found).backward()
torch.save([y.detach() for y in found] + [x.grad], sys.argv[2])
"""


@pytest.mark.skipif(
    importlib.util.find_spec("torch_scatter") is None,
    reason="torch-scatter is not installed: pip install torch-scatter --no-build-isolation",
)
def test_with_and_without_torch_scatter_results_agree(tmp_path):
    found = {}
    for how in ("with", "without"):
        path = tmp_path / f"{how}.pt"
        subprocess.run([sys.executable, "-c", PROGRAM, how, str(path)], check=True)
        found[how] = torch.load(path, weights_only=True)
    for one, other in zip(found["with"], found["without"], strict=True):
        torch.testing.assert_close(one, other)
