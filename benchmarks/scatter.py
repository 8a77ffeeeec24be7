"""What torch-scatter brings: message passing and pooling with it and without it.

    python benchmarks/scatter.py [--device cpu]

Each side runs in a process of its own, one of them with the import of torch-scatter blocked;
without torch-scatter installed (``pip install torch-scatter --no-build-isolation``) only that one
runs. A graph of FB15k-237's size (14,541 entities, 544,230 edges), width 100; the median of some
repeats, forward and backward together, one thread.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

ENTITIES, EDGES, RELATIONS, WIDTH = 14_541, 544_230, 474, 100


def measure(device: str, repeats: int) -> dict[str, float]:
    """Milliseconds of each case, in this process."""
    import torch

    from graphkg.link import GAT
    from graphkg.nn import TreeGCN
    from graphkg.nn.pooling import pool

    torch.set_num_threads(1)
    torch.manual_seed(0)
    x = torch.randn(ENTITIES, WIDTH, device=device, requires_grad=True)
    relations = torch.randn(RELATIONS, WIDTH, device=device)
    edges = torch.rand(2, EDGES).square().mul(ENTITIES).long().to(device)
    types = torch.randint(RELATIONS, (EDGES,), device=device)
    group = torch.arange(ENTITIES, device=device) // 30
    gat, gcn = (
        GAT(WIDTH, WIDTH, layers=1, heads=4, dropout=0.0).to(device),
        TreeGCN(WIDTH, WIDTH).to(device),
    )
    cases: dict[str, Callable[[], torch.Tensor]] = {
        "GAT, 1 layer": lambda: gat(x, relations, edges, types),
        "TreeGCN": lambda: gcn(x, edges),
        "max pooling of sentences": lambda: pool(x, group, int(group[-1]) + 1, "max"),
        "mean pooling of sentences": lambda: pool(x, group, int(group[-1]) + 1, "avg"),
    }
    return {name: timed(run, device, repeats) for name, run in cases.items()}


def timed(run: Callable[..., object], device: str, repeats: int) -> float:
    """Median milliseconds of forward and backward."""
    import torch

    found = []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        run().sum().backward()  # type: ignore[attr-defined]
        if device != "cpu":
            torch.cuda.synchronize()
        found.append(1000 * (time.perf_counter() - started))
    return statistics.median(found[1:])


def run_apart(how: str, device: str, repeats: int) -> dict[str, float]:
    """The same in a new process, with or without torch-scatter."""
    command = [sys.executable, __file__, "--side", how, "--device", device]
    done = subprocess.run(
        [*command, "--repeats", str(repeats)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--side", choices=("with", "without"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        if options.side == "without":
            sys.modules["torch_scatter"] = None  # type: ignore[assignment]
        print(json.dumps(measure(options.device, options.repeats)))
        return
    without = run_apart("without", options.device, options.repeats)
    there = importlib.util.find_spec("torch_scatter") is not None
    with_it = run_apart("with", options.device, options.repeats) if there else {}
    if not there:
        print("torch-scatter is not installed: pip install torch-scatter --no-build-isolation")
    print(f"{'milliseconds':28s}{'without':>10s}{'with':>10s}{'ratio':>8s}")
    for name, slow in without.items():
        fast = with_it.get(name)
        more = f"{fast:10.1f}{slow / fast:8.2f}" if fast else f"{'-':>10s}{'-':>8s}"
        print(f"{name:28s}{slow:10.1f}{more}")


if __name__ == "__main__":
    main()
