"""Rankings of MTL-KGC: in full, on a subset, with candidates, stopped and gone on with."""

from __future__ import annotations

import copy

import pytest
import torch
from text_graphs import TEST, small_data
from text_graphs import same_ranks as same

from graphkg.datasets.triples import read_triple_data
from graphkg.errors import InputError
from graphkg.metrics import ranks
from graphkg.recipes.link import build_link_recipe
from graphkg.recipes.link_system import LinkSystem


def scored(system, table):
    """The system with a table [N, R, N] for scores."""
    found = copy.copy(system)
    found.model = copy.copy(system.model)
    found.model.score_triples = lambda triples: table[triples[:, 0], triples[:, 1], triples[:, 2]]
    return found


def drawn_table(seed=0):
    return torch.rand(5, 3, 5, generator=torch.Generator().manual_seed(seed))


def rows(system):
    return system.triples.train.triples()


def test_filtered_ranks_on_five_entities_are_those_computed_by_hand(mtl_run, five):
    system, _ = mtl_run
    names = five.entities.labels
    assert names == ["Ann", "Lee", "Rome", "Romeville", "a b c d"]
    assert five.relations.labels == ["born_in", "left", "of"]
    table = torch.zeros(5, 3, 5)
    # (Lee, born_in, ?): Romeville is known in train, Rome and "a b c d" are both test answers.
    table[1, 0] = torch.tensor([0.9, 0.1, 0.4, 0.8, 0.6])
    # (Ann, left, ?): Romeville is known.
    table[0, 1] = torch.tensor([0.3, 0.3, 0.3, 0.9, 0.1])
    found = scored(system, table).evaluate("test", progress=False)
    # Rome: above it is Ann alone, as Romeville and "a b c d" are left out; below it Lee.
    # Rome of (Ann, left): ties with Ann and Lee. "a b c d" of Lee: below Ann.
    assert found.ranks["tail"].realistic.tolist() == [2, 2, 2]
    assert found.ranks["tail"].optimistic.tolist() == [2, 1, 2]
    assert found.ranks["tail"].candidates.tolist() == [3, 4, 3]
    # (?, born_in, Rome): 0.4 against Ann, known in train; and three zeros.
    # (?, left, Rome): Ann 0.3, Lee is known. (?, born_in, "a b c d"): 0.6 and four zeros.
    assert found.ranks["head"].realistic.tolist() == [1, 1, 1]
    assert found.ranks["head"].candidates.tolist() == [4, 4, 5]
    assert found.both["mr"] == 1.5 and found.protocol["split"] == "test"
    raw = scored(system, table).evaluate("test", raw=True, progress=False)
    assert raw.ranks["tail"].realistic.tolist() == [4, 3, 3]
    assert raw.protocol["filter"] == "none: raw ranks"


@pytest.mark.parametrize("block", [1, 7, 40])
def test_ranks_do_not_depend_on_the_size_of_a_block(mtl_run, block, monkeypatch):
    system, _ = mtl_run
    expected = system.evaluate("train", progress=False)
    monkeypatch.setattr("graphkg.recipes.long_ranking.BLOCK", block)
    same(system.evaluate("train", progress=False), expected)


def test_a_subset_is_a_fixed_list_and_says_so(mtl_run):
    system, _ = mtl_run
    whole = system.evaluate("train", progress=False)
    found = system.evaluate("train", subset=2, progress=False)
    assert found.protocol["subset"] == "2 of 6 triples of train, drawn by seed 0"
    assert "subset: 2 of 6 triples of train" in str(found) and "subset" not in whole.protocol
    places = torch.randperm(6, generator=torch.Generator().manual_seed(0))[:2].sort().values
    for side in ("head", "tail"):
        expected = whole.ranks[side].realistic[places]
        assert torch.equal(found.ranks[side].realistic, expected)
    with pytest.raises(InputError, match="a subset of 0 triples"):
        system.evaluate(subset=0)


def test_a_ranking_says_what_it_costs_before_it_starts(mtl_run, five, capsys):
    system, _ = mtl_run
    calls = []
    watched = scored(system, drawn_table())
    table = watched.model.score_triples
    watched.model.score_triples = lambda triples: (
        calls.append(capsys.readouterr().err) or table(triples)
    )
    watched.evaluate("test")
    # Distinct questions: 2 tails (Lee born_in, Ann left), 3 heads; 5 entities each.
    said = "".join(calls)
    assert "ranking 6 ends of triples: 5 questions, 25 sequences" in said
    first_block = next(n for n, text in enumerate(calls) if "questions" in text)
    assert len(calls) - first_block == 5  # one call a question comes after it


def test_a_stopped_evaluation_goes_on_to_the_same_ranks(mtl_run, tmp_path, monkeypatch):
    system, _ = mtl_run
    expected = system.evaluate("train", progress=False)
    monkeypatch.setattr("graphkg.recipes.long_ranking.BLOCK", 10)
    stopped = copy.copy(system)
    stopped.model = copy.copy(system.model)
    calls = []

    def scores(triples):
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return system.model.score_triples(triples)

    stopped.model.score_triples = scores
    with pytest.raises(KeyboardInterrupt):
        stopped.evaluate("train", journal=tmp_path / "journal", progress=False)
    calls = [1] * 5
    found = stopped.evaluate("train", journal=tmp_path / "journal", progress=False)
    same(found, expected)
    questions = len({row[:2] for row in rows(system)}) + len({row[1:] for row in rows(system)})
    assert len(calls) - 5 == questions - 4  # two blocks of two questions had been kept


