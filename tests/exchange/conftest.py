"""A small graph with sentences, for the tests of this folder."""

from __future__ import annotations

import pytest

from graphkg.graphs import Evidence, KnowledgeGraph

TEXT = 'Marie Curie left\tWarsaw </script><b>"now"</b> \\o/\n.'


def make_evidence(
    subject="Marie Curie", relation="residence", object_="Warsaw", score=0.75, start=100
):
    s, o = TEXT.find(subject), TEXT.find(object_)
    return Evidence(
        document="curie",
        sentence="curie#3",
        sentence_start=start,
        text=TEXT,
        subject=subject,
        subject_kind="PERSON",
        subject_start=start + s,
        subject_end=start + s + len(subject),
        relation=relation,
        object=object_,
        object_kind="LOCATION",
        object_start=start + o,
        object_end=start + o + len(object_),
        score=score,
        model="test",
    )


@pytest.fixture
def text():
    """The sentence that states the triples."""
    return TEXT


@pytest.fixture
def evidence():
    """A function that makes evidence: ``evidence(relation="country")``."""
    return make_evidence


@pytest.fixture
def graph():
    """Three edges, the last without a sentence, and an entity without an edge."""
    triples = [
        ("Marie Curie", "residence", "Warsaw"),
        ("Marie Curie", "place of birth", "Warsaw"),
        ("Warsaw", "country", "Poland </script>"),
    ]
    names = ["Poland </script>", "Marie Curie", "Warsaw", "Łódź"]
    kg = KnowledgeGraph.from_triples(triples, entities=names)
    kg.entities.descriptions["Warsaw"] = "A city\ton a river."
    kg.entities.aliases["Marie Curie"] = ["Curie", "M|arie", "C\\urie"]
    born = make_evidence(relation="place of birth")
    return kg.with_evidence([[make_evidence(), make_evidence(score=0.5, start=0)], [born], []])
