"""The data sets of relation extraction, brought to one form: parsed, tagged, split, with pairs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from ..datasets.documents import NO_RELATION, Document, ReDocRED
from ..datasets.fewshot import FewRel
from ..datasets.kbp37 import KBP37
from ..datasets.relation_files import RelationFolder
from ..datasets.relation_rows import UNKNOWN_TAG
from ..datasets.relations import SemEval, held_out
from ..datasets.tacred import TACRED, ReTACRED
from ..errors import InputError, nearest
from ..graphs import SentenceGraph
from ..parsing.base import Parser
from ..vocab import Vocabulary
from .relation_parses import (
    TypeSource,
    attach_parse,
    completed,
    parsed,
    tagged,
    with_constant_kinds,
)

Metric = Literal["semeval", "kbp37", "tacred", "pairs"]
Kinds = Literal["given", "ner", "constant"]


@dataclass(frozen=True)
class RelationData:
    """Sentences with trees, tags, mentions and labelled pairs, in three splits.

    Attributes:
        name: of the data set.
        train, valid, test: the sentences.
        relations: the labels in the order of their ids.
        negative: the label that stands for no relation, if there is one.
        metric: ``semeval`` (official macro F1), ``kbp37`` (the same with its labels), ``tacred``
            or ``pairs`` (micro F1 without the negative label, of one or of several labels a pair).
        kinds: where the kinds of mentions come from: the data, the head word's tag, or nowhere.
    """

    name: str
    train: list[SentenceGraph]
    valid: list[SentenceGraph]
    test: list[SentenceGraph]
    relations: Vocabulary
    negative: str | None
    metric: Metric
    kinds: Kinds = "given"

    def protocol(self) -> dict[str, Any]:
        """What a number on these data travels with."""
        sizes = {name: len(getattr(self, name)) for name in ("train", "valid", "test")}
        return {
            "data": self.name,
            "sentences": sizes,
            "metric": self.metric,
            "kinds": self.kinds,
        }


def read_semeval(path: str | Path | None, parser: Parser, seed: int | None = None) -> RelationData:
    """SemEval-2010 Task 8: given trees, our tags; a mention's kind is the tag of its head word."""
    source = SemEval(path)
    train, valid = held_out(source.train, 800, seed)
    relations = Vocabulary(source.labels, name="relation")
    train, valid, test = (tagged(part, parser) for part in (train, valid, source.test))
    return RelationData("semeval", train, valid, test, relations, None, "semeval", "ner")


def read_kbp37(path: str | Path | None, parser: Parser, seed: int | None = None) -> RelationData:
    """KBP37: our trees and tags; a mention's kind is the tag of its head word."""
    source = KBP37(path)
    relations = Vocabulary(source.labels, name="relation")
    given = (source.train, source.valid, source.test)
    train, valid, test = (parsed(part, parser) for part in given)
    return RelationData("kbp37", train, valid, test, relations, NO_RELATION, "kbp37", "ner")


def read_tacred(path: str | Path | None, parser: Parser, seed: int | None = None) -> RelationData:
    """TACRED as it stands; what its rows lack is parsed."""
    return _of_folder("tacred", TACRED(path), parser)


def read_retacred(path: str | Path | None, parser: Parser, seed: int | None = None) -> RelationData:
    """Re-TACRED, or TACRED with its patch."""
    return _of_folder("retacred", ReTACRED(path), parser)


def read_folder(path: str | Path, parser: Parser) -> RelationData:
    """A folder of rows, see :class:`~graphkg.datasets.RelationFolder`; what they lack is parsed."""
    source = RelationFolder(path)
    return _of_folder(source.folder.resolve().name, source, parser)


def _of_folder(name: str, source: RelationFolder, parser: Parser) -> RelationData:
    relations = Vocabulary(source.labels, name="relation")
    given = (source.train, source.valid, source.test)
    kinds: Kinds = "ner" if any(UNKNOWN_TAG in g.labels.kinds for g in source.train) else "given"
    train, valid, test = (completed(part, parser) for part in given)
    return RelationData(name, train, valid, test, relations, source.negative, "tacred", kinds)


def read_redocred(path: str | Path | None, parser: Parser, seed: int | None = None) -> RelationData:
    """Re-DocRED: every ordered pair of mentions in a sentence; 60 training documents validate."""
    source = ReDocRED(path)
    order = list(range(len(source.train)))
    random.Random(seed or 0).shuffle(order)
    held = set(order[:60])

    def sentences(documents: Iterable[Document]) -> list[SentenceGraph]:
        found = [g for document in documents for g in document.sentences if g.pairs]
        return attach_parse(found, parser)

    train = sentences(d for n, d in enumerate(source.train) if n not in held)
    valid = sentences(d for n, d in enumerate(source.train) if n in held)
    test = sentences(source.test)
    return RelationData("redocred", train, valid, test, source.relations, NO_RELATION, "pairs")


def read_fewrel(path: str | Path | None, parser: Parser, seed: int | None = None) -> RelationData:
    """FewRel's 16 validation relations as supervised data: 500 / 100 / 100 sentences a relation."""
    source = FewRel(path).val
    by_label = {
        label: [source[number] for number in numbers]
        for label, numbers in source.by_relation.items()
    }
    generator = random.Random(seed or 0)
    parts: list[list[SentenceGraph]] = [[], [], []]
    for graphs in by_label.values():
        generator.shuffle(graphs)
        for part, (start, end) in zip(parts, ((0, 500), (500, 600), (600, 700))):
            part += graphs[start:end]
    train, valid, test = (parsed(part, parser) for part in parts)
    relations = Vocabulary(sorted(by_label), name="relation")
    return RelationData("fewrel", train, valid, test, relations, None, "pairs", "ner")


Reader = Callable[[str | Path | None, Parser, int | None], RelationData]
READERS: dict[str, Reader] = {
    "fewrel": read_fewrel,
    "kbp37": read_kbp37,
    "redocred": read_redocred,
    "retacred": read_retacred,
    "semeval": read_semeval,
    "tacred": read_tacred,
}


def read_relation_data(
    name: str,
    path: str | Path | None,
    parser: Parser,
    seed: int | None = None,
    type_source: TypeSource = "ner",
) -> RelationData:
    """Reads a data set by its name in :data:`READERS`, or a folder of relations.

    Args:
        name: of the data set, or the path of a folder.
        path: where the data set lies; by default below ``$GRAPHKG_DATA``. For a folder, where it
            lies now.
        parser: for what the data lack.
        seed: of the validation split, where the data have none.
        type_source: where the kinds of mentions come from that the data do not give: ``ner`` = the
            tag of the head word; ``constant`` = every mention, given or not, is an ``ENTITY``.

    Raises:
        InputError: an unknown name, or data that are missing or malformed.
    """
    if type_source not in get_args(TypeSource):
        known = ", ".join(get_args(TypeSource))
        raise InputError(f"type_source {type_source!r} is not one of {known}")
    if name in READERS:
        data = READERS[name](path, parser, seed)
    elif Path(name).is_dir() or (path is not None and len(Path(name).parts) > 1):
        data = read_folder(name if path is None else path, parser)
    else:
        raise InputError(
            f"data set {name!r} is not one of {', '.join(READERS)}, and no folder of relations"
            f"{nearest(name, list(READERS))}"
        )
    if type_source == "ner":
        return data
    train, valid, test = (with_constant_kinds(part) for part in (data.train, data.valid, data.test))
    return replace(data, train=train, valid=valid, test=test, kinds="constant")
