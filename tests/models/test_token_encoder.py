"""TokenEncoder: pieces become tokens, and tokens beyond the last piece are zeros."""

from __future__ import annotations

import pytest
import torch
from slot_models import batch_of, encoded
from text_models import quiet_encoder

from graphkg.errors import InputError
from graphkg.models.token_encoder import TokenEncoder

ROMEVILLE = 6  # its place in the batch; its pieces are 9 and 10 of the batch


def token_encoder(**options):
    torch.manual_seed(0)
    return TokenEncoder(quiet_encoder("cls"), **{"dim": 10, "lstm_layers": 0, **options})


def piece_rows(model, batch):
    return model.encoder(batch["piece"].input_id, batch["piece"].ptr)


@pytest.mark.parametrize("pooling", ["max", "first"])
def test_a_token_of_two_pieces_is_their_maximum_or_the_first(pooling):
    model, batch = token_encoder(pooling=pooling), batch_of()
    rows, found = piece_rows(model, batch), model(batch)
    both = rows[9:11]
    expected = both.amax(0) if pooling == "max" else both[0]
    torch.testing.assert_close(found.h[ROMEVILLE], expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found.h[0], rows[1], atol=1e-5, rtol=1e-5)
    assert found.known.all() and found.ptr.tolist() == [0, 4, 14, 19, 22]


@pytest.mark.parametrize("options", [{}, {"dim": 6}, {"pooling": "first"}])
def test_a_token_without_a_piece_is_unknown_and_a_row_of_zeros(options):
    found = token_encoder(**options)(batch_of(limit=5))
    assert found.known.tolist() == [True] * 3 + [False] + [True] * 3 + [False] * 7 + [
        *[True] * 3, False, False, True, True, True
    ]  # fmt: skip
    assert (found.h[~found.known] == 0).all() and found.h[found.known].abs().sum(1).all()


def test_padding_is_no_token():
    h, mask = token_encoder()(batch_of(limit=5)).padded()
    assert h.shape == (4, 10, 10) and mask.sum(1).tolist() == [3, 3, 3, 3]
    assert (h[~mask] == 0).all()


def test_the_lstm_has_the_width_of_the_model_and_reads_each_sentence_alone():
    model, graphs = token_encoder(dim=6, lstm_layers=3), encoded()
    whole = model(batch_of())
    assert whole.h.shape == (22, 6) and model.lstm.dropout == 0.1
    alone = torch.cat([model.eval()(batch_of(graphs[n : n + 1])).h for n in range(4)])
    torch.testing.assert_close(model(batch_of()).h, alone, atol=1e-5, rtol=1e-4)


def test_a_residual_lstm_adds_to_what_it_reads():
    below, batch = token_encoder(), batch_of()
    alone = token_encoder(lstm_layers=2, dropout=0.0)
    both = token_encoder(lstm_layers=2, dropout=0.0, residual=True)
    torch.testing.assert_close(both(batch).h, below(batch).h + alone(batch).h)


def test_sentences_without_pieces_are_an_error():
    batch = batch_of()
    del batch["piece"]
    with pytest.raises(InputError, match="graphkg.transforms.ToPieces"):
        token_encoder()(batch)


def test_the_printed_form():
    assert repr(token_encoder(lstm_layers=2)).endswith("cls), 2 LSTM layers, max piece)")
    assert "2 residual LSTM layers" in repr(token_encoder(lstm_layers=2, residual=True))
