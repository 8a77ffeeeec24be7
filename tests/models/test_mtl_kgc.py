"""MTL-KGC: what it reads, what its losses are, and by what it ranks."""

from __future__ import annotations

import pytest
import torch
from pieces import VOCABULARY, tiny_encoder
from text_graphs import small_texts
from torch.nn import functional as F

from graphkg.errors import InputError
from graphkg.models import MTLKGC
from graphkg.models.mtl_kgc import TaskBatch

TRIPLES = torch.tensor([[0, 0, 2], [1, 0, 3], [1, 1, 2]])
NEGATIVES = torch.tensor([[0, 0, 1], [4, 0, 3], [1, 0, 0], [1, 1, 4]])
SOURCE = torch.tensor([0, 1, 1, 2])


def build(limit=32, seed=0, pooling="pooler", **options) -> MTLKGC:
    torch.manual_seed(seed)
    model = MTLKGC(tiny_encoder(pooling, initializer_range=0.4), small_texts(limit), **options)
    return model.eval()


def batch(task: str) -> TaskBatch:
    if task == "rp":
        return TaskBatch(task, TRIPLES, TRIPLES[:0], SOURCE[:0])
    return TaskBatch(task, TRIPLES, NEGATIVES, SOURCE)


def test_triples_are_ranked_by_the_logit_of_being_true_and_not_by_the_difference():
    model = build()
    with torch.no_grad():  # s0 = 2 s1, so that s1 - s0 = -s1 orders the other way round
        model.heads["lp"].weight[0] = 2 * model.heads["lp"].weight[1]
        model.heads["lp"].bias.zero_()
        logits = model.lp_logits(TRIPLES)
    scores = model.score_triples(TRIPLES)
    assert torch.equal(scores, logits[:, 1])
    assert scores.argsort().tolist() == (logits[:, 1] - logits[:, 0]).argsort().tolist()[::-1]
    assert model.probabilities(TRIPLES).argsort().tolist() == scores.argsort().tolist()[::-1]
    torch.testing.assert_close(model.probabilities(TRIPLES), (-scores).sigmoid())


def test_the_link_loss_is_the_mean_two_way_cross_entropy_of_true_and_corrupted_triples():
    model = build()
    s0, s1 = model.lp_logits(torch.cat([TRIPLES, NEGATIVES])).unbind(1)
    terms = [(s0.exp() + s1.exp()).log() - s for s in (s1, s0)]
    expected = (terms[0][:3].sum() + terms[1][3:].sum()) / 7
    assert list(model.losses(batch("lp"))) == ["lp"]
    torch.testing.assert_close(model.losses(batch("lp"))["lp"], expected)


def test_the_relation_loss_is_the_mean_cross_entropy_over_all_relations():
    model = build()
    logits = model.rp_logits(TRIPLES[:, 0], TRIPLES[:, 2])
    assert logits.shape == (3, 2)
    p = logits.softmax(1)
    expected = -(p[0, 0].log() + p[1, 0].log() + p[2, 1].log()) / 3
    torch.testing.assert_close(model.losses(batch("rp"))["rp"], expected)


def test_the_ranking_loss_is_the_mean_hinge_over_pairs():
    model = build(margin=0.1)
    given = torch.tensor([0.9, 0.5, 0.3, 0.7, 0.45, 0.2, 0.35])
    model.rr_scores = lambda triples: given
    # pairs: 0.7 - 0.9 + 0.1 < 0; 0.45 - 0.5 + 0.1; 0.2 - 0.5 + 0.1 < 0; 0.35 - 0.3 + 0.1
    torch.testing.assert_close(model.losses(batch("rr"))["rr"], torch.tensor(0.2 / 4))


@pytest.mark.parametrize(("above", "zero"), [(0.25, True), (0.5, True), (0.24, False)])
def test_the_ranking_loss_is_zero_exactly_from_the_margin_on(above, zero):
    model = build(margin=0.25)
    model.rr_scores = lambda triples: torch.tensor([0.25 + above, 0.25])
    one = TaskBatch("rr", TRIPLES[:1], NEGATIVES[:1], SOURCE[:1])
    assert (model.losses(one)["rr"].item() == 0) == zero


