"""A combination asked about entities that no file knows: its texts alone tell them apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from pieces import tiny_encoder, tiny_tokenizer
from text_models import small_data

from graphkg.errors import InputError
from graphkg.recipes import save
from graphkg.recipes.combined import CombinedRecipe
from graphkg.recipes.combined_system import CombinedSystem
from graphkg.recipes.link import build_link_recipe
from graphkg.recipes.link_system import LinkSystem
from graphkg.recipes.lp_bert import build_lp_bert_recipe
from graphkg.recipes.lp_bert_system import LPBERTSystem
from graphkg.recipes.node_texts import NewEntity

NEW = [NewEntity("Ben", "Lee born today"), NewEntity("Romeville", "Rome the city")]
OLD = 5


def structure(model: str = "distmult") -> LinkSystem:
    recipe = build_link_recipe(None, {"model": model, "dim": 8, "data": "small"})
    system = LinkSystem.build(recipe, small_data())
    system.name = model
    return system


@pytest.fixture(scope="module")
def text() -> LPBERTSystem:
    recipe = build_lp_bert_recipe(None, {"data": "small", "max_length": 32})
    system = LPBERTSystem.build(recipe, small_data(), tiny_encoder(), tiny_tokenizer())
    system.model.eval()
    return system


def typed(**types) -> LPBERTSystem:
    """The text model over data with entity types."""
    data = replace(small_data(), entity_types=types)
    recipe = build_lp_bert_recipe(None, {"data": "small", "max_length": 32})
    return LPBERTSystem.build(recipe, data, tiny_encoder(), tiny_tokenizer())


def combined(members, **changes) -> CombinedSystem:
    recipe = CombinedRecipe(data="small", **changes)
    return CombinedSystem(recipe, members, [1 / len(members)] * len(members))


def scores(system, head: int) -> torch.Tensor:
    with torch.no_grad():
        return system.model.score_tails(torch.tensor([head]), torch.tensor([1]))[0]


@pytest.mark.parametrize("changes", [{}, {"bonus_hops": 2}, {"normalise": "log_softmax"}])
def test_a_question_about_a_new_entity_is_answered_as_the_texts_do(text, changes):
    wider = combined([structure(), text], **changes).with_entities(NEW)
    assert wider.model.num_entities == OLD + 2
    alone = text.with_entities(NEW).predict(head="Ben", relation="born", top=7)
    both = wider.predict(head="Ben", relation="born", top=7)
    assert [answer.label for answer in both] == [answer.label for answer in alone]
    assert {"Romeville", "Rome"} < {answer.label for answer in both}


def test_new_entities_are_candidates_and_the_structure_still_orders_the_others(text):
    wider = combined([structure(), text]).with_entities(NEW)
    own, told = (scores(one, 0) for one in (structure(), wider.members[0]))
    torch.testing.assert_close(told[:OLD], own.double())
    assert told[OLD:].tolist() == pytest.approx([float(own.double().mean())] * 2)
    assert len(scores(wider, 0)) == OLD + 2
    assert {"Ben", "Romeville"} < {answer.label for answer in wider.predict("Ann", "of")}
    assert wider.evaluate("test").both["mrr"] > 0


def test_a_combination_of_combinations_reads_texts_where_one_does(text):
    inner = combined([structure(), structure("transe")])
    with pytest.raises(InputError, match="'Ben' is new: ask a text model"):
        inner.with_entities(NEW)
    assert not inner.reads_texts
    silent = CombinedSystem(CombinedRecipe(data="small"), [structure(), text], [1.0, 0.0])
    assert not silent.reads_texts
    outer = combined([inner, combined([structure("complex"), text])])
    assert outer.reads_texts and outer.with_entities(NEW).model.num_entities == OLD + 2


def test_a_new_entity_of_a_type_is_among_the_candidates_of_that_type():
    system = typed(Ann=("person",), Rome=("place",))
    new = [NewEntity("Ben", "Lee", ("person", "place")), NewEntity("Tim")]
    wider = system.with_entities(new)
    for kind, others in (("person", "Ann"), ("place", "Rome")):
        found = wider.predict(head="Lee", relation="of", candidates=kind, keep_known=True)
        assert {answer.label for answer in found} == {"Ben", others}
    with pytest.raises(InputError, match="'Tim' was given the type 'persn'.* mean 'person'"):
        system.with_entities([NewEntity("Tim", types=("persn",))])


def test_what_cannot_be_kept_is_told_before_anything_is_written(text, tmp_path):
    wider = combined([structure(), text]).with_entities(NEW)
    with pytest.raises(InputError, match="for which not all its members have rows"):
        save(wider, tmp_path / "run")
    assert not (tmp_path / "run").exists()
    with pytest.raises(InputError, match="'Ann', which is an entity already"):
        combined([structure(), text]).with_entities([NewEntity("Ann")])
