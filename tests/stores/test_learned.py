from __future__ import annotations

import copy
import pickle

import pytest
import torch
from torch import nn

from graphkg.errors import InputError
from graphkg.stores import EmbeddingStore, LearnedTable, TableView


def rows(num: int, dim: int) -> torch.Tensor:
    return torch.arange(1.0, num * dim + 1).view(num, dim)


def test_a_table_gives_rows_by_id_and_whole():
    table = LearnedTable(4, 2, weight=rows(4, 2))
    assert table(torch.tensor([[3, 0]])).tolist() == [[[7.0, 8.0], [1.0, 2.0]]]
    assert torch.equal(table(), rows(4, 2))
    assert (len(table), table.dim, repr(table)) == (4, 2, "LearnedTable(4, 2)")


def test_initial_values_are_copied():
    given = rows(2, 2)
    table = LearnedTable(2, 2, weight=given)
    given.zero_()
    assert torch.equal(table(), rows(2, 2))
    assert [name for name, _ in table.named_parameters()] == ["weight"]


def test_rows_are_drawn_as_asked():
    torch.manual_seed(0)
    uniform = LearnedTable(1000, 4).weight.detach()
    assert uniform.abs().max() <= 1
    normal = LearnedTable(1000, 4, init="normal", scale=0.1).weight.detach()
    xavier = LearnedTable(1000, 500, init="xavier").weight.detach()
    deviations = [values.std().item() for values in (uniform, normal, xavier)]
    assert deviations == pytest.approx([3**-0.5, 0.1, (2 / 1500) ** 0.5], rel=0.05)
    assert not LearnedTable(3, 4, init="zeros")().any()
    with pytest.raises(InputError, match="'gaussian' was given"):
        LearnedTable(3, 4, init="gaussian")


@pytest.mark.parametrize("whole", [True, False])
def test_the_padding_row_is_zero_and_stays_zero_under_an_optimiser(whole):
    table = LearnedTable(3, 2, padding=1, weight=rows(3, 2))
    before = table().detach().clone()
    assert before[1].tolist() == [0.0, 0.0]
    optimiser = torch.optim.AdamW(table.parameters(), lr=0.5, weight_decay=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        found = table() if whole else table(torch.tensor([0, 1, 1, 2]))
        (found - 7).square().sum().backward()
        assert table.weight.grad[1].tolist() == [0.0, 0.0]
        optimiser.step()
    assert table.weight[1].tolist() == [0.0, 0.0]
    assert (table()[[0, 2]] != before[[0, 2]]).all()


@pytest.mark.parametrize("whole", [True, False])
def test_only_the_trained_rows_get_a_gradient(whole):
    table = LearnedTable(4, 2, trained=2, weight=rows(4, 2))
    found = table() if whole else table(torch.arange(4))
    assert torch.equal(found, rows(4, 2))
    found.sum().backward()
    assert table.weight.grad.tolist() == [[1, 1], [1, 1]]
    torch.optim.AdamW(table.parameters(), lr=1.0, weight_decay=0.5).step()
    assert torch.equal(table()[2:], rows(4, 2)[2:])


def test_padding_and_trained_rows_go_together():
    table = LearnedTable(4, 1, padding=0, trained=3)
    table(torch.tensor([0, 1, 2, 2, 3])).sum().backward()
    assert table.weight.grad.view(-1).tolist() == [0, 1, 2]
    assert repr(table) == "LearnedTable(4, 1, padding=0, trained=3)"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_copy_still_knows_its_fixed_rows(copied):
    table = copied(LearnedTable(3, 1, padding=0, trained=2))
    table().sum().backward()
    assert table.weight.grad.view(-1).tolist() == [0, 1]
    assert (len(table), table.fixed.shape) == (3, (1, 1))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"padding": 3}, r"padding row 3 was given, but the rows are 0-2"),
        ({"trained": 4}, "4 trained rows were asked of a table of 3"),
        ({"weight": torch.zeros(3, 3)}, r"\[3, 3\] were given for a table of \[3, 2\]"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        LearnedTable(3, 2, **wrong)


def test_a_view_gives_rows_of_its_source():
    store = EmbeddingStore(
        token=LearnedTable(4, 2, weight=rows(4, 2)), o=TableView("token", [3, 1])
    )
    view = store["o"]
    assert view(torch.tensor([[0], [1]])).tolist() == [[[7, 8]], [[3, 4]]]
    assert view().tolist() == [[7, 8], [3, 4]]
    assert (len(view), view.dim, repr(view)) == (2, 2, "TableView('token', 2, 2)")
    assert list(view.parameters()) == [] and view.source is store["token"]


def test_a_view_without_rows_is_the_whole_table():
    store = EmbeddingStore(o=TableView("token"), token=LearnedTable(4, 2))
    assert torch.equal(store["o"](), store["token"]()) and len(store["o"]) == 4
    assert torch.equal(store["o"](torch.tensor([2])), store["token"](torch.tensor([2])))


@pytest.mark.parametrize("whole", [True, False])
def test_a_gradient_through_a_view_reaches_the_rows_it_names_and_no_other(whole):
    store = EmbeddingStore(token=LearnedTable(4, 1), o=TableView("token", [3, 1]))
    found = store["o"]() if whole else store["o"](torch.tensor([0, 1]))
    (found * torch.tensor([[2.0], [5.0]])).sum().backward()
    assert store["token"].weight.grad.view(-1).tolist() == [0, 5, 0, 2]


def test_a_view_of_a_padded_table_keeps_the_padding():
    store = EmbeddingStore(token=LearnedTable(3, 1, padding=0), o=TableView("token", [0, 2]))
    store["o"]().sum().backward()
    assert store["token"].weight.grad.view(-1).tolist() == [0, 0, 1]
    assert store["o"]()[0].item() == 0


def test_a_view_of_a_view_reaches_the_table():
    store = EmbeddingStore(
        last=TableView("middle", [1]),
        middle=TableView("token", [3, 2]),
        token=LearnedTable(4, 2, weight=rows(4, 2)),
    )
    assert store["last"]().tolist() == [[5, 6]]
    store["last"]().sum().backward()
    assert store["token"].weight.grad[:, 0].tolist() == [0, 0, 1, 0]


def test_a_view_of_an_encoders_embedding_shares_its_weights():
    encoder = nn.Embedding(4, 2, _weight=rows(4, 2))
    store = EmbeddingStore(token=TableView(encoder), object=TableView("token", rows=[2]))
    assert store["token"]().shape == (4, 2) and store["object"]().tolist() == [[5, 6]]
    assert store["token"](torch.tensor(1)).tolist() == [3, 4]
    model = nn.ModuleDict({"encoder": encoder, "store": store})
    assert [name for name, _ in model.named_parameters()] == ["encoder.weight"]
    other = copy.deepcopy(model)
    assert other["store"]["token"].source is other["encoder"]
    assert other["encoder"] is not encoder


def test_a_view_takes_rows_from_a_tensor_of_any_integers():
    view = TableView("token", rows=torch.tensor([[1], [0]], dtype=torch.int32))
    assert view.rows.tolist() == [1, 0] and view.rows.dtype == torch.long


def test_a_view_alone_says_what_it_lacks():
    view = TableView("token", [1])
    assert repr(view) == "TableView('token', unbound)"
    with pytest.raises(InputError, match="a view of 'token' stands alone"):
        view()


def test_a_view_of_rows_that_are_not_there_is_refused():
    for wrong in ([0, 4], [-1]):
        with pytest.raises(InputError, match=r"which has 4 rows \(0-3\)"):
            EmbeddingStore(token=LearnedTable(4, 2), o=TableView("token", wrong))
