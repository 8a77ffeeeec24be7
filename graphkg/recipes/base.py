"""What every recipe shares: settings as text, a run folder, and load() for all systems.

A run folder holds ``recipe.yaml`` (settings, data, result), ``model.safetensors``,
``vocabularies/`` and ``checksums.json``; also ``checkpoints/`` and ``log.jsonl`` where it was
trained.
"""

from __future__ import annotations

import importlib
import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import InputError, nearest
from ..training import Settings, TrainSettings
from ..training.saving import CHECKSUMS, check_checksums, new_folder, sha256
from ..version import FORMAT, __version__

if TYPE_CHECKING:
    from typing_extensions import Self

SettingsType = TypeVar("SettingsType", bound=Settings)
RECIPE = "recipe.yaml"
BUNDLED = Path(__file__).parent / "bundled"
DEFAULT = "jrrelp-redocred-en"
SYSTEMS = {
    "combined": "graphkg.recipes.combined_system:CombinedSystem",
    "jaket": "graphkg.recipes.jaket_system:JAKETSystem",
    "jaket-entity-classification": (
        "graphkg.recipes.jaket_classification_system:EntityClassificationSystem"
    ),
    "jaket-fewrel": "graphkg.recipes.jaket_fewrel_system:FewRelSystem",
    "jaket-metaqa": "graphkg.recipes.jaket_metaqa_system:MetaQASystem",
    "jrrelp": "graphkg.recipes.relation_system:RelationSystem",
    "link": "graphkg.recipes.link_system:LinkSystem",
    "lp-bert": "graphkg.recipes.lp_bert_system:LPBERTSystem",
    "mtl-kgc": "graphkg.recipes.mtl_kgc_system:MTLKGCSystem",
    "qidn": "graphkg.recipes.qidn_system:QIDNSystem",
}


class System(ABC):
    """A trained method in use: a model with what it needs to read data, and its settings.

    Attributes:
        training: what the training came to, see :meth:`~graphkg.training.FitResult.summary`.
        fingerprint: tells saved systems of one name apart; empty if it was not loaded.
    """

    training: dict[str, Any]
    fingerprint: str

    @abstractmethod
    def write(self, folder: Path) -> None:
        """Writes weights, what belongs to them, checksums and, last, the recipe."""

    @classmethod
    @abstractmethod
    def rebuild(cls, folder: Path, recipe: dict[str, Any]) -> Self:
        """Builds the system that :meth:`write` wrote; the checksums are right."""

    @classmethod
    def read(cls, folder: Path, recipe: dict[str, Any]) -> Self:
        """Builds the system from a folder whose recipe was read already.

        Raises:
            InputError: a file that is missing or was changed.
        """
        check_checksums(folder)
        system = cls.rebuild(folder, recipe)
        system.training = recipe["training"]
        system.fingerprint = sha256(folder / CHECKSUMS)
        return system

    def save_pretrained(self, folder: str | Path) -> None:
        """Writes the system into a new folder that :func:`load` reads."""
        with new_folder(folder) as beside:
            self.write(beside)

    @classmethod
    def from_pretrained(cls, folder: str | Path = "default") -> Self:
        """Loads a run folder, a bundled model or ``hub:owner/name``, see :func:`load`.

        Raises:
            InputError: a folder of another kind of system, or what :func:`load` refuses.
        """
        system = load(folder)
        if not isinstance(system, cls):
            raise InputError(
                f"{folder} holds a {type(system).__name__}, but {cls.__name__} was asked for: "
                "take graphkg.load()"
            )
        return system


def load(folder: str | Path = "default") -> Any:
    """Loads a saved system.

    Args:
        folder: a run folder; ``"default"`` or another bundled name; or ``hub:owner/name``, which
            is the only form that ever goes to the network.

    Raises:
        InputError: no such folder, a folder of another version of graphkg, or a damaged one.
    """
    path = find_folder(str(folder))
    recipe = read_recipe(path)
    if not recipe.get("trained"):
        raise InputError(f"{path} holds a training that has not ended: go on with --resume")
    module, _, name = SYSTEMS[recipe["system"]].partition(":")
    system = getattr(importlib.import_module(module), name)
    return system.read(path, recipe)


def load_extractor(folder: str | Path = "default") -> Any:
    """Loads a saved system that finds triples in sentences, see :func:`load`.

    Raises:
        InputError: a system that does not, as one that ranks links.
    """
    system = load(folder)
    if not hasattr(system, "extract"):
        raise InputError(
            f"{folder} holds a {type(system).__name__}, which finds no triples in texts: give a "
            "run of jrrelp or qidn"
        )
    return system


def evaluate(system: Any, data: Any) -> Any:
    """Scores a system on labelled data; the result carries its protocol.

    Args:
        system: what :func:`load` or a training gave.
        data: what the system is scored on, as labelled sentence graphs for relation extraction.
    """
    return system.evaluate(data)


