"""Entity examples on documents that the parser has tagged: NER reads its tags and relations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.training import Example


def write_tagged(nlp: Language, docs: Iterator[Doc], path: Path) -> None:
    """Writes gold documents, and beside them what the parser makes of their text.

    Args:
        nlp: tokenizer, tagger and parser.
        docs: documents with gold entities.
        path: a file; ``<stem>.parsed.spacy`` goes beside it.
    """
    from spacy.tokens import DocBin

    gold = list(docs)
    DocBin(docs=gold).to_disk(path)
    with nlp.select_pipes(disable=["morphologizer", "trainable_lemmatizer"]):
        parsed = nlp.pipe(doc.text for doc in gold)
        # no heads: an entity may cross what the parser takes for the end of a sentence
        DocBin(attrs=["TAG", "DEP"], docs=parsed).to_disk(path.with_suffix(".parsed.spacy"))


def tagged_corpus(path: str) -> Callable[[Language], Iterator[Example]]:
    """The reader ``graphkg.tagged_corpus.v1`` of what :func:`write_tagged` wrote."""

    def read(nlp: Language) -> Iterator[Example]:
        from spacy.tokens import DocBin
        from spacy.training import Example

        gold, parsed = (
            DocBin().from_disk(name).get_docs(nlp.vocab)
            for name in (path, Path(path).with_suffix(".parsed.spacy"))
        )
        for reference, predicted in zip(gold, parsed, strict=True):
            yield Example(predicted, reference)

    return read
