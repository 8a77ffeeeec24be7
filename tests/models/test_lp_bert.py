"""LPBERT: labels, losses and their gradients, ranking (reference checks of LP-BERT)."""

from __future__ import annotations

import pytest
import torch
from pieces import tiny_encoder
from text_models import TRAIN, quiet_encoder, small_graph, small_texts
from torch.nn import functional as F

from graphkg.errors import InputError
from graphkg.graphs import TripleIndex
from graphkg.models import LPBERT, LPBERTPretraining
from graphkg.nn.contrast import focal_loss, info_nce
from graphkg.recipes.ranking_system import triple_ids
from graphkg.training import evaluate_ranking
from graphkg.transforms import MaskTriples

ANN, LEE, ROME, CITY, A = range(5)
BORN, OF, BORN_BACK, OF_BACK = range(4)


def build(pooling="mean", **options) -> LPBERT:
    torch.manual_seed(0)
    index = TripleIndex(small_graph().with_inverses())
    return LPBERT(quiet_encoder(pooling), small_texts(), index, **options)


def rows(*triples):
    return torch.tensor(triples)


def test_a_query_with_two_answers_in_the_batch_has_two_ones_in_its_row():
    batch = rows((ANN, OF, CITY), (ANN, OF, A), (ROME, OF, A))
    labels = build().labels(*batch.unbind(1))
    assert labels.tolist() == [[True, True, True], [True, True, True], [False, True, True]]
    identity = build(inbatch_labels="identity").labels(*batch.unbind(1))
    assert identity.equal(torch.eye(3, dtype=torch.bool))


def test_a_triple_of_validation_or_test_is_never_a_one():
    # (Lee, of, city) is a test triple and (Lee, of, a) a validation triple.
    batch = rows((LEE, OF, ANN), (ANN, OF, CITY), (ROME, OF, A))
    assert build().labels(*batch.unbind(1))[0].tolist() == [True, False, False]


def test_inverse_relations_double_the_training_triples():
    found = triple_ids(small_graph().with_inverses())
    assert len(found) == 2 * len(TRAIN)
    assert rows((ROME, BORN_BACK, ANN))[0].tolist() in found.tolist()
    assert len(triple_ids(small_graph())) == len(TRAIN)


@pytest.mark.parametrize("scorer", ["cosine", "concat"])
@pytest.mark.parametrize("towers", [1, 2])
def test_the_paper_losses_are_those_of_all_pairs(scorer, towers):
    model = build(scorer=scorer, squash="half", towers=towers).eval()
    batch = rows((ANN, OF, CITY), (ANN, OF, A), (LEE, BORN, ROME), (A, OF_BACK, ROME))
    u = model.query_vectors(batch[:, 0], batch[:, 1])
    v = torch.cat([model.entity_vectors(tail.view(1)) for tail in batch[:, 2]])
    if scorer == "cosine":
        d1 = F.cosine_similarity(u.unsqueeze(1), v, dim=2)
    else:
        pairs = [u.unsqueeze(1).expand(4, 4, -1), v.expand(4, 4, -1)]
        joined = torch.cat([*pairs, pairs[0] - pairs[1], pairs[0] * pairs[1]], 2)
        d1 = model.scorer.linear(joined).squeeze(2)
    labels = model.labels(*batch.unbind(1))
    losses = model.losses(batch)
    torch.testing.assert_close(losses["focal"], focal_loss((1 + d1) / 2, labels, 0.8, 2.0))
    s = (u.unsqueeze(1) - v).norm(dim=2).sigmoid()
    torch.testing.assert_close(losses["distance"], torch.where(labels, s, 1 - s).mean())


