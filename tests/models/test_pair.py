"""PAIR: pairs built right, class scores by hand, merge of entities, batches and gradients."""

from __future__ import annotations

import pytest
import torch
from jaket_models import ANN, LEE, ROME, ROMEVILLE, small_graph, small_jaket
from pieces import VOCABULARY, tiny_tokenizer
from torch_geometric.data import Batch

from graphkg.errors import InputError
from graphkg.graphs import JointGraph, SentenceGraph
from graphkg.models import PAIR, EpisodeBatch
from graphkg.transforms import ToMarkedPieces

COUNT = len(VOCABULARY)
HEAD, HEAD_END, TAIL, TAIL_END = MARKERS = tuple(range(COUNT, COUNT + 4))
CLS, SEP = VOCABULARY.index("[CLS]"), VOCABULARY.index("[SEP]")


def ids(text):
    """Pieces by name; H /H T /T are the markers."""
    named = dict(zip(("H", "/H", "T", "/T"), MARKERS))
    return [named.get(piece, VOCABULARY.index(piece) if piece in VOCABULARY else -1)
            for piece in text.split()]  # fmt: skip


def sentences() -> list[SentenceGraph]:
    rows = [
        ("Ann left Romeville", (0, 1), (2, 3), (ANN, ROMEVILLE)),
        ("there Rome fell Lee", (3, 4), (1, 2), (LEE, ROME)),
        ("Lee born", (0, 1), (1, 2), (LEE, -1)),
        ("a b c d", (0, 2), (3, 4), (-1, -1)),
    ]
    to_pieces = ToMarkedPieces(tiny_tokenizer(), MARKERS, limit=24)
    return [
        to_pieces(
            SentenceGraph.build(
                words.split(),
                mentions=[(*head, "O"), (*tail, "O")],
                pairs=[(0, 1, "r")],
                entities=entities,
                key=words,
            )
        )
        for words, head, tail, entities in rows
    ]


def model(**options) -> PAIR:
    jaket = small_jaket(**options)
    jaket.lower.add_rows(4)
    torch.manual_seed(1)
    return PAIR(jaket, CLS, SEP, dropout=0.0)


def episodes(support, query, joined=True) -> EpisodeBatch:
    made = Batch.from_data_list(sentences())
    text = JointGraph.join(made, small_graph()) if joined else made
    return EpisodeBatch(text, torch.tensor(support), torch.tensor(query))


TWO_WAYS = ([[[0, 1], [2, 3]]], [[[2], [1]]])  # one episode, two shots, a query a way


def test_a_pair_is_support_and_query_with_markers_around_head_and_tail():
    made, origin = model().pairs(episodes(*TWO_WAYS))
    texts = [made.piece[a:b].tolist() for a, b in zip(made.ptr, made.ptr[1:])]
    first, second = "H Ann /H left T Rome ##ville /T", "there T Rome /T fell H Lee /H"
    third, fourth = "H Lee /H T born /T", "H a b /H c T d /T"
    expected = [f"[CLS] {s} [SEP] {q} [SEP]" for q in (third, second)
                for s in (first, second, third, fourth)]  # fmt: skip
    assert texts == [ids(text) for text in expected]
    assert made.segment[: len(texts[0])].tolist() == [0] * 10 + [1] * 7
    given = Batch.from_data_list(sentences())["piece"].input_id
    assert (origin < 0).sum() == 3 * len(texts)
    assert torch.equal(given[origin[origin >= 0]], made.piece[origin >= 0])


def test_the_score_of_a_class_is_the_mean_of_its_supports():
    pair, batch = model().eval(), episodes([[[0, 1], [2, 3]], [[3, 0], [1, 2]]],
                                           [[[2, 0], [1, 3]], [[0, 1], [2, 3]]])  # fmt: skip
    logits = torch.arange(64.0).view(32, 2)
    pair.pair_logits = lambda *_: logits
    scores = pair(batch)
    # The first question has the pairs 0 to 3: same = 1, 3 | 5, 7.
    assert scores.shape == (8, 2) and scores[0].tolist() == [2.0, 6.0]
    assert scores[7].tolist() == [58.0, 62.0]
    assert batch.target.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    # none of the first question: min(mean(0, 2), mean(4, 6)) = 1.
    whole = torch.cat([scores, (scores[:, :1] - 1)], 1)
    expected = torch.nn.functional.cross_entropy(whole, batch.target)
    torch.testing.assert_close(pair.losses(batch)["episode"], expected)


