"""Mentions become entities: by name, within a document, across documents, to known entities."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from graphkg.datasets import Corpus, Fake
from graphkg.errors import InputError
from graphkg.graphs import KnowledgeGraph, SentenceGraph
from graphkg.linking import AliasLinker
from graphkg.linking.names import acronym, initials, name_key, surface
from graphkg.vocab import Vocabulary


def sentence(key, *mentions):
    """A sentence that is nothing but its mentions: ``("Marie Curie", "PERSON")``."""
    words, spans = [], []
    for text, kind in mentions:
        parts = text.split(" ")
        spans.append((len(words), len(words) + len(parts), kind))
        words += parts
    return SentenceGraph.build(words, mentions=spans, key=key)


def names(linker, sentences):
    return [[linker.entities.label(i) for i in row] for row in linker.link(sentences)]


MARIE, PIERRE = ("Marie Curie", "PERSON"), ("Pierre Curie", "PERSON")
CURIE = ("Curie", "PERSON")


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("the World Bank's", "World bank", "ORGANIZATION"),
        ("Siemens AG", "Siemens", "ORGANIZATION"),
        ("U.S.", "US", "LOCATION"),
        ("Dr. Marie Curie", "Marie Curie", "PERSON"),
        ("ﬁne Café", "FINE café", "MISC"),
        ("Jean-Luc Godard’s", "Jean Luc Godard", "PERSON"),
    ],
)
def test_spellings_of_one_name_have_one_key(one, other, kind):
    assert name_key(one, kind) == name_key(other, kind)


def test_different_names_have_different_keys():
    assert name_key("1.5", "NUMBER") != name_key("15", "NUMBER")
    assert name_key("Dr", "PERSON") == "dr" and name_key("Inc", "ORGANIZATION") == "inc"
    assert name_key("...") == "..." and name_key("The") == "the"
    assert surface("the James' ") == "James" and surface("the ") == "the"


def test_acronyms_agree_with_initials():
    assert acronym("W.H.O.") == acronym("WHO") == "who" and acronym("Who") is None
    assert initials("World Health Organization") == {"who"}
    assert "mit" in initials("Massachusetts Institute of Technology")
    assert initials("Google") == set()


def test_a_shorter_name_is_the_one_person_named_in_full_before():
    document = [sentence("a#0", MARIE, ("Warsaw", "LOCATION")), sentence("a#1", CURIE)]
    linker = AliasLinker()
    assert names(linker, document) == [["Marie Curie", "Warsaw"], ["Marie Curie"]]
    assert linker.entities.aliases == {"Marie Curie": ["Curie"]}


def test_a_shorter_name_of_two_persons_is_neither():
    document = [sentence("a#0", MARIE, CURIE, PIERRE, CURIE)]
    assert names(AliasLinker(), document) == [
        ["Marie Curie", "Marie Curie", "Pierre Curie", "Curie"]
    ]


def test_an_organisation_is_called_by_the_first_words_of_its_name():
    full, first, last = "Westfield Power Group", "Westfield", "Power Group"
    row = sentence("a#0", *((text, "ORGANIZATION") for text in (full, first, last)))
    assert names(AliasLinker(), [row]) == [[full, full, last]]


def test_shorter_names_do_not_cross_documents():
    assert names(AliasLinker(), [sentence("a#0", MARIE), sentence("b#0", CURIE)]) == [
        ["Marie Curie"], ["Curie"]
    ]  # fmt: skip


def test_an_acronym_is_the_name_with_its_initials_in_every_document():
    who, full = ("WHO", "ORGANIZATION"), ("World Health Organization", "ORGANIZATION")
    sentences = [sentence("a#0", who), sentence("b#0", full, ("W.H.O.", "MISC"))]
    linker = AliasLinker()
    assert names(linker, sentences) == [
        ["World Health Organization"], ["World Health Organization"] * 2
    ]  # fmt: skip
    assert linker.entities.aliases["World Health Organization"] == ["WHO", "W.H.O."]
    assert names(AliasLinker(), [sentence("a#0", who, ("World Trade Fair", "ORGANIZATION"))]) == [
        ["WHO", "World Trade Fair"]
    ]


def test_demonyms_are_their_places():
    row = sentence("a#0", ("French", "LOCATION"), ("France", "LOCATION"), ("French", "MISC"))
    assert names(AliasLinker(), [row]) == [["France", "France", "French"]]
    assert names(AliasLinker(demonyms=False), [row])[0][0] == "French"


def test_values_are_entities_by_their_text():
    year = ("1984", "DATE")
    row = sentence("a#0", year, ("1984", "MISC"), ("1.5", "NUMBER"), ("15", "NUMBER"), year)
    assert names(AliasLinker(), [row]) == [["1984", "1984 (misc)", "1.5", "15", "1984"]]


def test_a_rare_second_kind_joins_the_frequent_one_and_a_frequent_one_stays_apart():
    def rows(persons, places):
        found = [sentence("a#0", ("Washington", "LOCATION"))] if places else []
        found += [sentence("a#1", ("Washington", "PERSON"))] * persons
        return found + [sentence("a#2", ("Washington", "LOCATION"))] * (places - 1)

    rare = AliasLinker()
    assert {i for row in rare.link(rows(4, 2)) for i in row} == {0}
    assert rare.kind(0) == "PERSON"
    both = AliasLinker()
    assert len({i for row in both.link(rows(4, 3)) for i in row}) == 2
    assert both.entities.labels == ["Washington", "Washington (person)"]


def test_known_entities_come_first_by_name_and_unambiguous_alias():
    known = Vocabulary(
        ["Warsaw", "Acme Inc", "World Health Organization", "Paris", "Paris (Texas)"],
        aliases={"Warsaw": ["Warszawa"], "Paris (Texas)": ["Paris"], "Acme Inc": ["the Firm"]},
        descriptions={"Warsaw": "A city."},
    )
    linker = AliasLinker(known)
    row = sentence(
        "a#0", ("Warszawa", "LOCATION"), ("Acme", "ORGANIZATION"), ("Firm", "MISC"),
        ("Paris", "LOCATION"), ("Łódź", "LOCATION"),
    )  # fmt: skip
    assert linker.link([row]) == [[0, 1, 1, 3, 5]]
    assert linker.entities.descriptions == {"Warsaw": "A city."}
    assert len(known) == 5 and known.aliases["Warsaw"] == ["Warszawa"]


def test_a_known_label_as_it_stands_beats_its_other_spellings():
    linker = AliasLinker(Vocabulary(["two", "Two", "The Snow Leopard", "snow leopard"]))
    row = sentence("a#0", ("Two", "NUMBER"), ("the snow leopard", "MISC"), ("SNOW LEOPARD", "MISC"))
    assert linker.link([row]) == [[1, 3, 4]]


def test_a_knowledge_graph_can_be_known():
    graph = KnowledgeGraph.from_triples([("Warsaw", "capital of", "Poland")])
    row = sentence("a#0", ("Polish", "LOCATION"), ("WARSAW", "LOCATION"))
    assert AliasLinker(graph).link([row]) == [[1, 0]]


def test_numbers_are_the_same_in_one_call_and_in_several():
    documents = [
        [sentence("a#0", MARIE, CURIE), sentence("a#1", ("French", "LOCATION"))],
        [sentence("b#0", PIERRE, CURIE, ("1903", "DATE"))],
        [sentence("c#0", CURIE, ("France", "LOCATION"))],
    ]
    whole, parts = AliasLinker(), AliasLinker()
    assert whole.link(sum(documents, [])) == sum((parts.link(d) for d in documents), [])
    assert whole.entities == parts.entities


def test_attach_gives_mentions_their_entities():
    rows = [sentence("a#0", MARIE), sentence("a#1")]
    linker = AliasLinker()
    linked = linker.attach(rows, linker.link(rows))
    assert [g["mention"].entity.tolist() for g in linked] == [[0], []]
    assert rows[0]["mention"].entity.tolist() == [-1]
    with pytest.raises(InputError, match="links for 1 sentences with 1 mentions"):
        linker.attach(rows, [[0]])


def test_invented_sentences_are_linked_to_the_entities_they_were_made_of():
    fake = Fake(60)
    linker = AliasLinker(fake.graph)
    for graph in fake.train:
        assert linker.link([graph]) == [graph["mention"].entity.tolist()]
    assert len(linker.entities) == len(fake.graph.entities)
    assert repr(linker) == f"AliasLinker({len(fake.graph.entities)} entities)"


@pytest.mark.parametrize("part", ["dev", "test"])
def test_the_corpus_of_graphkg_is_linked_as_its_writers_did(part):
    corpus = Corpus(Path(__file__).parents[2] / "datasets" / "texts")
    texts = getattr(corpus, part)
    graphs = [graph for text in texts for graph in text.graphs()]
    gold = [mention.entity for text in texts for mention in text.mentions]
    known, free = AliasLinker(corpus.graph), AliasLinker()
    named = [name for row in names(known, graphs) for name in row]
    found = [number for row in free.link(graphs) for number in row]
    assert sum(a == b for a, b in zip(gold, named)) > 0.95 * len(gold)
    same = {(a, b) for a, b in combinations(range(len(gold)), 2) if gold[a] == gold[b]}
    together = {(a, b) for a, b in combinations(range(len(gold)), 2) if found[a] == found[b]}
    assert len(same & together) > 0.93 * len(together)
    assert len(same & together) > 0.88 * len(same)
