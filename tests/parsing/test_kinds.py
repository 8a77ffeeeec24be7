import pytest

from graphkg.parsing import kind_of


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("PERSON", "PERSON"),
        ("PER", "PERSON"),
        ("GPE", "LOCATION"),
        ("FAC", "LOCATION"),
        ("NORP", "LOCATION"),
        ("org", "ORGANIZATION"),
        ("CARDINAL", "NUMBER"),
        ("WORK_OF_ART", "MISC"),
        ("DATE", "DATE"),
    ],
)
def test_labels_of_other_schemes_get_one_name(label, kind):
    assert kind_of(label) == kind


def test_an_unknown_label_stays():
    assert kind_of("Protein") == "PROTEIN"
