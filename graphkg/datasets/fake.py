"""Invented sentences with their trees, and the knowledge graph they state: trains in seconds."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product

from ..graphs import KnowledgeGraph, SentenceGraph
from ..vocab import Vocabularies

FIRST = "Ada Bruno Clara Dario Elif Farid Greta Hugo Ines Jonas Karin Leo".split()
LAST = "Amsel Brandt Costa Duval Ekman Fabri Gomez Holm Ivers Jansen Kovac Lund".split()
PLACE = "Altdorf Brenna Corvo Dunmore Elmira Fenwick Garda Halden Istra Jura Kelso Lorne".split()
FIRM = "Acme Borealis Cobalt Deltron Equinox Fathom Granite Helios Iridium Juno".split()
FORM = "Works Labs Press".split()

# relation, subject's kind, object's kind, and sentences: "word:head:deprel:pos", where {s} and {o}
# are the last words of subject and object, and heads count the words of the sentence from 1.
PATTERNS = {
    ("place of birth", "PERSON", "LOCATION"): (
        "{s}:3:nsubj:PROPN was:3:aux:AUX born:0:root:VERB in:5:case:ADP {o}:3:obl:PROPN"
        " .:3:punct:PUNCT",
        "Born:7:advcl:VERB in:3:case:ADP {o}:1:obl:PROPN ,:7:punct:PUNCT {s}:7:nsubj:PROPN"
        " later:7:advmod:ADV moved:0:root:VERB abroad:7:advmod:ADV .:7:punct:PUNCT",
    ),
    ("employer", "PERSON", "ORGANIZATION"): (
        "{s}:2:nsubj:PROPN works:0:root:VERB for:4:case:ADP {o}:2:obl:PROPN .:2:punct:PUNCT",
        "{o}:2:nsubj:PROPN hired:0:root:VERB {s}:2:obj:PROPN last:5:amod:ADJ"
        " year:2:obl:NOUN .:2:punct:PUNCT",
    ),
    ("spouse", "PERSON", "PERSON"): (
        "{s}:2:nsubj:PROPN married:0:root:VERB {o}:2:obj:PROPN in:5:case:ADP"
        " spring:2:obl:NOUN .:2:punct:PUNCT",
        "{s}:5:nsubj:PROPN is:5:cop:AUX the:5:det:DET happy:5:amod:ADJ husband:0:root:NOUN"
        " of:7:case:ADP {o}:5:nmod:PROPN .:5:punct:PUNCT",
    ),
    ("headquarters location", "ORGANIZATION", "LOCATION"): (
        "{s}:3:nsubj:PROPN is:3:aux:AUX based:0:root:VERB in:5:case:ADP {o}:3:obl:PROPN"
        " .:3:punct:PUNCT",
        "{s}:2:nsubj:PROPN has:0:root:VERB its:5:nmod:PRON main:5:amod:ADJ office:2:obj:NOUN"
        " in:7:case:ADP {o}:5:nmod:PROPN .:2:punct:PUNCT",
    ),
    ("founded by", "ORGANIZATION", "PERSON"): (
        "{o}:2:nsubj:PROPN founded:0:root:VERB {s}:2:obj:PROPN .:2:punct:PUNCT",
        "{s}:3:nsubj:PROPN was:3:aux:AUX started:0:root:VERB by:5:case:ADP"
        " {o}:3:obl:PROPN .:3:punct:PUNCT",
    ),
    ("no_relation", "PERSON", "LOCATION"): (
        "{s}:2:nsubj:PROPN dislikes:0:root:VERB {o}:2:obj:PROPN .:2:punct:PUNCT",
        "{s}:2:nsubj:PROPN read:0:root:VERB about:4:case:ADP {o}:2:obl:PROPN .:2:punct:PUNCT",
    ),
    ("no_relation", "PERSON", "ORGANIZATION"): (
        "{s}:2:nsubj:PROPN criticised:0:root:VERB {o}:2:obj:PROPN .:2:punct:PUNCT",
    ),
}


@dataclass(frozen=True)
class _Fact:
    subject: str
    relation: str
    object: str
    pattern: tuple[str, str, str]


class Fake:
    """Invented sentences, each with one pair, and the graph that they state.

    Six labels (five relations and ``no_relation``), kinds PERSON, ORGANIZATION and LOCATION,
    names of one or two words. Words tell the relation, so that a small model learns it in
    seconds; a fact of the test part is never a fact of the training part.

    Args:
        sentences: how many in all: 60 % train, 20 % valid, 20 % test.
        seed: the same seed gives the same sentences on every machine.

    Attributes:
        train, valid, test: lists of :class:`~graphkg.graphs.SentenceGraph`, encoded.
        graph: the facts of all sentences as a :class:`~graphkg.graphs.KnowledgeGraph`; the
            mentions' ``entity`` are its entities.
        vocabularies: words and labels of the training part.
    """

    def __init__(self, sentences: int = 200, seed: int = 0):
        generator = random.Random(seed)
        facts = _facts(sentences, generator)
        stated = [(f.subject, f.relation, f.object) for f in facts if f.relation != "no_relation"]
        named = dict.fromkeys(name for fact in facts for name in (fact.subject, fact.object))
        relations = list(dict.fromkeys(r for r, _, _ in PATTERNS if r != "no_relation"))
        self.graph = KnowledgeGraph.from_triples(stated, entities=named, relations=relations)
        graphs = [self._sentence(i, fact, generator) for i, fact in enumerate(facts)]
        first, second = int(sentences * 0.6), int(sentences * 0.8)
        self.vocabularies = _vocabularies(graphs[:first])
        graphs = [graph.encode(self.vocabularies) for graph in graphs]
        self.train, self.valid, self.test = graphs[:first], graphs[first:second], graphs[second:]

    def _sentence(self, number: int, fact: _Fact, generator: random.Random) -> SentenceGraph:
        template = generator.choice(PATTERNS[fact.pattern])
        slots = {"{s}": fact.subject.split(" "), "{o}": fact.object.split(" ")}
        kinds = dict(zip(slots, fact.pattern[1:]))
        items = [item.rsplit(":", 3) for item in template.split(" ")]
        ends, position = [], 0  # of each item: the 1-based place of its last word
        for word, *_ in items:
            position += len(slots.get(word, [word]))
            ends.append(position)
        words, heads, deprels, pos, ner, spans = [], [], [], [], [], {}
        for end, (word, head, deprel, tag) in zip(ends, items):
            parts = slots.get(word, [word])
            words += parts
            heads += [end] * (len(parts) - 1) + [ends[int(head) - 1] if int(head) else 0]
            deprels += ["compound"] * (len(parts) - 1) + [deprel]
            pos += [tag] * len(parts)
            ner += [kinds.get(word, "O")] * len(parts)
            if word in slots:
                spans[word] = (end - len(parts), end, kinds[word])
        return SentenceGraph.build(
            words,
            heads,
            deprels,
            pos,
            ner,
            mentions=[spans["{s}"], spans["{o}"]],
            pairs=[(0, 1, fact.relation)],
            entities=self.graph.entities.ids([fact.subject, fact.object]),
            key=f"fake#{number}",
        )

    def __repr__(self) -> str:
        sizes = f"{len(self.train)} + {len(self.valid)} + {len(self.test)} sentences"
        return f"Fake({sizes}, {self.graph})"


def _facts(count: int, generator: random.Random) -> list[_Fact]:
    """Draws distinct facts, the labels in turn; after all combinations they repeat."""
    names = {
        "PERSON": [" ".join(pair) for pair in zip(FIRST, LAST)],
        "LOCATION": PLACE,
        "ORGANIZATION": [f"{firm} {FORM[i % 3]}" for i, firm in enumerate(FIRM)],
    }
    piles = []
    for pattern in PATTERNS:
        relation, subject, object_ = pattern
        pairs = [(s, o) for s, o in product(names[subject], names[object_]) if s != o]
        generator.shuffle(pairs)
        piles.append([_Fact(s, relation, o, pattern) for s, o in pairs])
    facts = [piles[i % len(piles)][i // len(piles) % 100] for i in range(count)]
    generator.shuffle(facts)
    return facts


def _vocabularies(graphs: list[SentenceGraph]) -> Vocabularies:
    found = Vocabularies()
    for graph in graphs:
        labels = graph.labels
        columns = {
            "word": labels.words,
            "pos": labels.pos,
            "ner": labels.ner,
            "deprel": labels.deprels,
            "kind": labels.kinds,
        }
        for name, values in columns.items():
            for value in values:
                getattr(found, name).add(value)
    for relation, _, _ in (("no_relation", "", ""), *PATTERNS):
        found.relation.add(relation)
    return found
