from graphkg.parsing.names import NameMemory


def test_a_last_name_stays_a_person():
    memory = NameMemory()
    memory.settle(["Booker", "Washington", "spoke"], [(0, 2, "PERSON")])
    assert memory.settle(["Washington", "left"], [(0, 1, "LOCATION")]) == [(0, 1, "PERSON")]


def test_a_name_takes_the_kind_it_had_more_often():
    memory = NameMemory()
    for kind in ("ORGANIZATION", "ORGANIZATION", "MISC"):
        assert memory.settle(["Nokia"], [(0, 1, kind)])[0][2] == "ORGANIZATION"


def test_a_new_name_keeps_its_kind():
    assert NameMemory().settle(["Paris", "May"], [(0, 1, "LOCATION")]) == [(0, 1, "LOCATION")]


def test_dates_and_other_values_are_left_alone():
    memory = NameMemory()
    memory.settle(["Theresa", "May"], [(0, 2, "PERSON")])
    assert memory.settle(["in", "May"], [(1, 2, "DATE")]) == [(1, 2, "DATE")]


def test_the_first_letter_of_a_name_is_no_name():
    memory = NameMemory()
    memory.settle(["Malcolm", "X"], [(0, 2, "PERSON")])
    assert memory.settle(["X"], [(0, 1, "MISC")]) == [(0, 1, "MISC")]