@pytest.mark.parametrize("change", ["weights", "triples", "raw", "candidates", "top"])
def test_the_journal_of_another_ranking_is_refused(change, mtl_run, links, tmp_path):
    system, path = copy.copy(mtl_run[0]), tmp_path / "journal"
    given = {"candidates_from": links, "top": 2} if change == "top" else {}
    system.evaluate("test", journal=path, progress=False, **given)
    system.evaluate("test", journal=path, progress=False, **given)
    asked, options = "test", dict(given)
    if change == "weights":
        system.model = copy.deepcopy(system.model)
        with torch.no_grad():
            system.model.heads["lp"].bias += 1
    elif change == "triples":
        asked = "valid"
    elif change == "raw":
        options["raw"] = True
    else:
        options |= {"candidates_from": links, "top": 3}
    with pytest.raises(InputError, match="journal of another ranking"):
        system.evaluate(asked, journal=path, progress=False, **options)


@pytest.mark.parametrize("top", [1, 2, 4, 50])
def test_reranked_candidates_have_the_ranks_of_a_slow_second_way(top, mtl_run, links):
    table = drawn_table(3)
    system = scored(mtl_run[0], table)
    found = system.evaluate("test", candidates_from=links, top=top, progress=False)
    data, train = system.triples, set(mtl_run[0].triples.train.triples())
    names, relations = data.entities.labels, data.relations.labels
    for number, (head, relation, tail) in enumerate(TEST):
        h, r, t = names.index(head), relations.index(relation), names.index(tail)
        for side in ("head", "tail"):
            place = t if side == "tail" else h
            make = {
                "tail": lambda e, h=head, r=relation: (h, r, e),
                "head": lambda e, r=relation, t=tail: (e, r, t),
            }[side]
            asked = torch.tensor([h]), torch.tensor([r]), torch.tensor([t])
            with torch.no_grad():
                first = (
                    links.model.score_tails(*asked[:2])
                    if side == "tail"
                    else links.model.score_heads(*asked[1:])
                )[0].tolist()
            second = (table[h, r] if side == "tail" else table[:, r, t]).tolist()
            allowed = [e for e in range(5) if make(names[e]) not in train]
            best = sorted(allowed, key=lambda e: -first[e])[:top]
            keys = [(e in best, second[e] if e in best else first[e]) for e in range(5)]
            every = {row for part in data.parts.values() for row in part.triples()}
            left = [e for e in range(5) if e == place or make(names[e]) not in every]
            rank = 1 + sum(keys[e] > keys[place] for e in left)
            assert found.ranks[side].realistic[number] == rank, (side, number)
            assert found.ranks[side].candidates[number] == len(left)


def test_reranking_says_so_and_reads_the_candidates_alone(mtl_run, links):
    system, counted = scored(mtl_run[0], drawn_table()), []
    table = system.model.score_triples
    system.model.score_triples = lambda triples: counted.append(len(triples)) or table(triples)
    found = system.evaluate("test", candidates_from=links, top=2, progress=False)
    assert counted == [2] * 5  # distinct questions
    pool = found.protocol["candidates"]
    assert "all 5 entities: the best 2 of 'links' that training does not know" in pool
    assert found.protocol["candidates_from"]["model"] == "distmult" and pool in str(found)


def test_a_text_model_can_propose_candidates_too(mtl_run):
    system, _ = mtl_run
    found = system.evaluate("test", candidates_from=system, top=50, progress=False)
    # All unknown entities are candidates, and in the same order; known ones are filtered.
    same(found, system.evaluate("test", progress=False))


def test_candidates_of_another_graph_are_refused(mtl_run, tmp_path):
    other = small_data(tmp_path / "other").train.entities
    assert other.labels == mtl_run[0].triples.entities.labels
    folder = tmp_path / "more"
    data = small_data(folder)
    table = (folder / "entities.tsv").read_text() + "Tim\tTim\t\n"
    (folder / "entities.tsv").write_text(table)
    data = read_triple_data(str(folder))
    strange = LinkSystem.build(build_link_recipe(None, {"model": "distmult", "dim": 8}), data)
    with pytest.raises(InputError, match="was trained on other entity names"):
        mtl_run[0].evaluate(candidates_from=strange, progress=False)
    with pytest.raises(InputError, match="top is 0"):
        mtl_run[0].evaluate(candidates_from=mtl_run[0], top=0, progress=False)


def test_relations_are_ranked_raw_and_filtered(mtl_run):
    system = copy.copy(mtl_run[0])
    system.model = copy.copy(mtl_run[0].model)
    logits = torch.tensor([3.0, 2.0, 1.0])
    asked = []
    system.model.rank_relations = lambda h, t: asked.append(len(h)) or logits.repeat(len(h), 1)
    found = system.evaluate_relations("train")
    # born_in is the first, left the second, of the third; (Ann, Romeville) has the first two.
    assert found.raw.realistic.tolist() == [1, 1, 2, 1, 3, 2]
    assert found.filtered.realistic.tolist() == [1, 1, 1, 1, 3, 1]
    assert asked == [5]  # distinct pairs
    assert found.summary()["filtered"]["mr"] == pytest.approx(8 / 6)


def test_relations_of_real_logits_agree_with_a_ranking_of_whole_rows(mtl_run):
    system, _ = mtl_run
    found, train = system.evaluate_relations("train"), system.triples.train
    relation = train["entity", "rel", "entity"].edge_type
    expected = ranks(system.model.rank_relations(train.heads, train.tails), relation)
    assert torch.equal(found.raw.realistic, expected.realistic)
    assert len(system.evaluate_relations("train", subset=2).raw) == 2
