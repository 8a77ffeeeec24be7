"""SpacyParser: any spaCy pipeline as a parser; the bundled one by default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, MissingExtra
from ..vocab import Vocabularies
from .base import Parsed, Parser, Piece
from .fingerprint import checksum
from .kinds import kind_of
from .precision import restore_precision

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

BUNDLED = Path(__file__).parent / "bundled" / "en_graphkg"
IDLE = ("morphologizer", "trainable_lemmatizer")
"""Parts of the bundled pipeline that a sentence graph does not need."""

_SPACES = {code: " " for code in range(0x3001) if chr(code).isspace()}
_BRACKETS = {
    "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}",
    "``": '"', "''": '"',
}  # fmt: skip


class SpacyParser(Parser):
    """Parses with spaCy.

    Args:
        pipeline: nothing for the bundled English pipeline (see its MODEL_CARD.md), the name or the
            folder of an installed one, or a loaded one.
        ner: whether mentions are asked for; without them the pipeline needs no entity recogniser.
        kinds: how entity labels are called, ``{"NORP": "DEMONYM"}``; others as by :func:`kind_of`.
        batch_size: paragraphs that spaCy takes at once, and at most reads ahead.
        values: also mark dates, numbers and amounts by rule.
        vocabularies: where labels get their ids.

    Raises:
        InputError: there is no such pipeline, or it does not give heads, tags or entities.
        MissingExtra: spaCy is not installed.

    Example:
        >>> parser = SpacyParser()
        >>> sentence = next(parser.parse(["Marie Curie was born in Warsaw."]))
        >>> [(mention.text, mention.kind) for mention in sentence.mentions]
        [('Marie Curie', 'PERSON'), ('Warsaw', 'LOCATION')]
    """

    def __init__(
        self,
        pipeline: str | Path | Language | None = None,
        *,
        ner: bool = True,
        kinds: Mapping[str, str] | None = None,
        batch_size: int = 64,
        values: bool = True,
        vocabularies: Vocabularies | None = None,
    ):
        super().__init__(values, vocabularies)
        self.ner = ner
        self.kinds = dict(kinds or {})
        self._idle = IDLE if pipeline is None else ()
        self.batch_size = batch_size
        self._folder: Path | None = None
        if pipeline is None or isinstance(pipeline, (str, Path)):
            self.nlp = load_pipeline(BUNDLED if pipeline is None else pipeline)
            self._folder = self.nlp.path
        else:
            self.nlp = pipeline
        self.name = f"{self.nlp.meta.get('lang', '?')}_{self.nlp.meta.get('name', '?')}"
        self._check()

    @property
    def fingerprint(self) -> str:
        """A checksum of pipeline, settings and versions; empty for a pipeline given as object."""
        import spacy

        if self._folder is None:
            return ""
        settings = [self.name, self.ner, self.values, sorted(self.kinds.items()), self._idle]
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        return checksum([spacy.__version__, settings], files)

    def _check(self) -> None:
        """Raises unless the pipeline gives what a sentence graph needs."""
        probe = self.nlp("Anna lives in Berlin.")
        needs = [
            ("dependency heads", "a parser", probe.has_annotation("DEP")),
            ("tags", "a tagger", probe.has_annotation("TAG") or probe.has_annotation("POS")),
            ("entities", "an ner or ner=False", not self.ner or probe.has_annotation("ENT_IOB")),
        ]
        missing = [(what, remedy) for what, remedy, found in needs if not found]
        if missing:
            raise InputError(
                f"the spaCy pipeline {self.name!r} (components: {', '.join(self.nlp.pipe_names)}) "
                f"gives no {' and no '.join(what for what, _ in missing)}: give a pipeline with "
                f"{' and '.join(remedy for _, remedy in missing)}, or SpacyParser() for the bundled"
                " one"
            )

    def _parse_pieces(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, list[Parsed]]]:
        for doc, (piece, places) in self._pipe(self._prepared(piece) for piece in pieces):
            yield piece, [self._parsed(sent, piece.text, places) for sent in doc.sents]

    def _parse_lists(self, sentences: Iterator[list[str]]) -> Iterator[Parsed]:
        for doc, words in self._pipe(self._given(words) for words in sentences):
            starts = [0, *accumulate(len(word) + 1 for word in words)]
            yield self._parsed(doc[:], " ".join(words), starts[:-1], words)

    def _pipe(self, pairs: Iterator[tuple[Doc, Any]]) -> Iterator[tuple[Doc, Any]]:
        return self.nlp.pipe(pairs, as_tuples=True, batch_size=self.batch_size, disable=self._idle)

    def _prepared(self, piece: Piece) -> tuple[Doc, tuple[Piece, list[int]]]:
        """The tokens of a piece without those of white space, and where each begins."""
        from spacy.tokens import Doc

        doc = self.nlp.make_doc(piece.text.translate(_SPACES))
        kept = [token for token in doc if not token.is_space]
        places = [token.idx for token in kept]
        if len(kept) < len(doc):
            spaces = [
                bool(token.whitespace_) or (token.i + 1 < len(doc) and doc[token.i + 1].is_space)
                for token in kept
            ]
            doc = Doc(self.nlp.vocab, words=[token.text for token in kept], spaces=spaces)
        return doc, (piece, places)

    def _given(self, words: list[str]) -> tuple[Doc, list[str]]:
        """A document that is one sentence of these words."""
        from spacy.tokens import Doc

        starts = [position == 0 for position in range(len(words))]
        plain = [_BRACKETS.get(word, word) for word in words]
        return Doc(self.nlp.vocab, words=plain, sent_starts=starts), words

    def _parsed(
        self, sent: Span, text: str, places: list[int], words: list[str] | None = None
    ) -> Parsed:
        """Reads one sentence; `places` are the first characters of the document's tokens."""
        first, tokens = sent.start, list(sent)
        words = [token.text for token in tokens] if words is None else words
        begins = places[first : sent.end]
        chars = [(begin, begin + len(word)) for begin, word in zip(begins, words, strict=True)]
        heads, deprels = [], []
        for number, token in enumerate(tokens):
            head = token.head.i - first
            heads.append(0 if head == number else head + 1)
            deprels.append("root" if head == number else token.dep_)
        return Parsed(
            words=[text[begin:end] for begin, end in chars],
            chars=chars,
            heads=heads,
            deprels=deprels,
            pos=[token.tag_ or token.pos_ for token in tokens],
            mentions=[
                (ent.start - first, ent.end - first, self._kind(ent.label_)) for ent in sent.ents
            ]
            if self.ner
            else [],
        )

    def _kind(self, label: str) -> str:
        return self.kinds.get(label) or kind_of(label)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, values={self.values})"


def load_pipeline(source: str | Path) -> Language:
    """Loads a spaCy pipeline by name or folder, with numpy's matrix product (several times faster).

    Raises:
        InputError: there is none.
        MissingExtra: spaCy is not installed.
    """
    try:
        import spacy
        from thinc.api import NumpyOps, get_current_ops, set_current_ops
    except ImportError:
        raise MissingExtra("spacy", "spacy", "to parse with SpacyParser") from None
    before = get_current_ops()
    if type(before) is NumpyOps:
        set_current_ops(NumpyOps(use_blis=False))
    try:
        return restore_precision(spacy.load(source))
    except OSError as error:
        raise InputError(
            f"{str(source)!r} is no installed spaCy pipeline and no folder of one "
            f"({str(error).splitlines()[0]}): install it, give its folder, or use SpacyParser() "
            "for the bundled one"
        ) from None
    finally:
        set_current_ops(before)
