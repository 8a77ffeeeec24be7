"""decode and named_triples: which slots say what, on probabilities made by hand."""

from __future__ import annotations

import pytest
import torch
from slot_models import raw_triples, vocabularies

from graphkg.errors import InputError
from graphkg.models.extraction import (
    FoundEntities,
    FoundTriples,
    decode,
    named_entities,
    named_triples,
)
from graphkg.nn.slot_heads import Slots

R, NULL, ENTITY, N = 2, 2, 3, 5
MASK = torch.ones(1, N, dtype=torch.bool)


def peak(at, size, height=0.9):
    """Probabilities of `height` at one place, the rest shared."""
    row = torch.full((size,), (1 - height) / (size - 1))
    row[at] = height
    return row.log()


def slots(*rows, kinds=None):
    """One sentence; a row is (relation, its probability, four boundaries)."""
    relation = torch.stack([peak(r, R + 2, p) for r, p, *_ in rows])
    boundary = torch.stack([torch.stack([peak(at, N) for at in row[2:]]) for row in rows], 1)
    types = None
    if kinds is not None:
        types = torch.stack([torch.stack([peak(k, 3) for k in pair]) for pair in kinds], 1)[None]
    return Slots(relation[None], boundary[None], types)


def listed(found):
    ends = [list(map(tuple, spans.tolist())) for spans in (found.subject, found.object)]
    return list(zip(found.sentence.tolist(), found.relation.tolist(), *ends))


def test_a_slot_says_the_most_probable_of_each():
    found = decode(slots((1, 0.8, 0, 1, 3, 3)), MASK, R).triples
    assert listed(found) == [(0, 1, (0, 2), (3, 4))]
    assert found.score.item() == pytest.approx(0.8 * 0.9**4)
    assert found.kind.tolist() == [[-1, -1]]


def test_null_slots_and_entities_in_no_triple_are_no_triples():
    found = decode(slots((NULL, 0.9, 0, 1, 3, 3), (ENTITY, 0.9, 0, 1, 3, 3)), MASK, R)
    assert listed(found.triples) == [] and found.triples.subject.shape == (0, 2)


@pytest.mark.parametrize("row", [(0, 0.9, 2, 1, 3, 3), (0, 0.9, 1, 2, 4, 3)])
def test_a_span_that_ends_before_it_begins_is_no_triple(row):
    assert listed(decode(slots(row), MASK, R).triples) == []
    assert len(listed(decode(slots(row), MASK, R, joint=3).triples)) == 1


def test_equal_triples_are_found_once_with_the_best_score_first():
    said = slots((0, 0.6, 0, 0, 1, 1), (1, 0.7, 0, 0, 1, 1), (0, 0.8, 0, 0, 1, 1))
    found = decode(said, MASK, R).triples
    assert listed(found) == [(0, 0, (0, 1), (1, 2)), (0, 1, (0, 1), (1, 2))]
    assert found.slot.tolist() == [2, 1]
    assert found.score.tolist() == pytest.approx([0.8 * 0.9**4, 0.7 * 0.9**4])


def test_triples_come_sentence_by_sentence():
    one, two = slots((0, 0.5, 0, 0, 1, 1), (1, 0.9, 0, 0, 1, 1)), slots((0, 0.7, 0, 0, 1, 1))
    both = Slots(
        torch.cat([one.relation, two.relation.expand(1, 2, -1)]),
        torch.cat([one.boundary, two.boundary.expand(1, 4, 2, -1)]),
    )
    found = decode(both, MASK.expand(2, N), R).triples
    assert found.sentence.tolist() == [0, 0, 1] and found.relation.tolist() == [1, 0, 0]


@pytest.mark.parametrize("longest", [1, 2, 5, 8])
def test_joint_decoding_finds_the_best_short_span(longest):
    torch.manual_seed(1)
    boundary = torch.randn(3, 4, 6, 7).log_softmax(3)
    said = Slots(torch.stack([peak(0, R + 2)] * 6).expand(3, 6, -1), boundary)
    found = decode(said, torch.ones(3, 7, dtype=torch.bool), R, joint=longest).triples
    expected = {
        (b, *(max(
            ((i, j + 1) for i in range(7) for j in range(i, min(7, i + longest))),
            key=lambda s: boundary[b, side, q, s[0]] + boundary[b, side + 1, q, s[1] - 1],
        ) for side in (0, 2)))
        for b in range(3) for q in range(6)
    }  # fmt: skip
    assert {(n, *ends) for n, _, *ends in listed(found)} == expected


