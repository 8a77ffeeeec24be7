from __future__ import annotations

import copy
import pickle

import pytest
import torch
from safetensors.torch import load_file, save_file, save_model
from torch import nn

from graphkg.errors import InputError
from graphkg.stores import EmbeddingStore, LearnedTable, MemoryTable, TableView


@pytest.fixture
def store() -> EmbeddingStore:
    torch.manual_seed(0)
    return EmbeddingStore(
        object=TableView("token", rows=[3, 1]),
        token=LearnedTable(5, 3, padding=0),
        relation=LearnedTable(2, 4),
        entity=MemoryTable(6, 3),
    )


def test_tables_are_found_by_name(store):
    assert store.names == list(store) == ["object", "token", "relation", "entity"]
    assert store["relation"](torch.tensor([1])).shape == (1, 4)
    assert "token" in store and "word" not in store and 3 not in store
    assert store.sizes["object"] == (2, 3) and len(store) == 4
    assert repr(store) == (
        "EmbeddingStore(object=[2, 3], token=[5, 3], relation=[2, 4], entity=[6, 3])"
    )


def test_an_unknown_name_is_refused_with_the_known_ones(store):
    with pytest.raises(InputError, match="no table 'tokens'.* object, token, .*mean 'token'"):
        store["tokens"]
    with pytest.raises(InputError, match="its tables are: none"):
        EmbeddingStore()["token"]


def test_a_shared_parameter_is_counted_once(store):
    assert sum(parameter.numel() for parameter in store.parameters()) == 5 * 3 + 2 * 4
    assert [name for name, _ in store.named_parameters()] == [
        "tables.token.weight",
        "tables.relation.weight",
    ]


def test_a_shared_parameter_is_saved_once_with_the_rows_of_the_view(store):
    state = store.state_dict()
    assert sorted(state) == ["tables.object.rows", "tables.relation.weight", "tables.token.weight"]
    assert state["tables.object.rows"].tolist() == [3, 1]


@pytest.mark.parametrize("how", ["model", "file"])
def test_safetensors_saves_and_loads_the_same_bits(store, tmp_path, how):
    path = str(tmp_path / "store.safetensors")
    if how == "model":
        save_model(store, path)
    else:
        save_file(store.state_dict(), path)
    other = EmbeddingStore(
        object=TableView("token", rows=[0, 0]),
        token=LearnedTable(5, 3, padding=0),
        relation=LearnedTable(2, 4),
        entity=MemoryTable(6, 3),
    )
    other.load_state_dict(load_file(path))
    for name in ("object", "token", "relation"):
        assert torch.equal(other[name](), store[name]())


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_a_copy_stays_tied_to_its_own_table(store, copied):
    other = copied(store)
    assert other["object"].source is other["token"]
    with torch.no_grad():
        other["token"].weight.fill_(9.0)
    assert other["object"]().tolist() == [[9.0] * 3] * 2
    assert not (store["object"]() == 9.0).any()


def test_a_copy_inside_a_model_stays_tied(store):
    model = nn.ModuleDict({"first": store, "second": nn.Linear(3, 3)})
    other = copy.deepcopy(model)
    assert other["first"]["object"].source is other["first"]["token"]


def test_a_store_moves_once_and_its_views_follow(store):
    moved = store.to(torch.float64)
    assert moved is store
    assert store["object"]().dtype == torch.float64
    assert store["object"].rows.dtype == torch.long
    store.to("meta")
    assert store["object"].rows.device.type == "meta"
    assert store["object"](torch.zeros(2, dtype=torch.long, device="meta")).device.type == "meta"
    assert store["entity"]().device.type == "cpu"


def test_one_optimiser_step_on_a_view_changes_the_shared_row(store):
    before = store["token"]().detach().clone()
    optimiser = torch.optim.SGD(store.parameters(), lr=1.0)
    store["object"](torch.tensor([0])).sum().backward()
    optimiser.step()
    assert torch.equal(store["token"]()[3], before[3] - 1)
    assert torch.equal(store["token"]()[[0, 1, 2, 4]], before[[0, 1, 2, 4]])


def test_a_table_can_be_added_later(store):
    store.add("head", TableView("object", [1]))
    assert torch.equal(store["head"]()[0], store["token"]()[1])
    with pytest.raises(InputError, match="a table 'head' already"):
        store.add("head", LearnedTable(2, 2))
    with pytest.raises(InputError, match="no table 'nobody'"):
        store.add("tail", TableView("nobody"))
    assert "tail" not in store


def test_one_table_under_two_names_is_refused():
    table = LearnedTable(2, 2)
    with pytest.raises(InputError, match=r"saved twice: give b=TableView\('a'\)"):
        EmbeddingStore(a=table, b=table)
    memory = MemoryTable(2, 2)
    with pytest.raises(InputError, match=r"give b=TableView\('a'\)"):
        EmbeddingStore(a=memory, b=memory)


def test_one_parameter_in_two_tables_is_refused():
    first, second = LearnedTable(2, 2), LearnedTable(2, 2)
    second.weight = first.weight
    with pytest.raises(InputError, match="saved twice"):
        EmbeddingStore(a=first, b=second)


def test_views_in_a_circle_are_refused():
    with pytest.raises(InputError, match="the views a -> b -> a form a circle"):
        EmbeddingStore(a=TableView("b"), b=TableView("a"))


def test_a_view_of_an_unknown_table_is_refused():
    with pytest.raises(InputError, match="no table 'tokn', its tables are: token, object"):
        EmbeddingStore(token=LearnedTable(2, 2), object=TableView("tokn"))


@pytest.mark.parametrize("name", ["type", "a.b", ""])
def test_a_name_that_no_module_can_carry_is_refused(name):
    with pytest.raises(InputError, match="cannot name a table"):
        EmbeddingStore(**{name: LearnedTable(2, 2)})


def test_a_view_may_name_a_memory():
    store = EmbeddingStore(entity=MemoryTable(3, 1), some=TableView("entity", [2, 0]))
    store["entity"].refresh(None, torch.tensor([[1.0], [2.0], [3.0]]))
    assert store["some"]().tolist() == [[3.0], [1.0]]
    assert list(store.state_dict()) == ["tables.some.rows"]
