from __future__ import annotations

import pickle

from graphkg.errors import GraphKGError, InputError, MissingExtra, nearest


def test_a_users_mistake_can_be_caught_as_a_value_error():
    assert issubclass(InputError, ValueError) and issubclass(InputError, GraphKGError)


def test_a_missing_extra_names_package_purpose_and_remedy():
    error = MissingExtra("stanza", "stanza", "to parse with Stanza")
    assert str(error) == (
        "stanza is needed to parse with Stanza, but it is not installed: "
        "run pip install 'graphkg[stanza]'"
    )
    assert isinstance(error, ImportError) and isinstance(error, GraphKGError)


def test_nearest_offers_close_names_and_is_silent_otherwise():
    assert nearest("tokn", ["token", "entity"]) == "; did you mean 'token'?"
    assert nearest("heads", ["head", "heads1"]) == "; did you mean 'heads1' or 'head'?"
    assert nearest("zebra", ["token", "entity"]) == ""


def test_nearest_in_very_many_names_looks_at_those_that_begin_alike():
    names = [f"Q{number}" for number in range(100_000)]
    assert "'Q99999'" in nearest("Q999999", names)
    assert nearest("X99999", names) == ""


def test_an_input_error_crosses_a_process_border():
    error = pickle.loads(pickle.dumps(InputError("line 3: no")))
    assert isinstance(error, InputError) and str(error) == "line 3: no"