@pytest.mark.parametrize("joint", [0, 3])
def test_no_word_that_is_not_there_is_a_boundary(joint):
    said = slots((0, 0.9, 0, 1, 2, 2))
    nothing = torch.zeros(1, N, dtype=torch.bool)
    assert listed(decode(said, nothing, R, joint).triples) == []


def test_a_triple_of_an_end_without_type_is_left_out_if_types_count():
    said = slots((0, 0.9, 0, 0, 1, 1), (1, 0.9, 0, 0, 1, 1), kinds=[(0, 1), (0, 2)])
    assert listed(decode(said, MASK, R).triples) == [(0, 0, (0, 1), (1, 2))]
    both = decode(said, MASK, R, typed=False).triples
    assert len(listed(both)) == 2 and both.kind.tolist() == [[0, 1], [0, -1]]


def test_entities_are_ends_of_triples_and_subjects_of_entity_slots():
    said = slots(
        (0, 0.9, 0, 0, 1, 1),  # both ends
        (ENTITY, 0.9, 3, 4, 2, 2),  # the subject alone
        (NULL, 0.9, 2, 2, 2, 2),  # nothing
        (1, 0.9, 0, 0, 4, 2),  # the subject again; no object
        kinds=[(0, 1), (1, 0), (0, 0), (0, 0)],
    )
    found = decode(said, MASK, R).entities
    spans = list(zip(found.span.tolist(), found.kind.tolist()))
    assert sorted(spans) == [([0, 1], 0), ([1, 2], 1), ([3, 5], 1)]
    assert found.score.tolist() == pytest.approx([0.9**3] * 3)


def test_without_types_there_are_no_entities():
    assert decode(slots((0, 0.9, 0, 0, 1, 1)), MASK, R).entities.span.shape == (0, 2)


def found_in_seo(sentence=1):
    ends = torch.tensor([[2, 3]]), torch.tensor([[6, 10]])
    return FoundTriples(
        torch.tensor([sentence]), torch.tensor([1]), *ends, torch.tensor([[1, -1]]),
        torch.tensor([0.25]), torch.tensor([3]),
    )  # fmt: skip


def test_triples_get_names_and_their_places_in_the_text():
    names, graphs = vocabularies(), raw_triples()
    named = named_triples(found_in_seo(), graphs, names.relation, names.kind)
    assert [len(triples) for triples in named] == [0, 1, 0, 0]
    triple = named[1][0]
    assert (triple.relation, triple.score) == ("born", 0.25)
    assert (triple.subject.text, triple.subject.kind, triple.subject.start) == (
        "Romeville",
        "LOC",
        2,
    )
    assert triple.object.text == "the  city of Rome" and triple.object.kind == "_"
    start, end = triple.object.chars
    assert graphs[1].text[start:end] == triple.object.text
    assert named_triples(found_in_seo(), graphs, names.relation)[1][0].subject.kind == "_"


def test_entities_get_names_and_their_places_in_the_text():
    spans, graphs = torch.tensor([[6, 10], [2, 3]]), raw_triples()
    found = FoundEntities(torch.tensor([1, 1]), spans, torch.tensor([1, 0]), torch.ones(2))
    named = named_entities(found, graphs, vocabularies().kind)
    assert [(m.text, m.kind) for m in named[1]] == [
        ("the  city of Rome", "LOC"),
        ("Romeville", "PER"),
    ]
    assert all(graphs[1].text[slice(*m.chars)] == m.text for m in named[1])
    assert named[0] == named[2] == named[3] == []


def test_fewer_sentences_than_the_batch_had_are_an_error():
    with pytest.raises(InputError, match="give all those of the batch"):
        named_triples(found_in_seo(), raw_triples()[:1], vocabularies().relation)