def save(system: System, folder: str | Path) -> None:
    """Saves a system into a new folder that :func:`load` reads."""
    system.save_pretrained(folder)


def find_folder(name: str) -> Path:
    """Returns the folder that `name` stands for, see :func:`load`."""
    if name.startswith("hub:"):
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(name.removeprefix("hub:")))
    bundled = BUNDLED / (DEFAULT if name == "default" else name)
    if Path(name).is_dir():
        return Path(name)
    if name == Path(name).name and bundled.is_dir():
        return bundled
    known = sorted(path.name for path in BUNDLED.glob("*") if path.is_dir())
    raise InputError(
        f"model {name!r} is neither a folder nor bundled (default, {', '.join(known)})"
        f"{nearest(name, known)}: give the folder of a training run"
    )


def read_recipe(folder: Path) -> dict[str, Any]:
    """Reads and checks the ``recipe.yaml`` of a folder.

    Raises:
        InputError: it is missing, is not YAML, or was written by another version.
    """
    import yaml

    path = folder / RECIPE
    if not path.is_file():
        raise InputError(f"{path} does not exist, so {folder} is no model folder of graphkg")
    try:
        recipe = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = getattr(error, "problem_mark", None)
        line = f":{place.line + 1}" if place else ""
        raise InputError(f"{path}{line}: not YAML: restore the file from the run") from None
    if not isinstance(recipe, dict) or "format" not in recipe or "system" not in recipe:
        raise InputError(f"{path} has no format and system, so it is no recipe of graphkg")
    if recipe["format"] != FORMAT:
        raise InputError(
            f"{path} is of model format {recipe['format']} (graphkg {recipe.get('graphkg')}), but "
            f"graphkg {__version__} reads format {FORMAT}: train it anew or install that version"
        )
    if recipe["system"] not in SYSTEMS:
        raise InputError(
            f"{path} is of the system {recipe['system']!r}, but graphkg {__version__} knows "
            f"{', '.join(SYSTEMS)}"
        )
    return recipe


def settings_of(
    kind: type[Settings],
    where: str,
    presets: dict[str, dict[str, Any]],
    preset: str | None,
    changes: dict[str, Any] | None,
) -> Any:
    """Returns the settings of a preset with some of them changed.

    Args:
        kind: the settings' class; its field ``train`` has the training settings.
        where: what messages call the settings.
        presets: values by the name of the preset.
        preset: a name among `presets`; ``None`` = the defaults of `kind`.
        changes: values by key; a key of the training settings may stand alone or as
            ``train.<key>``.

    Raises:
        InputError: an unknown preset or key, or a value that does not fit.
    """
    if preset is not None and preset not in presets:
        raise InputError(
            f"preset {preset!r} is not one of {', '.join(presets)}{nearest(preset, list(presets))}"
        )
    values = dict(presets[preset]) if preset else {}
    train = {**kind.model_fields["train"].default.model_dump(), **values.pop("train", {})}
    for key, value in (changes or {}).items():
        name = key.removeprefix("train.")
        if name in TrainSettings.model_fields:
            train[name] = value
        else:
            values[key] = value
    checked = TrainSettings.parse(train, "training settings")
    return kind.parse({**values, "train": checked}, where)


def check_new_run(folder: Path) -> None:
    """Raises an InputError unless a training can begin in `folder`."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} exists and is not empty: name another folder, or use --resume")


def run_settings(folder: str | Path, system: str, kind: type[Settings]) -> Any:
    """Returns the settings that a run of a system was (or is being) trained with.

    Raises:
        InputError: no run folder, or one of another system.
    """
    found = read_recipe(Path(folder))
    if found["system"] != system:
        raise InputError(
            f"{folder} holds a run of {found['system']!r}, but this training goes on with one of "
            f"{system}: name that folder"
        )
    return kind.parse(found["settings"], f"{folder}/{RECIPE}")


def begin_run(
    folder: str | Path, system: str, recipe: SettingsType, resume: bool
) -> tuple[Path, SettingsType]:
    """Returns the folder and the settings that a training begins, or goes on, with.

    Args:
        folder: the run folder.
        system: the name of the system.
        recipe: the settings of a new run; one that is resumed has its own.
        resume: go on with a training that was stopped.

    Raises:
        InputError: a folder that holds something already, or nothing to resume.
    """
    folder = Path(folder)
    if resume:
        return folder, run_settings(folder, system, type(recipe))
    check_new_run(folder)
    return folder, recipe


def write_recipe(folder: Path, system: str, settings: Settings, **more: Any) -> None:
    """Writes ``recipe.yaml``: version, format, system, settings, and what `more` names."""
    import yaml

    head = {"graphkg": __version__, "format": FORMAT, "system": system}
    whole = {**head, **more, "settings": settings.model_dump(mode="json")}
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"{RECIPE}.part"
    beside.write_text(yaml.safe_dump(whole, sort_keys=False, allow_unicode=True), encoding="utf-8")
    os.replace(beside, folder / RECIPE)