def test_h_is_the_sigmoid_of_the_third_head():
    model = build()
    c = model.vectors(model.texts.triples(TRIPLES))
    head = model.heads["rr"]
    torch.testing.assert_close(
        model.rr_scores(TRIPLES), (c @ head.weight[0] + head.bias[0]).sigmoid()
    )


def test_the_ranking_loss_reaches_the_encoder_through_both_of_its_passes():
    model, kept = build(), []
    whole = model.rr_scores
    model.rr_scores = lambda triples: kept.append(whole(triples)) or kept[0]
    loss = model.losses(batch("rr"))["rr"]
    slope = torch.autograd.grad(loss, kept[0], retain_graph=True)[0]
    torch.testing.assert_close(slope, torch.tensor([-1, -2, -1, 1, 1, 1, 1]) / 4.0)
    weight = model.encoder.model.encoder.layer[0].output.dense.weight
    for part in (kept[0][:3], kept[0][3:]):
        assert torch.autograd.grad(part.sum(), weight, retain_graph=True)[0].abs().sum() > 0


@pytest.mark.parametrize("task", ["lp", "rp", "rr"])
def test_a_loss_reaches_the_encoder_and_its_own_head_alone(task):
    model = build()
    model.losses(batch(task))[task].backward()
    for name, weight in model.named_parameters():
        other = name.startswith("heads.") and not name.startswith(f"heads.{task}.")
        moved = weight.grad is not None and bool(weight.grad.abs().sum() > 0)
        # Every sequence has position 0, and a key's bias shifts all scores of a query alike.
        if not name.endswith("key.bias"):
            assert moved != other, name


def test_without_any_negative_the_ranking_loss_is_zero_and_can_be_trained():
    none = TaskBatch("rr", TRIPLES, NEGATIVES[:0], SOURCE[:0])
    loss = build().losses(none)["rr"]
    loss.backward()
    assert loss.item() == 0


def test_a_long_triple_keeps_its_three_separators_and_the_segments_of_its_parts():
    model = build(limit=9)
    asked = torch.tensor([[0, 0, 4], [4, 1, 0]])
    found = model.texts.triples(asked)
    assert found.lengths.tolist() == [9, 9]
    # 4 + 2 + 7 pieces must fit into 5, and 7 + 1 + 4 likewise: the longest lose first.
    shown = [[VOCABULARY[i] for i in part.tolist()] for part in found.piece.split(9)]
    assert shown[0] == "[CLS] Ann born [SEP] born in [SEP] a [SEP]".split()
    assert shown[1] == "[CLS] a b [SEP] left [SEP] Ann born [SEP]".split()
    assert found.segment.view(2, 9).tolist() == [
        [0, 0, 0, 0, 1, 1, 1, 0, 0],
        [0, 0, 0, 0, 1, 1, 0, 0, 0],
    ]


def test_relation_prediction_reads_a_pair_in_two_segments_or_its_names_alone():
    given, kept = build(), []
    encode = given.encoder.vectors
    given.encoder.vectors = lambda *x: kept.append(x) or encode(*x)
    given.rp_logits(torch.tensor([2]), torch.tensor([0]))
    piece, _, segment, _ = kept[0]
    shown = [VOCABULARY[i] for i in piece.tolist()]
    assert shown == "[CLS] Rome the city [SEP] Ann born in Rome [SEP]".split()
    assert segment.tolist() == [0] * 5 + [1] * 5
    given.rp_names = True
    given.rp_logits(torch.tensor([2]), torch.tensor([0]))
    shown = [VOCABULARY[i] for i in kept[1][0].tolist()]
    assert shown == "[CLS] Rome [SEP] Ann [SEP]".split()


def test_scores_of_all_entities_are_those_of_the_triples_one_by_one():
    model = build()
    tails, heads = (
        model.score_tails(torch.tensor([1, 0]), torch.tensor([0, 1])),
        model.score_heads(torch.tensor([0, 1]), torch.tensor([1, 0])),
    )
    assert tails.shape == heads.shape == (2, 5)
    for row, (entity, relation) in enumerate([(1, 0), (0, 1)]):
        for other in range(5):
            tail = model.score_triples(torch.tensor([[entity, relation, other]]))
            head = model.score_triples(torch.tensor([[other, relation, entity]]))
            torch.testing.assert_close(tails[row, other], tail[0])
            torch.testing.assert_close(heads[row, other], head[0])


