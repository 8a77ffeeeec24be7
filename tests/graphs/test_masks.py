from __future__ import annotations

from graphkg.graphs.masks import object_mask, subject_mask


def test_masks_name_the_end_and_the_kind():
    assert (subject_mask("PERSON"), object_mask("CITY")) == ("SUBJ-PERSON", "OBJ-CITY")