def test_each_pair_is_read_as_it_is_read_alone():
    pair = model().eval()
    whole = pair.pair_logits(episodes([[[0, 1], [2, 3]]], [[[2, 0], [1, 3]]]))
    number = 0
    for query in (2, 0, 1, 3):
        for support in (0, 1, 2, 3):
            alone = pair.pair_logits(episodes([[[support]]], [[[query]]]))
            torch.testing.assert_close(whole[number : number + 1], alone, atol=1e-5, rtol=1e-5)
            number += 1


def test_entities_are_added_at_the_pieces_of_their_mentions_in_both_sentences():
    pair = model().eval()
    batch = episodes([[[0]]], [[[1]]])
    entities = pair.model.read_graph(batch.sentences)
    seen = {}

    def read(piece, ptr, segment, rows, links):
        seen.update(links={(int(p), int(e)) for p, e in links.t()}, rows=rows)
        return rows.new_zeros(piece.numel(), pair.model.dim)

    pair.model.read_pieces = read
    pair.pair_logits(batch)
    # [CLS] H Ann /H left T Rome ##ville /T [SEP] there T Rome /T fell H Lee /H [SEP]
    assert seen["links"] == {(2, ANN), (6, ROMEVILLE), (7, ROMEVILLE), (12, ROME), (16, LEE)}
    torch.testing.assert_close(seen["rows"], entities)


def test_the_graph_and_the_order_of_a_pair_matter_and_its_markers():
    pair = model().eval()
    merged = pair.pair_logits(episodes([[[0]]], [[[1]]]))
    assert not torch.allclose(merged, pair.pair_logits(episodes([[[0]]], [[[1]]], joined=False)))
    assert not torch.allclose(merged, pair.pair_logits(episodes([[[1]]], [[[0]]])))
    with torch.no_grad():
        pair.model.lower.embedding.weight[HEAD] *= -1
    assert not torch.allclose(merged, pair.pair_logits(episodes([[[0]]], [[[1]]])))


def test_entities_read_before_give_the_same():
    pair, batch = model().eval(), episodes(*TWO_WAYS)
    torch.testing.assert_close(pair(batch, pair.model.read_graph(small_graph())), pair(batch))


def test_a_model_without_a_knowledge_module_reads_no_links():
    pair = model(knowledge=False, descriptions=None).eval()
    torch.testing.assert_close(pair(episodes(*TWO_WAYS)), pair(episodes(*TWO_WAYS, joined=False)))


def test_the_loss_reaches_every_weight_and_no_memory():
    pair = model()
    pair.losses(episodes(*TWO_WAYS))["episode"].backward()
    without = {name for name, p in pair.named_parameters() if p.grad is None}
    assert without == set()
    marked = pair.model.lower.embedding.weight.grad[list(MARKERS)]
    assert (marked.abs().sum(1) > 0).all()
    assert (pair.classify.weight.grad.abs().sum(1) > 0).all()
    assert set(pair.groups()) == {"encoder", "knowledge", "head"}
    assert set(pair.memories()) == {"entity"}


def test_training_learns_which_sentences_go_together():
    pair = model()
    batch = episodes([[[0], [3]]], [[[1], [2]]])
    optimizer = torch.optim.Adam(pair.parameters(), 1e-2)
    for _ in range(30):
        optimizer.zero_grad()
        loss = pair.losses(batch)["episode"]
        loss.backward()
        optimizer.step()
    assert loss < 0.1 and pair.eval()(batch).argmax(1).tolist() == [0, 1]


def test_pairs_that_the_encoder_cannot_read_are_one_sentence():
    pair, batch = model(), episodes([[[0]]], [[[1]]])
    pair.model.lower.model.config.max_position_embeddings = 17
    with pytest.raises(InputError, match=r"19 pieces, but the encoder reads at most 17: .*limit=7"):
        pair(batch)
