"""The files of a run folder: weights as safetensors, text beside them, checksums over both."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from torch import nn

from ..errors import InputError

WEIGHTS = "model.safetensors"
CHECKSUMS = "checksums.json"


@contextmanager
def new_folder(folder: str | Path, replace: bool = False) -> Iterator[Path]:
    """Gives a folder beside `folder` to write in, and renames it when the block ends well.

    Raises:
        InputError: `folder` exists, is not empty, and `replace` is not set.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file, but a folder is to be written there: name another")
    if folder.is_dir() and any(folder.iterdir()) and not replace:
        raise InputError(f"{folder} exists and is not empty: name another folder or remove it")
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        beside.chmod(0o755)
        yield beside
        if folder.is_dir():
            shutil.rmtree(folder)
        os.replace(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_weights(model: nn.Module, folder: Path, half: Collection[str] = ()) -> None:
    """Writes the model's state as ``model.safetensors``; the tensors named in `half` as float16."""
    from safetensors.torch import save_file

    state = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    for name in half:
        state[name] = state[name].half()
    save_file(state, folder / WEIGHTS)


def read_weights(model: nn.Module, folder: Path) -> None:
    """Loads ``model.safetensors`` into `model`; shapes and names must fit.

    Raises:
        InputError: a missing or damaged file, or weights of another model.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = folder / WEIGHTS
    if not path.is_file():
        raise InputError(f"{path} does not exist, but a model folder holds its weights there")
    try:
        state = load_file(path)
    except SafetensorError as error:
        raise InputError(f"{path} cannot be read ({error}): fetch or train it anew") from None
    own = model.state_dict()
    wrong = sorted(set(own) ^ set(state)) or sorted(
        name for name in own if own[name].shape != state[name].shape
    )
    if wrong:
        raise InputError(
            f"{path} does not fit the model that recipe.yaml describes (first at {wrong[0]!r}): "
            "the folder is incomplete or mixed from two runs"
        )
    model.load_state_dict({name: state[name].to(own[name].dtype) for name in own})


def weight_shapes(folder: Path) -> dict[str, list[int]]:
    """Returns the shape of every saved tensor without reading the weights."""
    from safetensors import SafetensorError, safe_open

    path = folder / WEIGHTS
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_slice(name).get_shape() for name in file.keys()}
    except (SafetensorError, OSError) as error:
        raise InputError(f"{path} cannot be read ({error}): fetch or train it anew") from None


def write_checksums(folder: Path, names: Collection[str]) -> None:
    """Writes the SHA-256 of the files `names` of `folder` into ``checksums.json``."""
    sums = {name: sha256(folder / name) for name in names}
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def check_checksums(folder: Path) -> None:
    """Raises an InputError unless every file of ``checksums.json`` is there, unchanged."""
    path = folder / CHECKSUMS
    if not path.is_file():
        raise InputError(f"{path} does not exist, so {folder} is no complete model folder")
    for name, expected in json.loads(path.read_text(encoding="utf-8")).items():
        if not (folder / name).is_file():
            raise InputError(f"{folder / name} is missing: the folder is incomplete")
        if sha256(folder / name) != expected:
            raise InputError(f"{folder / name} is not the file that was saved: its SHA-256 differs")


def sha256(path: Path) -> str:
    """Returns the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