def test_scores_do_not_depend_on_what_is_asked_beside_them():
    model = build()
    entity, relation = torch.arange(5).repeat(2), torch.tensor([0, 1]).repeat_interleave(5)
    whole = model.score_tails(entity, relation)
    alone = torch.cat([model.score_tails(e[None], r[None]) for e, r in zip(entity, relation)])
    assert torch.equal(whole, alone)


def test_a_small_budget_gives_the_same_scores():
    model = build()
    expected = model.score_tails(torch.tensor([0]), torch.tensor([1]))
    model.budget = 1
    torch.testing.assert_close(model.score_tails(torch.tensor([0]), torch.tensor([1])), expected)


def test_entities_of_one_text_are_encoded_once_and_are_exact_ties():
    model, counted = build(), []
    model = model.with_texts(small_texts(entities=["Ann", "Rome the city", "Ann", "Rome the city"]))
    whole = model.score_triples
    model.score_triples = lambda triples: counted.append(len(triples)) or whole(triples)
    scores = model.score_heads(torch.tensor([0]), torch.tensor([1]))[0]
    assert counted == [2] and scores[0] == scores[2] and scores[1] == scores[3]
    assert scores[0] != scores[1]


def test_other_texts_share_the_weights_and_leave_the_model_as_it_is():
    model = build()
    more = model.with_texts(small_texts(entities=["Ann", "Lee"]))
    assert more.num_entities == 2 and model.num_entities == 5
    assert all(a is b for a, b in zip(more.parameters(), model.parameters()))


def test_relations_are_ranked_by_the_logits_of_relation_prediction():
    model = build()
    head, tail = torch.tensor([0, 1]), torch.tensor([2, 3])
    assert torch.equal(model.rank_relations(head, tail), model.rp_logits(head, tail).detach())


def test_a_model_has_the_heads_of_its_tasks_alone():
    model = build(tasks=["lp"])
    assert list(model.heads) == ["lp"]
    with pytest.raises(InputError, match="the task 'rp' was asked for, but the model has the"):
        model.rank_relations(torch.tensor([0]), torch.tensor([1]))


@pytest.mark.parametrize("tasks", [[], ["lp", "lp"], ["lp", "link"]])
def test_unknown_missing_or_repeated_tasks_are_refused(tasks):
    with pytest.raises(InputError, match="give one or more of lp, rp, rr"):
        build(tasks=tasks)


def test_all_weights_are_in_one_group():
    model = build(pooling="cls")
    groups = model.groups()
    assert set(groups) == {"encoder", "head"} and len(groups["head"]) == 6
    grouped = [id(p) for group in groups.values() for p in group]
    assert sorted(grouped) == sorted(id(p) for p in model.parameters())


def test_dropout_stands_before_the_heads_in_training_alone():
    model = build(dropout=0.9)
    model.encoder.set_dropout(0.0)
    assert torch.equal(model.rr_scores(TRIPLES), model.rr_scores(TRIPLES))
    model.train()
    assert not torch.equal(model.rr_scores(TRIPLES), model.rr_scores(TRIPLES))


def test_a_model_can_learn_a_batch_by_heart():
    model = build(dropout=0.0).train()
    model.encoder.set_dropout(0.0)
    optimizer = torch.optim.AdamW(model.parameters(), 0.01)
    for _ in range(60):
        loss = torch.stack([model.losses(batch(t))[t] for t in ("lp", "rp", "rr")]).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1
    p = model.eval().probabilities(torch.cat([TRIPLES, NEGATIVES]))
    assert (p[:3] > 0.5).all() and (p[3:] < 0.5).all()


def test_the_printed_form_tells_sizes_and_tasks():
    text = repr(build(tasks=["lp", "rr"]))
    assert text.startswith("MTLKGC(TextEncoder(bert") and "\n" not in text
    assert text.endswith("5 entities, 2 relations, tasks=lp+rr)")


def test_the_binary_cross_entropy_of_the_probability_is_the_link_loss():
    model = build()
    p = model.probabilities(torch.cat([TRIPLES, NEGATIVES]))
    expected = F.binary_cross_entropy(p, torch.tensor([1.0] * 3 + [0.0] * 4))
    torch.testing.assert_close(model.losses(batch("lp"))["lp"].detach(), expected)
