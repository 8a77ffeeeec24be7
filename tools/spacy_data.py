"""Conversion of the treebank and of the entity corpora to spaCy's training documents."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

SHA256 = {
    "ud-english-ewt/en_ewt-ud-dev.conllu.gz":
        "24656b4a407808e7b9e42959b2e39e18ae5580bfbf3b27938d6873dabaed8845",
    "ud-english-ewt/en_ewt-ud-test.conllu.gz":
        "0506bfdbccef68634d5429369e67a7d4418b2340bd2b2ddcfca8373514af83bc",
    "ud-english-ewt/en_ewt-ud-train.conllu.gz":
        "4861d76b9c49cb3524dfdf7d02e78c1d6a4c4e6fb892f9e6128cc671a6f195a8",
    "uner-english-ewt/dev.jsonl.gz":
        "03f7cdf3098b6df81f1e54309e8f5f902a878f5f6e9806cbd675bc3aa64c85d2",
    "uner-english-ewt/test.jsonl.gz":
        "51498df769c0995286960232039206274612bacf8c79703d10b81138cb31564e",
    "uner-english-ewt/train.jsonl.gz":
        "ab8fb21061f6d29d541e809568914f4d18348cfa99f9814982bc83b55b59901b",
    "ner-extra/wikigold.jsonl.gz":
        "f9aeb07eb355e0351e797fe0d9486b29c49c8a1487427e5bf90f09ab5e9de757",
    "ner-extra/wnut17.dev.jsonl.gz":
        "f6b076b64354010fef660b028d57354349d79222c8cc0069c2165b89b7b5a42b",
    "ner-extra/wnut17.test.jsonl.gz":
        "99fe3de9f9dff53ad7f78e71c00402b23049e8f4b361d09155ec128e1d35ca23",
    "ner-extra/wnut17.train.jsonl.gz":
        "6432299e9d224254c098f4c69204bcd1dcdfd62d572bdfeda31c89d4a869c018",
    "redocred/test.docs.jsonl.gz":
        "433de8df759da84fe1f9df89dffa879269c2cde60d6310430445a5fea153ef8e",
    "redocred/train.docs.jsonl.gz":
        "c81444cf27bac347a1f9e28687a82be148dd549f648888d6e8409bd3013a62ac",
    "fewrel/train_wiki.lowercased.jsonl.gz":
        "9606e82c162549f298b94f7ec7427c394fe286b9b876eb8c01b4d168f3d2d81a",
    "glove-100d/vectors.npz":
        "b5fe5d00b115eb0db71c980d34855d505c5d8885c867b2b301b1217ebff7b314",
    "glove-100d/vocab.txt.gz":
        "bae350fe791da8a73ee7cbb3ed761d0d47305e36c30c18f2bd25bd865d4f9dd6",
}  # fmt: skip

KINDS = {
    "PER": "PERSON", "ORG": "ORGANIZATION", "LOC": "LOCATION", "MISC": "MISC", "OTH": "MISC",
    "person": "PERSON", "location": "LOCATION", "corporation": "ORGANIZATION",
    "group": "ORGANIZATION", "product": "MISC", "creative-work": "MISC",
}  # fmt: skip

Span = tuple[int, int, str]


@dataclass
class Sentence:
    """One sentence of a corpus; ``spaces[i]`` says whether white space follows word i."""

    words: list[str]
    spaces: list[bool]
    rows: list[list[str]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    document: str = ""
    key: str = ""
    opens: bool = False
    """Whether a paragraph begins here."""

    @property
    def text(self) -> str:
        """The sentence as written, with the white space that follows it."""
        pairs = zip(self.words, self.spaces, strict=True)
        return "".join(word + " " * after for word, after in pairs)


def check_inputs(data: Path) -> None:
    """Compares every input with its known SHA-256.

    Args:
        data: The folder that holds ``ud-english-ewt`` and the others.

    Raises:
        SystemExit: A file is missing or differs.
    """
    for name, expected in SHA256.items():
        path = data / name
        if not path.is_file():
            raise SystemExit(f"{path} is missing: give the folder that holds {name}.")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != expected:
            raise SystemExit(
                f"{path} has SHA-256 {found}, expected {expected}: the figures of the card would "
                "not hold, fetch the version that the data README names."
            )


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a gzipped JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_treebank(path: Path) -> Iterator[Sentence]:
    """Sentences of a gzipped CoNLL-U file: syntactic words, no space inside a multi-word token."""
    sentence, document, inside, spaced = Sentence([], []), "", 0, True
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("# newdoc id = "):
                document = line.split(" = ", 1)[1]
            elif line.startswith("# newpar"):
                sentence.opens = True
            elif line.startswith("# sent_id = "):
                sentence.key = line.split(" = ", 1)[1]
            elif not line:
                if sentence.words:
                    sentence.document = document
                    yield sentence
                sentence, inside = Sentence([], []), 0
            elif not line.startswith("#"):
                row = line.split("\t")
                if "-" in row[0]:
                    inside = int(row[0].split("-")[1])
                    spaced = "SpaceAfter=No" not in row[9]
                elif "." not in row[0]:
                    number = int(row[0])
                    after = "SpaceAfter=No" not in row[9]
                    if number <= inside:
                        after = spaced and number == inside
                    sentence.words.append(row[1])
                    sentence.spaces.append(after)
                    sentence.rows.append(row)


def treebank_docs(vocab: Vocab, path: Path, size: int = 8) -> Iterator[Doc]:
    """Docs of ``size`` consecutive sentences of one document, with all annotation."""
    held: list[Sentence] = []
    for sentence in read_treebank(path):
        if held and (len(held) == size or held[0].document != sentence.document):
            yield treebank_doc(vocab, held)
            held = []
        held.append(sentence)
    if held:
        yield treebank_doc(vocab, held)


def treebank_doc(vocab: Vocab, sentences: list[Sentence]) -> Doc:
    """One Doc of several treebank sentences."""
    from spacy.tokens import Doc

    rows = [row for sentence in sentences for row in sentence.rows]
    heads: list[int] = []
    for sentence in sentences:
        start = len(heads)
        heads += [
            start + (position if row[6] == "0" else int(row[6]) - 1)
            for position, row in enumerate(sentence.rows)
        ]
    return Doc(
        vocab,
        words=[row[1] for row in rows],
        spaces=[after for sentence in sentences for after in sentence.spaces],
        tags=[row[4] for row in rows],
        pos=[row[3] for row in rows],
        morphs=["" if row[5] == "_" else row[5] for row in rows],
        lemmas=[row[2] for row in rows],
        heads=heads,
        deps=["ROOT" if row[7] == "root" else row[7] for row in rows],
    )


def entity_doc(vocab: Vocab, sentences: Iterable[Sentence]) -> Doc:
    """One Doc of several sentences with entities (every token is annotated)."""
    from spacy.tokens import Doc

    words: list[str] = []
    spaces: list[bool] = []
    tags: list[str] = []
    starts: list[bool] = []
    for sentence in sentences:
        row = ["O"] * len(sentence.words)
        for start, end, kind in sentence.spans:
            row[start:end] = [f"I-{kind}"] * (end - start)
            row[start] = f"B-{kind}"
        words += sentence.words
        spaces += sentence.spaces
        tags += row
        starts += [position == 0 for position in range(len(row))]
    return Doc(vocab, words=words, spaces=spaces, ents=tags, sent_starts=starts)


def spans_of(tags: list[str]) -> list[Span]:
    """Half-open spans of IOB2 tags, with the corpus' own kinds."""
    spans: list[Span] = []
    for position, tag in enumerate(tags):
        if tag.startswith("I-") and spans and spans[-1][1:] == (position, tag[2:]):
            spans[-1] = (spans[-1][0], position + 1, tag[2:])
        elif tag != "O":
            spans.append((position, position + 1, tag[2:]))
    return spans