def test_contrast_is_over_the_tails_and_the_own_head_less_known_answers():
    model = build(loss="contrast", symmetric=False).eval()
    batch = rows((ANN, OF, CITY), (LEE, OF, ANN), (ROME, OF, A))
    u = model.query_vectors(batch[:, 0], batch[:, 1])
    v = {e: model.entity_vectors(torch.tensor([e]))[0] for e in range(5)}
    # (Ann, of, a) is known; candidates are the three tails and one's own head.
    candidates = [[CITY, ANN], [ANN, CITY, A, LEE], [A, CITY, ANN, ROME]]
    scale, expected = 1 / model.temperature(), 0.0
    for query, own in zip(u, candidates):
        scores = torch.stack([F.cosine_similarity(query, v[e], dim=0) for e in own])
        scores = (scores - torch.tensor([model.margin] + [0.0] * (len(own) - 1))) * scale
        expected = expected - scores.log_softmax(0)[0] / 3
    torch.testing.assert_close(model.losses(batch)["contrast"], expected)
    whole = build(loss="contrast", negatives="batch").losses(batch)["contrast"]
    tails = build(loss="contrast", negatives="tails").losses(batch)["contrast"]
    assert whole > model.losses(batch)["contrast"] > build(
        loss="contrast", negatives="tails", symmetric=False
    ).losses(batch)["contrast"]  # fmt: skip
    assert whole > tails


def test_a_batch_that_asks_both_ways_adds_the_loss_of_the_tails():
    batch = rows((ANN, OF, CITY), (LEE, OF, ANN))
    model = build(loss="contrast", negatives="tails").eval()
    u, v = (
        F.normalize(x, dim=1)
        for x in (model.query_vectors(batch[:, 0], batch[:, 1]), model.entity_vectors(batch[:, 2]))
    )
    own, scale = torch.arange(2), 1 / model.temperature()
    back = info_nce(v @ u.t(), own, None, scale, model.margin)
    there = info_nce(u @ v.t(), own, None, scale, model.margin)
    torch.testing.assert_close(model.losses(batch)["contrast"], there + back)


def test_tails_of_batches_before_are_negatives_too():
    options = {"loss": "contrast", "negatives": "tails", "symmetric": False}
    model = build(pre_batch=1, batch_size=2, **options)
    plain = build(**options)
    first, second = rows((ANN, OF, CITY), (ROME, OF, A)), rows((LEE, OF, ANN), (LEE, BORN, ROME))
    torch.testing.assert_close(model.losses(first), plain.losses(first))
    assert model.bank.label.tolist() == [CITY, A]
    assert model.losses(second)["contrast"] > plain.losses(second)["contrast"]
    assert model.bank.label.tolist() == [ANN, ROME]
    # All that is remembered answers (Ann, of, ?): nothing is added.
    model.bank.label = torch.tensor([CITY, A])
    own = rows((ANN, OF, A), (ANN, OF, CITY))
    torch.testing.assert_close(model.eval().losses(own), plain.eval().losses(own))
    assert model.bank.label.tolist() == [CITY, A]


@pytest.mark.parametrize(
    ("options", "reached"),
    [
        ({}, {"encoder"}),
        ({"scorer": "concat", "squash": "sigmoid"}, {"encoder", "scorer"}),
        ({"loss": "contrast", "towers": 2}, {"encoder", "tail_encoder", "temperature"}),
        ({"loss": "contrast", "learned_temperature": False}, {"encoder"}),
    ],
)
def test_every_loss_reaches_what_it_trains(options, reached):
    model = build(**options)
    batch = rows((ANN, OF, CITY), (LEE, OF, ANN), (ROME, OF, A))
    for name, loss in model.losses(batch).items():
        model.zero_grad()
        loss.backward(retain_graph=True)
        hit = {
            parameter.split(".")[0]
            for parameter, value in model.named_parameters()
            if value.grad is not None and value.grad.abs().max() > 0
        }
        assert hit == (reached if name != "distance" else {"encoder"}), name


def test_equation_12_of_the_released_code_is_a_constant():
    # Vectors of a real width lie so far apart that the sigmoid of the sum is 1.
    model = build(distance="batch_sum")
    u = 10 * torch.randn(4, 16, requires_grad=True)
    loss = model.distance_loss(u, torch.randn(4, 16), torch.eye(4, dtype=torch.bool))
    assert loss.item() == pytest.approx(4 / 16)
    (gradient,) = torch.autograd.grad(loss, u)
    assert gradient.abs().max() == 0


