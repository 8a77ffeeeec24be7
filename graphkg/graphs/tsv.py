"""Lines of triples, plain or gzip, with the number of the line in every complaint."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from ..errors import InputError

COLUMNS = ("head", "relation", "tail")


def read_triples(path: Path) -> tuple[list[list[str]], list[int]]:
    """Reads ``head<TAB>relation<TAB>tail`` lines; returns the rows and their line numbers."""
    rows, lines = [], []
    for number, line in enumerate(_text(path).split("\n"), start=1):
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


def _text(path: Path) -> str:
    """The text of a UTF-8 file, unpacked if its name ends in ``.gz``; LF line ends."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise InputError(f"{path} is no file: give a file of triples") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path} is not UTF-8 (byte {error.start}) in line {line}: convert it"
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} cannot be read ({error}): copy it anew") from None
    return text.replace("\r\n", "\n")
