from __future__ import annotations

import copy
import multiprocessing
import pickle

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphkg.errors import InputError
from graphkg.stores import MemoryTable, RefreshSchedule, memory


def one(value: float, num: int = 1) -> torch.Tensor:
    return torch.full((num, 2), value)


@pytest.fixture(params=["ram", "file"])
def table(request, tmp_path) -> MemoryTable:
    return MemoryTable(4, 2, path=tmp_path / "rows.bin" if request.param == "file" else None)


def test_the_first_fill_assigns_and_later_ones_mix(table):
    first = torch.tensor([2])
    found = []
    for value in (1.0, 0.0, 0.0, 0.0):
        table.refresh(first, one(value), momentum=0.8)
        found.append(table(first)[0, 0].item())
    assert found == pytest.approx([1.0, 0.8, 0.64, 0.512])
    assert table.filled.tolist() == [False, False, True, False]
    assert table(torch.tensor([0])).tolist() == [[0.0, 0.0]]


def test_without_momentum_a_refresh_replaces(table):
    table.refresh(None, one(1.0, 4))
    table.refresh(torch.tensor([3, 0]), torch.tensor([[5.0, 6.0], [7.0, 8.0]]))
    assert table().tolist() == [[7, 8], [1, 1], [1, 1], [5, 6]]


@given(
    start=st.integers(1, 9),
    chunk=st.integers(1, 5),
    momentum=st.floats(0, 1),
)
def test_chunks_of_any_size_give_the_same_rows(start, chunk, momentum):
    generator = torch.Generator().manual_seed(start)
    old, new = (torch.randn(9, 3, generator=generator) for _ in range(2))
    order = torch.randperm(9, generator=generator)
    table, whole = MemoryTable(9, 3), memory.CHUNK
    try:
        memory.CHUNK = chunk
        table.refresh(torch.arange(start), old[:start], momentum)
        table.refresh(order, new[order], momentum)
    finally:
        memory.CHUNK = whole
    expected = momentum * old + (1 - momentum) * new
    assert torch.allclose(table()[:start], expected[:start], atol=1e-6)
    assert torch.equal(table()[start:], new[start:])


def test_a_memory_is_no_parameter_and_no_buffer(table):
    assert list(table.parameters()) == [] and list(table.buffers()) == []
    assert table.state_dict() == {}
    table.to(torch.float64).to("meta")
    assert table().dtype == torch.float32 and table().device.type == "cpu"


def test_gathered_rows_carry_no_gradient_and_any_shape(table):
    rows = one(1.0, 4).requires_grad_()
    table.refresh(None, rows * 2)
    found = table(torch.tensor([[0, 1], [2, 2]]))
    assert found.shape == (2, 2, 2) and not found.requires_grad
    assert (len(table), table.dim) == (4, 2)


def test_half_precision_is_mixed_in_full():
    table = MemoryTable(1, 2, dtype=torch.bfloat16)
    table.refresh(None, one(1.0))
    table.refresh(None, one(0.0), momentum=0.75)
    assert table().dtype == torch.bfloat16 and table()[0, 0].item() == 0.75


def test_a_file_opened_again_has_the_same_bits_and_knows_what_was_filled(tmp_path):
    table = MemoryTable(3, 2, path=tmp_path / "rows.bin")
    table.refresh(torch.tensor([1]), one(0.1))
    checksum = table.checksum()
    del table
    again = MemoryTable(3, 2, path=tmp_path / "rows.bin")
    assert again.checksum() == checksum
    again.refresh(torch.tensor([0, 1]), one(0.0, 2), momentum=0.5)
    assert again()[:, 0].tolist() == pytest.approx([0.0, 0.05, 0.0])
    assert (tmp_path / "rows.bin").stat().st_size == 3 * 2 * 4 + 3


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_copy_of_a_memory_in_ram_is_its_own(copied):
    table = MemoryTable(2, 2)
    table.refresh(torch.tensor([1]), one(3.0))
    other = copied(table)
    other.refresh(None, one(4.0, 2))
    assert table().tolist() == [[0, 0], [3, 3]] and table.filled.tolist() == [False, True]
    assert other().tolist() == [[4, 4], [4, 4]]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_copy_of_a_memory_in_a_file_opens_the_file_again(tmp_path, copied):
    table = MemoryTable(1000, 2, path=tmp_path / "rows.bin")
    other = copied(table)
    table.refresh(None, one(3.0, 1000))
    assert torch.equal(other(), table()) and bool(other.filled.all())
    assert len(pickle.dumps(table)) < 2000


def _write(table: MemoryTable) -> None:
    table.refresh(torch.tensor([0]), one(8.0))


def test_a_write_in_another_process_is_seen(tmp_path):
    table = MemoryTable(2, 2, path=tmp_path / "rows.bin")
    worker = multiprocessing.get_context("fork").Process(target=_write, args=(table,))
    worker.start()
    worker.join()
    assert worker.exitcode == 0
    assert table().tolist() == [[8.0, 8.0], [0.0, 0.0]]


