"""JRRELP as a part: sizes that must fit, groups, several relations a pair, saving."""

from __future__ import annotations

import copy

import pytest
import torch
from cases import new_store, sentences
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs import SentenceGraph
from graphkg.link import ConvE
from graphkg.models import JRRELP, KindGraph
from graphkg.nn import smoothed_bce
from graphkg.relation import CGCN, Pairs
from graphkg.transforms import PruneTree, Substitute

SIZES = {"word_dim": 20, "pos_dim": 4, "ner_dim": 4, "hidden": 6, "relation_dim": 10}


def new_model(seed=0, way="all", with_kinds=True, **options):
    torch.manual_seed(seed)
    graphs, vocabularies = sentences()
    kinds = KindGraph.from_sentences(graphs, vocabularies, "no_relation", way)
    store = new_store(vocabularies)
    f, g = CGCN(3, **SIZES), ConvE(20, 10, width=5, channels=4, num_objects=2)
    options = {"kinds": kinds if with_kinds else None, **options}
    return JRRELP(f, g, store, **options), Batch.from_data_list(graphs)


@pytest.mark.parametrize("form", ["softmax", "bce", "threshold"])
def test_losses_are_named_finite_and_reach_every_parameter(form):
    model, batch = new_model(relation_loss=form)
    losses = model.losses(batch)
    assert list(losses) == ["relation", "penalty", "link", "coupling"]
    sum(losses.values()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name


def test_weights_scale_their_losses():
    ones, batch = new_model(link_weight=1.0, coupling_weight=1.0)
    model, _ = new_model(link_weight=0.25, coupling_weight=3.0)
    torch.manual_seed(1)
    expected = ones.losses(batch)
    torch.manual_seed(1)
    found = model.losses(batch)
    torch.testing.assert_close(found["link"], 0.25 * expected["link"])
    torch.testing.assert_close(found["coupling"], 3 * expected["coupling"])


def test_a_weight_of_zero_leaves_its_loss_out():
    model, batch = new_model(link_weight=0.0)
    assert list(model.losses(batch)) == ["relation", "penalty", "coupling"]
    model, batch = new_model(coupling_weight=0.0)
    assert list(model.losses(batch)) == ["relation", "penalty", "link"]


def test_several_relations_of_a_pair_are_one_question_each():
    model, batch = new_model()
    asked = model.link_examples(batch, Pairs.of(batch))
    assert asked.relation.tolist() == [2, 0, 0, 1, 2, 0] and asked.known.shape == (6, 2)
    assert torch.equal(asked.head[3], asked.head[4])


def test_excluded_sentences_count_in_no_link_loss():
    model, batch = new_model(way="exclude", link_weight=1.0, coupling_weight=1.0)
    model.eval()
    found = model.losses(batch)
    asked = model.link_examples(batch, Pairs.of(batch))
    assert asked.rows.tolist() == [True, False, False, True, True, False]
    z = model.predictor.merge(asked.head, model.store["relation"](asked.relation))
    logits = model.predictor.score(z, model.store["object"]())[asked.rows]
    torch.testing.assert_close(found["link"], smoothed_bce(logits, asked.known[asked.rows], 0.1))


def test_without_kinds_the_batch_says_what_is_known():
    model, batch = new_model(with_kinds=False)
    asked = model.link_examples(batch, Pairs.of(batch))
    # candidates OBJ-LOC, OBJ-ORG; the questions (PER left), (PER none), (LOC none), (PER born_in),
    # (PER left), and the last sentence's subject lies under its object
    assert asked.known[:5].int().tolist() == [[1, 0]] * 5
    assert asked.known[5].int().tolist() == [0, 1]
    assert list(model.losses(batch)) == ["relation", "penalty", "link", "coupling"]


def test_a_pair_to_predict_is_refused_in_training_and_predicted():
    model, batch = new_model()
    given = SentenceGraph.build(
        "a b c".split(), [2, 0, 2], mentions=[(0, 1, "PER"), (2, 3, "LOC")], pairs=[(0, 1, None)]
    )
    graph = PruneTree(1)(Substitute()(given)).encode(sentences()[1])
    with pytest.raises(InputError, match="without a relation"):
        model.losses(graph)
    assert model.predict(graph).logits.shape == (1, 3)


def test_predicting_is_by_chance_free_and_leaves_the_mode():
    model, batch = new_model()
    one, other = model.predict(batch), model.predict(batch)
    assert torch.equal(one.logits, other.logits) and model.training
    assert not model.eval().predict(batch).logits.requires_grad and not model.training


def test_groups_name_each_trained_parameter_once():
    model, _ = new_model()
    groups = model.groups()
    assert list(groups) == ["extractor", "predictor", "store"]
    flat = [id(p) for parameters in groups.values() for p in parameters]
    assert len(flat) == len(set(flat)) == len(list(model.parameters()))
    frozen, _ = new_model(freeze_kglp=True)
    assert list(frozen.groups()) == ["extractor", "store"]


def test_loaded_weights_give_the_same_bits():
    model, batch = new_model(seed=0)
    other, _ = new_model(seed=1)
    other.load_state_dict(copy.deepcopy(model.state_dict()))
    model.eval(), other.eval()
    for name, loss in model.losses(batch).items():
        assert torch.equal(loss, other.losses(batch)[name]), name
    assert {"known", "subject_rows", "counted"} <= set(model.state_dict())


def test_a_deep_copy_shares_nothing_and_stays_tied():
    model, batch = new_model()
    other = copy.deepcopy(model)
    with torch.no_grad():
        other.store["token"].weight.zero_()
    assert not other.store["object"]().any() and model.store["object"]().any()


@pytest.mark.parametrize(
    ("f", "g", "said"),
    [
        ({"relation_dim": 8}, {}, "vectors have 8 channels, but the relation rows have 10"),
        (
            {},
            {"relation_dim": 15},
            "vectors have 10 channels, but the predictor's relations have 15",
        ),
        (
            {},
            {"entity_dim": 25},
            "token rows have 20 channels, but the predictor's entities have 25",
        ),
        ({}, {"num_objects": 3}, "2 candidates, but there are 3 biases"),
        ({"num_relations": 4}, {}, "4 relations apart, but .* 3 rows"),
    ],
)
def test_sizes_that_do_not_fit_are_both_named(f, g, said):
    graphs, vocabularies = sentences()
    extractor = CGCN(**{"num_relations": 3, **SIZES, **f})
    predictor = ConvE(**{"entity_dim": 20, "relation_dim": 10, "width": 5, **g})
    with pytest.raises(InputError, match=said):
        JRRELP(extractor, predictor, new_store(vocabularies))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"relation_loss": "hinge"}, "'hinge' is not one of"),
        ({"relation_loss": "threshold", "kinds": None}, "needs the id of no_relation"),
    ],
)
def test_unknown_choices_are_errors(options, said):
    with pytest.raises(InputError, match=said):
        new_model(**options)


def test_no_predictor_needs_weights_of_zero():
    _, vocabularies = sentences()
    with pytest.raises(InputError, match="no predictor"):
        JRRELP(CGCN(3, **SIZES), None, new_store(vocabularies))


def test_the_printed_form_is_one_line():
    text = repr(new_model()[0])
    assert text.startswith("JRRELP(CGCN(") and "ConvE(20, 10" in text and "\n" not in text