@pytest.mark.parametrize("scorer", ["cosine", "concat"])
@pytest.mark.parametrize("inverse", [True, False])
def test_ranking_encodes_every_entity_once_and_scores_as_training_does(scorer, inverse):
    model = build(scorer=scorer, inverse=inverse).eval()
    head, relation = torch.tensor([ANN, A, CITY]), torch.tensor([OF, BORN, OF])
    everyone = torch.arange(5)
    with torch.no_grad():
        v = model.entity_vectors(everyone)
        tails = model.scorer(model.query_vectors(head, relation), v)
        torch.testing.assert_close(model.score_tails(head, relation), tails)
        if inverse:
            heads = model.scorer(model.query_vectors(head, relation + 2), v)
        else:
            heads = torch.stack(
                [
                    model.scorer(model.query_vectors(everyone, r.expand(5)), v[t : t + 1])[:, 0]
                    for t, r in zip(head.tolist(), relation)
                ]
            )
        torch.testing.assert_close(model.score_heads(relation, head), heads)


def test_heads_are_ranked_by_the_inverse_relation_and_filtered_by_heads():
    model = build().eval()
    known = TripleIndex(small_graph())
    triple = rows((ANN, BORN, ROME))
    scores = model.score_heads(triple[:, 1], triple[:, 2])[0]
    asked = model.score_tails(torch.tensor([ROME]), torch.tensor([BORN_BACK]))[0]
    torch.testing.assert_close(scores, asked)
    others = [e for e in range(5) if e not in (ANN, LEE)]  # Lee was born in Rome, too
    rank = 1 + sum(bool(scores[e] > scores[ANN]) for e in others)
    found = evaluate_ranking(model, triple, known, sides="head")
    assert found.ranks["head"].realistic.tolist() == [rank]


def test_the_masked_losses_are_means_over_their_own_places():
    torch.manual_seed(0)
    model = LPBERTPretraining(quiet_encoder()).eval()
    batch = MaskTriples(small_texts(), model.encoder.embedding.num_embeddings)(
        triple_ids(small_graph())
    )
    given = batch.sequences
    hidden = model.encoder(given.piece, given.ptr, given.segment)
    for name, head in (("mlm", model.mlm_head), ("mim", model.mim_head)):
        expected = F.cross_entropy(head(hidden), getattr(batch, name), ignore_index=-100)
        torch.testing.assert_close(model.losses(batch)[name], expected)
    model.losses(batch)["mim"].backward()
    assert model.mlm_head.decoder.weight.grad is None
    assert model.encoder.embedding.weight.grad.abs().max() > 0


def test_a_batch_without_masked_pieces_has_a_loss_of_zero():
    model = LPBERTPretraining(tiny_encoder())
    mask = MaskTriples(small_texts(), model.encoder.embedding.num_embeddings, probability=0.0)
    losses = model.losses(mask(rows((ANN, OF, CITY))))
    assert losses["mlm"].item() == 0 and losses["mim"].item() > 0
    sum(losses.values()).backward()
    assert list(model.groups()) == ["encoder", "head"]


def test_texts_of_another_graph_and_unknown_choices_are_an_error():
    with pytest.raises(InputError, match="are of different graphs: index TRAIN with inverses"):
        LPBERT(quiet_encoder(), small_texts(), TripleIndex(small_graph()))
    with pytest.raises(InputError, match=r"LPBERT\(loss='focal'\) was asked for"):
        build(loss="focal")
    with pytest.raises(InputError, match="scorer='dot' was asked for"):
        build(scorer="dot")


def test_the_printed_form():
    inner = "TextEncoder(bert, 2 layers, 10, 35 pieces, mean)"
    assert repr(build()) == f"LPBERT({inner}, 5 entities, paper, cosine, towers=1)"
    assert repr(LPBERTPretraining(tiny_encoder("mean"))) == f"LPBERTPretraining({inner})"


def test_scores_of_contrast_are_the_logits_of_its_loss():
    model = build(loss="contrast", negatives="tails", symmetric=False, margin=0.0).eval()
    batch = rows((LEE, BORN, ROME))
    scores = model.score_tails(batch[:, 0], batch[:, 1])
    u, v = model.query_vectors(batch[:, 0], batch[:, 1]), model.entity_vectors(torch.arange(5))
    expected = model.scorer(u, v) / 0.05
    torch.testing.assert_close(scores, expected)
