"""StanzaParser: any installed Stanza pipeline as a parser; never the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, MissingExtra
from ..vocab import Vocabularies
from .base import Parsed, Parser, Piece
from .fingerprint import checksum
from .kinds import kind_of

if TYPE_CHECKING:
    from stanza import Document, Pipeline

GIVEN = frozenset({"tokenize", "mwt"})
"""Processors that words given by the user do not pass."""


class StanzaParser(Parser):
    """Parses with Stanza.

    Args:
        pipeline: the folder of Stanza's resources (it holds ``resources.json``), or a
            ``stanza.Pipeline``.
        language: which language of the folder.
        package: which package of the language.
        ner: whether mentions are asked for; without them the pipeline needs no entity recogniser.
        kinds: how entity labels are called; others as by :func:`kind_of`.
        batch_size: paragraphs that Stanza takes at once, and at most reads ahead.
        values: also mark dates, numbers and amounts by rule.
        vocabularies: where labels get their ids.
        options: more options of ``stanza.Pipeline``, as ``tokenize_model_path``.

    Raises:
        InputError: there is no such pipeline, or it does not give heads, tags or entities.
        MissingExtra: Stanza is not installed.
    """

    def __init__(
        self,
        pipeline: str | Path | Pipeline,
        language: str = "en",
        package: str | None = "default",
        *,
        ner: bool = True,
        kinds: Mapping[str, str] | None = None,
        batch_size: int = 32,
        values: bool = True,
        vocabularies: Vocabularies | None = None,
        **options: Any,
    ):
        super().__init__(values, vocabularies)
        self.ner = ner
        self.kinds = dict(kinds or {})
        self.batch_size = batch_size
        self._named = isinstance(pipeline, (str, Path))
        if isinstance(pipeline, (str, Path)):
            self.nlp = load_pipeline(Path(pipeline), language, package, ner, options)
        else:
            self.nlp = pipeline
        self._check()

    @property
    def fingerprint(self) -> str:
        """A checksum of models, settings and versions; empty for a pipeline given as object."""
        import stanza

        if not self._named:
            return ""
        settings = [list(self.nlp.processors), self.ner, self.values, sorted(self.kinds.items())]
        named = [x for v in self.nlp.config.values() for x in (v if isinstance(v, list) else [v])]
        files = [Path(x) for x in named if isinstance(x, (str, Path)) and Path(x).is_file()]
        return checksum([stanza.__version__, settings], files)

    def _check(self) -> None:
        """Raises unless the pipeline has the processors that a sentence graph needs."""
        needed = {"tokenize": "words", "pos": "tags", "depparse": "dependency heads"}
        if self.ner:
            needed["ner"] = "entities"
        missing = [name for name in needed if name not in self.nlp.processors]
        if missing:
            raise InputError(
                f"the Stanza pipeline (processors: {', '.join(self.nlp.processors)}) gives no "
                f"{' and no '.join(needed[name] for name in missing)}: add "
                f"{' and '.join(missing)} to its processors"
                + (", or give ner=False" if "ner" in missing else "")
            )

    def _parse_pieces(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, list[Parsed]]]:
        while batch := list(islice(pieces, self.batch_size)):
            docs = iter(self.nlp.bulk_process([p.text for p in batch if p.text.strip()]))
            for piece in batch:
                yield piece, self._parsed(next(docs), piece.text) if piece.text.strip() else []

    def _parse_lists(self, sentences: Iterator[list[str]]) -> Iterator[Parsed]:
        from stanza import Document

        steps = [name for name in self.nlp.processors if name not in GIVEN]
        while batch := list(islice(sentences, self.batch_size)):
            rows = [[_row(*pair) for pair in enumerate(words)] for words in batch]
            text = "\n".join(" ".join(words) for words in batch)
            doc = self.nlp.process(Document(rows, text=text), processors=steps)
            for words, parsed in zip(batch, self._parsed(doc, text), strict=True):
                starts = accumulate((len(word) + 1 for word in words), initial=0)
                parsed.words = words
                parsed.chars = [(begin, begin + len(x)) for begin, x in zip(starts, words)]
                yield parsed

    def _parsed(self, doc: Document, text: str) -> list[Parsed]:
        """Reads the sentences of a document.

        Words are taken from the text, since Stanza writes other white space as spaces. A word of a
        multi-word token that is not written there ("du" = "de" + "le") has the token's place.
        """
        found = []
        for sentence in doc.sentences:
            words, chars = [], []
            for token in sentence.tokens:
                for word in token.words:
                    own = word.start_char is not None
                    source = word if own else token
                    place = (source.start_char, source.end_char)
                    words.append(text[slice(*place)] if own else word.text)
                    chars.append(place)
            found.append(
                Parsed(
                    words=words,
                    chars=chars,
                    heads=[word.head for word in sentence.words],
                    deprels=[word.deprel for word in sentence.words],
                    pos=[word.xpos or word.upos for word in sentence.words],
                    mentions=self._mentions(sentence) if self.ner else [],
                )
            )
        return found

    def _mentions(self, sentence: Any) -> list[tuple[int, int, str]]:
        """Entities as half-open spans of words."""
        spans = []
        for entity in sentence.ents:
            own = [word.id for token in entity.tokens for word in token.words]
            kind = self.kinds.get(entity.type) or kind_of(entity.type)
            spans.append((own[0] - 1, own[-1], kind))
        return spans

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.nlp.processors)}, values={self.values})"


def load_pipeline(
    folder: Path, language: str, package: str | None, ner: bool, options: Mapping[str, Any]
) -> Pipeline:
    """Loads a Stanza pipeline from a folder.

    Raises:
        InputError: there is none.
        MissingExtra: Stanza is not installed.
    """
    try:
        import stanza
    except ImportError:
        raise MissingExtra("stanza", "stanza", "to parse with StanzaParser") from None
    if not (folder / "resources.json").is_file():
        raise InputError(
            f"{str(folder)!r} holds no resources.json, but a folder of Stanza's resources does: "
            "give the folder that stanza.download was told, or a stanza.Pipeline"
        )
    steps = "tokenize,mwt,pos,lemma,depparse" + ",ner" * ner
    settings: dict[str, Any] = {"processors": steps, "use_gpu": False, "verbose": False, **options}
    try:
        return stanza.Pipeline(
            language, dir=str(folder), package=package, download_method=None, **settings
        )
    except Exception as error:  # stanza raises many kinds, some bare
        raise InputError(
            f"Stanza cannot load {settings['processors']!r} of language {language!r}, package "
            f"{package!r} from {str(folder)!r}: {type(error).__name__}: "
            f"{' '.join(str(error).split())}"
        ) from error


def _row(position: int, word: str) -> dict[str, Any]:
    return {"id": (position + 1,), "text": word}
