"""AliasLinker: mentions become entities by their names, without any model or download."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import torch

from ..errors import InputError
from ..graphs import KnowledgeGraph, SentenceGraph
from ..vocab import Vocabulary
from .demonyms import DEMONYMS
from .names import VALUES, acronym, initials, name_key, surface


@dataclass(frozen=True)
class Referent:
    """What a mention stands for once its document is read: a name and its kind."""

    name: str
    kind: str

    @property
    def key(self) -> str:
        """The spelling by which it is compared."""
        return name_key(self.name, self.kind)


@dataclass(frozen=True)
class Item:
    """A mention on its way to an entity."""

    text: str
    kind: str
    referent: Referent


class AliasLinker:
    """Resolves mentions to entities, document after document, the same way each time.

    A mention is read, in this order, as

    1. in its document: a shorter name of the one person or organisation named in full before it
       (``Curie`` after ``Marie Curie``, ``Enron`` after ``Enron Corporation``), or the acronym of
       the one name there with these initials (``WHO``);
    2. a known entity with this name, or the only known one with this alias;
    3. the acronym of a name in another document, or the place that a demonym belongs to
       (``French``, kind LOCATION, is France);
    4. an entity found before by name (see :func:`~graphkg.linking.names.name_key`), or a new one.
       Dates, numbers and other values are entities by their text.

    A name with several kinds is one entity of its most frequent kind; a kind stays apart only if
    it is frequent itself. Numbers of entities, once given, never change: link a run in one call
    or in several.

    Args:
        known: entities to resolve to first; their numbers stay as they are.
        demonyms: resolve demonyms to places.
        apart: so many mentions, and a fifth of all with that name, keep a second kind apart.

    Attributes:
        entities: the known and the new entities; aliases are the other surfaces met. A name that
            is taken gets its kind behind it: ``1984 (date)``.

    Example:
        >>> linker = AliasLinker()
        >>> sentence = SentenceGraph.build("Marie Curie and Curie".split(),
        ...     mentions=[(0, 2, "PERSON"), (3, 4, "PERSON")])
        >>> linker.link([sentence]), linker.entities.labels
        ([[0, 0]], ['Marie Curie'])
    """

    def __init__(
        self,
        known: Vocabulary | KnowledgeGraph | None = None,
        demonyms: bool = True,
        apart: int = 3,
    ):
        if isinstance(known, KnowledgeGraph):
            known = known.entities
        self.entities = copy.deepcopy(known) if known is not None else Vocabulary(name="entity")
        self.apart = apart
        self.demonyms = DEMONYMS if demonyms else {}
        self._kinds: list[Counter[str]] = [Counter() for _ in self.entities]
        self._known = _KnownNames(self.entities)
        self._found: dict[str, dict[str, int]] = {}  # slot -> kind -> entity
        self._acronyms: dict[str, dict[str, Referent]] = {}  # letters -> key -> name

    def link(self, sentences: Iterable[SentenceGraph]) -> list[list[int]]:
        """Returns, for each sentence, the entity of each of its mentions.

        Args:
            sentences: in reading order; those of a document, the key's part before the last
                ``#``, stand together.
        """
        read: list[list[Item]] = []
        for _, group in groupby(sentences, key=_document):
            read.extend(_resolve_within(list(group)))
        for item in (item for row in read for item in row):
            letters = acronym(item.text)
            if letters and item.referent.name != item.text:
                self._acronyms.setdefault(letters, {})[item.referent.key] = item.referent
        read = [[self._resolve_across(item) for item in row] for row in read]
        counts: dict[str, Counter[str]] = {}
        for item in (item for row in read for item in row):
            counts.setdefault(_slot(item.referent), Counter())[item.referent.kind] += 1
        return [[self._entity(item, counts[_slot(item.referent)]) for item in row] for row in read]

    def attach(
        self, sentences: Sequence[SentenceGraph], links: Sequence[Sequence[int]]
    ) -> list[SentenceGraph]:
        """Returns copies of the sentences whose mentions know their entities.

        Raises:
            InputError: another number of sentences or mentions than links.
        """
        if [len(s.labels.kinds) for s in sentences] != [len(row) for row in links]:
            raise InputError(
                f"links for {len(links)} sentences with {sum(map(len, links))} mentions were "
                f"given, but there are {len(sentences)} sentences with "
                f"{sum(len(s.labels.kinds) for s in sentences)}: give what link() returned"
            )
        found = []
        for sentence, row in zip(sentences, links):
            linked = copy.copy(sentence)
            linked["mention"].entity = torch.tensor(row, dtype=torch.long)
            found.append(linked)
        return found

    def kind(self, entity: int) -> str:
        """Returns the most frequent kind of an entity's mentions, ``""`` if it has none yet."""
        self.entities.label(entity)
        counts = self._kinds[entity]
        return min(counts, key=lambda kind: (-counts[kind], kind)) if counts else ""

    def _resolve_across(self, item: Item) -> Item:
        referent = item.referent
        if referent.kind in VALUES or self._known.find(referent) is not None:
            return item
        letters = acronym(referent.name) if referent.kind != "PERSON" else None
        spelt = self._acronyms.get(letters, {}) if letters else {}
        if len(spelt) == 1:
            return replace(item, referent=next(iter(spelt.values())))
        if referent.kind == "LOCATION" and referent.name in self.demonyms:
            return replace(item, referent=Referent(self.demonyms[referent.name], "LOCATION"))
        return item

    def _entity(self, item: Item, counts: Counter[str]) -> int:
        entity = self._known.find(item.referent)
        if entity is None:
            entity = self._find_or_add(item.referent, counts)
        self._kinds[entity][item.kind] += 1
        label, shown = self.entities.label(entity), surface(item.text)
        names = self.entities.aliases.get(label, [])
        if shown != label and shown not in names:
            self.entities.aliases[label] = [*names, shown]
        return entity

    def _find_or_add(self, referent: Referent, counts: Counter[str]) -> int:
        by_kind = self._found.setdefault(_slot(referent), {})
        kind = referent.kind
        if kind not in by_kind:
            main = min(counts, key=lambda k: (-counts[k], k))
            frequent = counts[kind] >= self.apart and 5 * counts[kind] >= sum(counts.values())
            if by_kind and not frequent:
                by_kind[kind] = by_kind.get(main, next(iter(by_kind.values())))
            elif frequent or kind == main:
                by_kind[kind] = self._add(referent, kind)
            else:
                by_kind[kind] = by_kind[main] = self._add(referent, main)
        return by_kind[kind]

    def _add(self, referent: Referent, kind: str) -> int:
        label, number = surface(referent.name), 2
        if label in self.entities:
            label = f"{label} ({kind.lower()})"
        base = label
        while label in self.entities:
            label, number = f"{base} {number}", number + 1
        self._kinds.append(Counter())
        return self.entities.add(label)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.entities)} entities)"


