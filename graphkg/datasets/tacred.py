"""TACRED and Re-TACRED, from the user's own copy: graphkg has no sentence of them."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path

from ..errors import DataWarning, InputError
from .base import find_file, locate, read_text
from .json_rows import read_rows
from .relation_files import PARTS, RelationFolder

REPLACED = (
    "org:city_of_headquarters",
    "org:country_of_headquarters",
    "org:parents",
    "org:stateorprovince_of_headquarters",
    "org:subsidiaries",
    "per:alternate_names",
)
"""Labels of TACRED that Re-TACRED does not have."""


class TACRED(RelationFolder):
    """TACRED (Zhang et al., 2017; LDC2018T24): 68,124 + 22,631 + 15,509 sentences, 42 labels.

    With the patch of Re-TACRED (Stoica et al., 2021): 58,465 + 19,584 + 13,418 sentences, 40
    labels. Spans are inclusive in the files and half-open in the graphs; trees, tags and kinds are
    those of the files. The graph's `key` is the example's id.

    Args:
        path: the folder with ``train.json``, ``dev.json`` and ``test.json`` (one array each) or
            the same rows as ``.jsonl``, also ``.gz``; by default ``$GRAPHKG_DATA/tacred``.
        patch: the folder with ``train_id2label.json``, ``dev_id2label.json`` and
            ``test_id2label.json``: examples get the label of their id, others are left out.

    Raises:
        InputError: missing or malformed files, with the place.
    """

    def __init__(self, path: str | Path | None = None, patch: str | Path | None = None):
        super().__init__(locate("tacred", path))
        self.patch = None if patch is None else locate("retacred", patch)

    def _new_labels(self, part: str, path: Path) -> Mapping[str, str] | None:
        if self.patch is None:
            return None
        source = find_file(self.patch, *patch_names(part))
        labels = read_patch(source)
        ids = {str(row.get("id")) for _, row in read_rows(path)}
        absent = [label for label in labels if label not in ids]
        if absent and len(absent) < len(labels):
            what = f"{source}: {len(absent)} of {len(labels)} ids (such as {absent[0]!r}) are not"
            warnings.warn(f"{what} in {path.name}", DataWarning, stacklevel=2)
        elif absent:
            raise InputError(
                f"{source}: none of its {len(labels)} ids is in {path}: give the patch of this part"
            )
        return labels


class ReTACRED(TACRED):
    """Re-TACRED in one folder: its own files, or those of TACRED beside the patch.

    Args:
        path: the folder; by default ``$GRAPHKG_DATA/retacred``.

    Raises:
        InputError: as for TACRED, and TACRED's labels without a patch.
    """

    def __init__(self, path: str | Path | None = None):
        folder = locate("retacred", path)
        names = [name + end for name in patch_names("train") for end in ("", ".gz")]
        patched = any((folder / name).is_file() for name in names)
        super().__init__(folder, folder if patched else None)

    @property
    def labels(self) -> list[str]:
        """The relations of the training sentences by name, ``no_relation`` first."""
        found = super().labels
        old = [label for label in found if label in REPLACED]
        if old and self.patch is None:
            raise InputError(
                f"{self.folder} has the relation {old[0]!r}, which is TACRED's and not "
                "Re-TACRED's: put train_id2label.json, dev_id2label.json and test_id2label.json "
                "of Re-TACRED beside the files, or read them as tacred"
            )
        return found


def patch_names(part: str) -> list[str]:
    """Returns the names that a part's file of Re-TACRED's patch may have."""
    return [f"{stem}_id2label.json" for stem in PARTS[part]]


def read_patch(path: Path) -> dict[str, str]:
    """Reads the patch of one part: id -> label.

    Raises:
        InputError: a file that is not one JSON object of labels.
    """
    try:
        labels = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: not JSON ({error.msg})") from None
    if not isinstance(labels, dict) or not all(isinstance(x, str) and x for x in labels.values()):
        raise InputError(f"{path}: expected one JSON object with a label for each id")
    return labels
