"""The temperature of a softmax."""

import pytest

from graphkg.nn.temperature import Temperature


def test_a_temperature_is_learned_as_its_logarithm():
    learned, fixed = Temperature(0.1, learned=True), Temperature(0.1)
    assert list(learned.state_dict()) == ["log"] and not list(fixed.parameters())
    assert learned().item() == pytest.approx(0.1) and repr(fixed) == "Temperature(0.1)"