def _document(sentence: SentenceGraph) -> str:
    return sentence.key.rpartition("#")[0] or sentence.key


def _slot(referent: Referent) -> str:
    """Values and names never share an entity: the novel 1984 is not the year."""
    return f"{'value' if referent.kind in VALUES else 'name'} {referent.key}"


class _KnownNames:
    """The names and aliases of known entities; a name that fits several is of no use."""

    def __init__(self, known: Vocabulary):
        self.labels = {label: entity for entity, label in enumerate(known)}
        self.values: dict[str, set[int]] = {}
        self.levels: list[dict[str, set[int]]] = [{}, {}, {}, {}]
        names, aliases, bare_names, bare_aliases = self.levels
        for entity, label in enumerate(known):
            self.values.setdefault(name_key(label, "DATE"), set()).add(entity)
            for text, plain, bare in (
                (label, names, bare_names),
                *((alias, aliases, bare_aliases) for alias in known.aliases.get(label, ())),
            ):
                plain.setdefault(name_key(text), set()).add(entity)
                for kind in ("PERSON", "ORGANIZATION"):
                    bare.setdefault(f"{kind} {name_key(text, kind)}", set()).add(entity)

    def find(self, referent: Referent) -> int | None:
        """The entity so labelled, else the one with this name, this alias, or but for its title."""
        for text in (referent.name, surface(referent.name)):
            if text in self.labels:
                return self.labels[text]
        if referent.kind in VALUES:
            found = self.values.get(referent.key, set())
            return min(found) if len(found) == 1 else None
        plain = name_key(referent.name)
        bare = f"{referent.kind} {referent.key}"
        for level, key in zip(self.levels, (plain, plain, bare, bare)):
            found = level.get(key, set())
            if len(found) == 1:
                return min(found)
        return None


def _resolve_within(sentences: list[SentenceGraph]) -> Iterator[list[Item]]:
    """Resolves shorter names and acronyms inside of one document."""
    spelt: dict[str, dict[str, Referent]] = {}  # acronym -> key -> name
    for sentence in sentences:
        for mention in sentence.mentions:
            if mention.kind not in VALUES and mention.kind != "PERSON":
                referent = Referent(mention.text, mention.kind)
                for initial in initials(mention.text):
                    spelt.setdefault(initial, {}).setdefault(referent.key, referent)
    shorter: dict[str, dict[str, Referent]] = {}  # kind and part of a name -> key -> full name
    for sentence in sentences:
        row = []
        for mention in sentence.mentions:
            referent = Referent(mention.text, mention.kind)
            letters = None if mention.kind in (*VALUES, "PERSON") else acronym(mention.text)
            full = spelt.get(letters, {}) if letters is not None else {}
            if len(full) == 1:
                referent = next(iter(full.values()))
            elif mention.kind in ("PERSON", "ORGANIZATION"):
                referent = _in_full(referent, shorter)
            row.append(Item(mention.text, mention.kind, referent))
        yield row


def _in_full(referent: Referent, shorter: dict[str, dict[str, Referent]]) -> Referent:
    """The one name seen before that this one shortens; a name seen in full offers its parts.

    A person is called by the first or the last words of the name, an organisation by the first.
    """
    longer = shorter.get(f"{referent.kind} {referent.key}", {})
    if len(longer) == 1:
        return next(iter(longer.values()))
    words = referent.key.split()
    for cut in range(1, len(words)):
        for part in (words[:cut], words[cut:])[: 2 if referent.kind == "PERSON" else 1]:
            parts = shorter.setdefault(f"{referent.kind} {' '.join(part)}", {})
            parts.setdefault(referent.key, referent)
    return referent
