"""Entity documents for the NER of the bundled pipeline.

Five kinds are learnt: PERSON, ORGANIZATION, LOCATION, MISC and NORP. NORP holds the demonyms
("German"), which Re-DocRED marks as places, WikiGold as miscellaneous, and UNER leaves out; the
parser of graphkg reports them as LOCATION, as Re-DocRED does, and the figures on UNER leave them
out, as UNER does. No test part is read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from spacy_data import (
    KINDS,
    Sentence,
    Span,
    entity_doc,
    read_lines,
    read_treebank,
    spacing,
    spans_of,
)

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

DEMONYMS = frozenset(Path(__file__).with_name("demonyms.txt").read_text("utf-8").split())
HELD_OUT = 40
"""The last documents of Re-DocRED's train part choose the best step."""
DOCRED_COPIES = 2


def kind_of(words: list[str], kind: str, demonyms_from: set[str]) -> str:
    """NORP for a one-word demonym of certain kinds, else the kind itself."""
    demonym = len(words) == 1 and words[0].lower() in DEMONYMS
    return "NORP" if demonym and kind in demonyms_from else kind


def uner_sentences(data: Path, part: str) -> Iterator[Sentence]:
    """UNER, joined with the treebank for its white space; differing sentences are left out."""
    bank = data / "ud-english-ewt" / f"en_ewt-ud-{part}.conllu.gz"
    known = {sentence.key: sentence for sentence in read_treebank(bank)}
    for row in read_lines(data / "uner-english-ewt" / f"{part}.jsonl.gz"):
        sentence = known[row["sent_id"]]
        if sentence.words == row["tokens"]:
            words = sentence.words
            sentence.spans = [
                (start, end, kind_of(words[start:end], KINDS[kind], {"MISC"}))
                for start, end, kind in spans_of(row["ner_oth"])
            ]
            yield sentence


def tagged_sentences(path: Path) -> Iterator[Sentence]:
    """WikiGold or WNUT17: sentences of tokens with IOB2 tags."""
    for row in read_lines(path):
        words = row["tokens"]
        spans = [
            (start, end, kind_of(words[start:end], KINDS[kind], {"MISC", "LOCATION"}))
            for start, end, kind in spans_of(row["ner"])
        ]
        yield Sentence(words, spacing(words), spans=spans)


def docred_sentences(path: Path, values: bool = False) -> Iterator[list[Sentence]]:
    """Documents of Re-DocRED; of overlapping mentions the longer one stays.

    Args:
        path: the gzipped JSON lines.
        values: also its TIME and NUM mentions, as DATE and NUMBER.
    """
    kinds = KINDS | ({"TIME": "DATE", "NUM": "NUMBER"} if values else {})
    for row in read_lines(path):
        spans: list[list[Span]] = [[] for _ in row["sentences"]]
        mentions = [mention for entity in row["entities"] for mention in entity]
        mentions.sort(key=lambda mention: mention["start"] - mention["end"])
        for mention in mentions:
            held = spans[mention["sentence"]]
            start, end = mention["start"], mention["end"]
            free = all(end <= other[0] or start >= other[1] for other in held)
            if mention["kind"] in kinds and free:
                words = row["sentences"][mention["sentence"]][start:end]
                held.append((start, end, kind_of(words, kinds[mention["kind"]], {"LOCATION"})))
        yield [
            Sentence(words, spacing(words), spans=sorted(found), key=row["title"])
            for words, found in zip(row["sentences"], spans, strict=True)
        ]


def grouped(vocab: Vocab, sentences: Iterator[Sentence], size: int) -> Iterator[Doc]:
    """Docs of up to ``size`` sentences of one document."""
    held: list[Sentence] = []
    for sentence in sentences:
        if held and (len(held) == size or held[0].document != sentence.document):
            yield entity_doc(vocab, held)
            held = []
        held.append(sentence)
    if held:
        yield entity_doc(vocab, held)


def train_docs(vocab: Vocab, data: Path) -> Iterator[Doc]:
    """All training documents; Re-DocRED counts double, it is what relations are learnt on."""
    documents = list(docred_sentences(data / "redocred" / "train.docs.jsonl.gz"))[:-HELD_OUT]
    for sentences in documents:
        doc = entity_doc(vocab, sentences)
        for _ in range(DOCRED_COPIES):
            yield doc
    extra = data / "ner-extra"
    yield from grouped(vocab, uner_sentences(data, "train"), 8)
    yield from grouped(vocab, tagged_sentences(extra / "wikigold.jsonl.gz"), 4)
    yield from grouped(vocab, tagged_sentences(extra / "wnut17.train.jsonl.gz"), 1)


def dev_docs(vocab: Vocab, data: Path) -> Iterator[Doc]:
    """UNER dev and the held-out documents of Re-DocRED."""
    documents = list(docred_sentences(data / "redocred" / "train.docs.jsonl.gz"))[-HELD_OUT:]
    for sentences in documents:
        yield entity_doc(vocab, sentences)
    yield from grouped(vocab, uner_sentences(data, "dev"), 8)