def spacing(words: list[str]) -> list[bool]:
    """Guesses the white space of tokenised prose: ``it 's ( 1,5 % )`` becomes ``it's (1,5%)``.

    Example:
        >>> spacing(["Oscar", "-", "nominated", "(", "1948", ")", "."])
        [False, False, True, False, False, False, True]
    """
    spaces = [True] * len(words)
    open_quote = False
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else ""
        before = words[i - 1] if i else ""
        if word == '"':
            open_quote = not open_quote
            if open_quote:
                spaces[i] = False
            elif i:
                spaces[i - 1] = False
        elif word in {"(", "[", "{", "$", "£", "€", "“", "‘", "#", "``"}:
            spaces[i] = False
        elif word == "-" and before[-1:].isalnum() and following[:1].isalnum():
            spaces[i - 1] = spaces[i] = False
        elif word in {"–", "/"} and before[-1:].isdigit() and following[:1].isdigit():
            spaces[i - 1] = spaces[i] = False
        elif word == "/" and before[-1:].isalpha() and following[:1].isalpha():
            spaces[i - 1] = spaces[i] = False
        if following in {",", ".", ";", ":", "!", "?", ")", "]", "}", "%", "”", "’", "''", "..."}:
            spaces[i] = False
        elif following.startswith(("'", "’")) and following.lower()[1:] in CLITICS:
            spaces[i] = False
        elif following.lower() in {"n't", "n’t"}:
            spaces[i] = False
    return spaces


CLITICS = {"", "s", "re", "ve", "ll", "d", "m"}
