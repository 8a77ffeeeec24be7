"""Lines of triples, with the number of the line in every complaint."""

from __future__ import annotations

from pathlib import Path

from ..errors import InputError

COLUMNS = ("head", "relation", "tail")


def read_triples(path: Path) -> tuple[list[list[str]], list[int]]:
    """Reads ``head<TAB>relation<TAB>tail`` lines; returns the rows and their line numbers."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise InputError(f"{path} is no file: give a file of triples") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}): convert it") from None
    rows, lines = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line:
            continue
        columns = line.split("\t")
        if len(columns) != len(COLUMNS):
            raise InputError(
                f"{path}:{number}: {len(columns)} columns, but a triple has 3: "
                "head, relation and tail with a tab between them"
            )
        if "" in columns:
            empty = COLUMNS[columns.index("")]
            raise InputError(f"{path}:{number}: the {empty} is empty: give all three a label")
        rows.append(columns)
        lines.append(number)
    return rows, lines
