"""RankingScores: averages by hand, the printed table, and the saved file."""

from __future__ import annotations

import json

import pytest
import torch

from graphkg.errors import InputError
from graphkg.metrics import RankingScores, Ranks


def exact(*values: float) -> Ranks:
    """Ranks without ties among 20 candidates."""
    rank = torch.tensor(values, dtype=torch.float64)
    return Ranks(rank, rank, rank, torch.full(rank.shape, 20))


HEAD, TAIL = exact(1, 2, 4, 8), exact(1, 1, 5, 16)


def scores(**changes) -> RankingScores:
    given = {
        "ranks": {"head": HEAD, "tail": TAIL},
        "relation": torch.tensor([1, 1, 0, 1]),
        "groups": {"seen": torch.tensor([True, True, False, False]), "none": torch.zeros(4) > 0},
        "relation_names": ["likes", "owns", "eats"],
        "protocol": {"filter": "train, valid and test", "unseen": "ranked last", "seed": 3},
    }
    return RankingScores(**{**given, **changes})


def test_sides_relations_and_groups_are_averaged_by_hand():
    found = scores()
    assert found.head["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 4 + 1 / 8) / 4)
    assert found.tail["mrr"] == pytest.approx((1 + 1 + 1 / 5 + 1 / 16) / 4)
    assert found.both == pytest.approx(
        {"mrr": 4.1375 / 8, "mr": 38 / 8, "hits@1": 3 / 8, "hits@3": 4 / 8, "hits@10": 7 / 8}
    )
    assert found.summary() == found.both
    assert list(found.by_relation) == ["owns", "likes"]
    likes, owns = found.by_relation["likes"], found.by_relation["owns"]
    assert likes["triples"] == 1 and likes["head"]["mr"] == 4 and likes["tail"]["mr"] == 5
    assert likes["both"]["mrr"] == pytest.approx((1 / 4 + 1 / 5) / 2)
    assert owns["triples"] == 3 and owns["head"]["mr"] == pytest.approx(11 / 3)
    assert found.by_group["seen"]["both"]["mrr"] == pytest.approx(3.5 / 4)
    assert found.by_group["seen"]["head"]["mr"] == 1.5
    assert found.by_group["none"] == {"triples": 0}


def test_one_side_and_no_names():
    found = scores(ranks={"tail": TAIL}, relation_names=None)
    assert found.head is None and found.both == found.tail
    assert list(found.by_relation) == ["1", "0"] and "head" not in found.by_relation["1"]
    assert "both sides" not in str(found) and "sides tail" in str(found)


def test_ties_are_told_when_they_decide():
    low, high = exact(1, 1).optimistic, exact(20, 20).optimistic
    tied = Ranks(low, (low + high) / 2, high, torch.full((2,), 20))
    found = RankingScores({"tail": tied}, torch.tensor([0, 0]))
    assert found.mrr_by_ties == pytest.approx(
        {"optimistic": 1, "realistic": 1 / 10.5, "pessimistic": 1 / 20}
    )
    assert found.warning is not None and found.warning in str(found)
    assert "MRR is 1.000 if ties are counted for the gold and 0.050 if against" in found.warning
    assert scores().warning is None and "warning" not in str(scores())


def test_the_table_names_what_was_done():
    assert str(scores()).splitlines() == [
        "                MRR       MR     H@1     H@3    H@10",
        "both sides    0.517      4.8    0.375    0.500    0.875",
        "head          0.469      3.8    0.250    0.500    1.000",
        "tail          0.566      5.8    0.500    0.500    0.750",
        "seen (2)      0.875      1.2    0.750    1.000    1.000",
        "none: no triples",
        "ranked: 4 triples, sides head and tail",
        "filter: train, valid and test",
        "candidates: as scored; 20 to 20 a question",
        "ties: realistic; MRR optimistic 0.517, realistic 0.517, pessimistic 0.517",
        "unseen: ranked last",
    ]
    assert repr(scores()) == "RankingScores(4 triples, mrr 0.517)"


def test_json_holds_everything(tmp_path):
    found, path = scores(), tmp_path / "new" / "scores.json"
    found.save(path)
    found.save(path)
    read = json.loads(path.read_text(encoding="utf-8"))
    assert read == found.to_dict()
    assert read["mrr"] == found.both["mrr"] and read["by_side"]["tail"]["mr"] == 5.75
    assert read["protocol"]["seed"] == 3 and read["triples"] == 4
    assert read["candidates"] == {"least": 20, "most": 20}
    assert [file.name for file in path.parent.iterdir()] == ["scores.json"]
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        found.save(tmp_path / "folder")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["folder", "new"]


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"ranks": {}}, "give head, tail or both"),
        ({"ranks": {"left": HEAD}}, "give head, tail or both"),
        ({"relation": torch.tensor([0])}, "1 relation ids"),
        ({"groups": {"few": torch.tensor([True])}}, "'few': 1"),
        ({"relation_names": ["likes"]}, "relation 1 was ranked"),
        ({"relation_names": ["likes", "likes"]}, "1 distinct names"),
    ],
)
def test_what_does_not_fit_is_refused(changes, match):
    with pytest.raises(InputError, match=match):
        scores(**changes)