def test_a_checkpoint_brings_back_the_bits(table, tmp_path):
    table.refresh(torch.tensor([1, 2]), one(0.3, 2))
    torch.save(table.checkpoint(tmp_path, "entity"), tmp_path / "state.pt")
    before = table().clone()
    table.refresh(None, one(5.0, 4), momentum=0.5)
    table.restore(torch.load(tmp_path / "state.pt", weights_only=True), tmp_path)
    assert torch.equal(table(), before)
    assert table.filled.tolist() == [False, True, True, False]


def test_a_checkpoint_without_a_copy_holds_path_sizes_and_checksum(tmp_path):
    table = MemoryTable(4, 2, path=tmp_path / "rows.bin")
    state = table.checkpoint()
    assert state == {
        "num": 4,
        "dim": 2,
        "dtype": "float32",
        "path": str(tmp_path / "rows.bin"),
        "checksum": table.checksum(),
    }
    table.restore(state)
    table.refresh(torch.tensor([0]), one(1.0))
    with pytest.raises(InputError, match="are not those of the checkpoint"):
        table.restore(state)


def test_a_checkpoint_of_another_size_or_without_its_copy_is_refused(tmp_path):
    table = MemoryTable(4, 2, path=tmp_path / "rows.bin")
    state = table.checkpoint(tmp_path, "entity")
    with pytest.raises(InputError, match=r"\(4, 2, 'float32'\), but this one has \(5, 2,"):
        MemoryTable(5, 2).restore(state)
    (tmp_path / "entity.bin").unlink()
    with pytest.raises(InputError, match="entity.bin is missing"):
        table.restore(state, tmp_path)


def test_a_file_of_another_size_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "rows.bin"
    path.write_bytes(b"abc")
    with pytest.raises(InputError, match="has 3 bytes, but a memory of this size has 18"):
        MemoryTable(2, 2, path=path)
    assert path.read_bytes() == b"abc"
    with pytest.raises(InputError, match="does not exist"):
        MemoryTable(2, 2, path=tmp_path / "none" / "rows.bin")


@pytest.mark.parametrize(
    ("index", "rows", "momentum", "message"),
    [
        ([0, 0], one(1.0, 2), 0.0, "refreshed twice"),
        ([0], one(1.0, 2), 0.0, r"\[2, 2\] were given for 1 ids .* give \[1, 2\]"),
        ([0], torch.zeros(1, 3), 0.0, r"\[1, 3\] were given"),
        ([0], one(1.0), 1.5, r"momentum 1.5 was given"),
    ],
)
def test_a_refresh_that_does_not_fit_is_refused_and_changes_nothing(
    table, index, rows, momentum, message
):
    with pytest.raises(InputError, match=message):
        table.refresh(torch.tensor(index), rows, momentum)
    assert not table.filled.any() and not table().any()


def test_its_printed_form_says_how_much_is_filled(tmp_path):
    table = MemoryTable(3, 2, path=tmp_path / "rows.bin")
    table.refresh(torch.tensor([2]), one(1.0))
    assert repr(table) == "MemoryTable(3, 2, 1 filled, in a file)"
    assert repr(MemoryTable(0, 2)) == "MemoryTable(0, 2, 0 filled)"


def test_the_intervals_are_those_of_jaket():
    schedule = RefreshSchedule(10, 2, 3, 500)
    expected = [10, 20, 40, 80, 160, 320]
    assert [schedule.interval(i) for i in range(18)] == [t for t in expected for _ in range(3)]
    assert [schedule.interval(i) for i in (18, 19, 10**6)] == [500, 500, 500]
    assert RefreshSchedule(10, 1.5, 3, 500).interval(10**6) == 500


def test_refreshes_fall_on_the_cumulative_steps_of_jaket():
    schedule = RefreshSchedule(10, 2, 3, 500)
    steps = [10, 20, 30, 50, 70, 90, 130, 170, 210, 290, 370, 450, 610, 770, 930, 1250, 1570]
    steps += [1890, 2390, 2890]
    assert [step for step in range(1, 2891) if schedule.due(step)] == steps
    assert schedule.done == 20
    assert repr(schedule) == "RefreshSchedule(10, 2, 3, 500, done=20)"


def test_a_schedule_goes_on_from_its_saved_state():
    whole, half, rest = (RefreshSchedule(10, 2, 3, 500) for _ in range(3))
    expected = [step for step in range(1, 400) if whole.due(step)]
    found = [step for step in range(1, 75) if half.due(step)]
    rest.load_state_dict(half.state_dict())
    assert found + [step for step in range(75, 400) if rest.due(step)] == expected


def test_growth_of_one_keeps_the_interval():
    schedule = RefreshSchedule(3, 1, 2, 500)
    assert [step for step in range(1, 13) if schedule.due(step)] == [3, 6, 9, 12]


@pytest.mark.parametrize("wrong", [(0, 2, 3, 500), (10, 0.5, 3, 500), (10, 2, 0, 5), (10, 2, 3, 5)])
def test_a_schedule_that_cannot_be_is_refused(wrong):
    with pytest.raises(InputError, match="intervals are at least 1"):
        RefreshSchedule(*wrong)
