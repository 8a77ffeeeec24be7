"""Entity documents for the NER of the bundled pipeline.

Five kinds are learnt: PERSON, ORGANIZATION, LOCATION, MISC and NORP. NORP holds the demonyms
("German"), which Re-DocRED marks as places, WikiGold as miscellaneous, and UNER leaves out; the
parser of graphkg reports them as LOCATION, as Re-DocRED does, and the figures on UNER leave them
out, as UNER does. No test part is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
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
from spacy_names import marked_names, public_names, swapped

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

DEMONYMS = frozenset(Path(__file__).with_name("demonyms.txt").read_text("utf-8").split())
HELD_OUT = 40
"""The last documents of Re-DocRED's train part choose the best step."""
COPIES = 2
SWAPPED_COPIES = 6
LOWER_CASE, UPPER_CASE = 0.05, 0.03
"""The shares of documents that are learnt in lower and in upper case too."""


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


def grouped(sentences: Iterator[Sentence], size: int) -> Iterator[list[Sentence]]:
    """Up to ``size`` consecutive sentences of one document."""
    held: list[Sentence] = []
    for sentence in sentences:
        if held and (len(held) == size or held[0].document != sentence.document):
            yield held
            held = []
        held.append(sentence)
    if held:
        yield held


def recased(sentence: Sentence, case: Callable[[str], str]) -> Sentence:
    """The sentence in lower or upper case."""
    return replace(sentence, words=[case(word) for word in sentence.words])


def train_docs(vocab: Vocab, data: Path) -> Iterator[Doc]:
    """All training documents: UNER and Re-DocRED twice, and six times with other names."""
    extra = data / "ner-extra"
    main = [
        *list(docred_sentences(data / "redocred" / "train.docs.jsonl.gz"))[:-HELD_OUT],
        *grouped(uner_sentences(data, "train"), 8),
        *grouped(uner_sentences(data, "dev"), 8),
    ]
    other = [
        *grouped(tagged_sentences(extra / "wikigold.jsonl.gz"), 4),
        *(
            group
            for part in ("train", "dev", "test")
            for group in grouped(tagged_sentences(extra / f"wnut17.{part}.jsonl.gz"), 4)
        ),
    ]
    chance = Random(13)
    marked = marked_names(main + other)
    public = public_names(data / "fewrel" / "train_wiki.lowercased.jsonl.gz")
    groups = main * COPIES + other
    for _ in range(SWAPPED_COPIES):
        groups += [[swapped(s, marked, public, chance) for s in group] for group in main]
    for share, case in ((LOWER_CASE, str.lower), (UPPER_CASE, str.upper)):
        sample = chance.sample(groups, int(share * len(groups)))
        groups += [[recased(sentence, case) for sentence in group] for group in sample]
    for group in groups:
        yield entity_doc(vocab, group)


def dev_docs(vocab: Vocab, data: Path) -> Iterator[Doc]:
    """The held-out documents of Re-DocRED; UNER dev is learnt from."""
    documents = list(docred_sentences(data / "redocred" / "train.docs.jsonl.gz"))[-HELD_OUT:]
    for sentences in documents:
        yield entity_doc(vocab, sentences)
