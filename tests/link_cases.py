"""The suite that every link predictor passes: inherit it, say how the predictor is made.

class TestConvE(LinkPredictorCase):
    def make(self, num_objects=None): ...
"""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest
import torch
from safetensors.torch import save_file

from graphkg.errors import InputError
from graphkg.link import LinkPredictor


class LinkPredictorCase:
    """``make(num_objects)`` returns a predictor of `entity_dim` and `relation_dim`."""

    entity_dim, relation_dim = 20, 10
    factor_dim = 20

    def make(self, num_objects=None) -> LinkPredictor:
        raise NotImplementedError

    @pytest.fixture
    def parts(self):
        torch.manual_seed(0)
        g = self.make(7)
        torch.nn.init.normal_(g.bias)
        head, relation = torch.randn(6, self.entity_dim), torch.randn(6, self.relation_dim)
        return g, head, relation, torch.randn(7, self.entity_dim)

    def test_merged_vectors_and_scores_have_their_shapes(self, parts):
        g, head, relation, objects = parts
        z = g.merge(head, relation)
        assert z.shape == (6, g.entity_dim) and g.score(z, objects).shape == (6, 7)
        assert (g.entity_dim, g.relation_dim) == (self.entity_dim, self.relation_dim)

    def test_a_batch_is_its_members_one_by_one(self, parts):
        g, head, relation, objects = parts
        g.eval()
        alone = torch.cat([g(head[i : i + 1], relation[i : i + 1], objects) for i in range(6)])
        torch.testing.assert_close(g(head, relation, objects), alone, atol=1e-5, rtol=0)

    def test_permuted_objects_permute_scores(self, parts):
        g, head, relation, objects = parts
        z, order = g.eval().merge(head, relation), torch.randperm(7)
        torch.testing.assert_close(g.score(z, objects[order], order), g.score(z, objects)[:, order])

    def test_objects_in_parts_are_all_objects(self, parts):
        g, head, relation, objects = parts
        z, numbers = g.eval().merge(head, relation), torch.arange(7)
        found = [g.score(z, objects[part], part) for part in numbers.split(3)]
        torch.testing.assert_close(torch.cat(found, 1), g.score(z, objects), atol=1e-5, rtol=0)

    def test_objects_one_by_one_are_all_objects(self, parts):
        g, head, relation, objects = parts
        z, index = g.eval().merge(head, relation), torch.randint(7, (6, 4))
        found = g.score_each(z, objects[index], index)
        expected = g.score(z, objects).gather(1, index)
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)

    def test_objects_one_by_one_need_their_ids_where_they_have_biases(self, parts):
        g, head, relation, objects = parts
        z = g.merge(head, relation)
        with pytest.raises(InputError, match="no index"):
            g.score_each(z, objects.expand(6, -1, -1))
        assert self.make().score_each(z, objects.expand(6, -1, -1)).shape == (6, 7)

    def test_relations_at_once_are_relations_one_by_one(self, parts):
        g, head, relation, objects = parts
        g.eval()(head, relation, objects)
        for norm in g.modules():  # as if trained
            if isinstance(norm, torch.nn.modules.batchnorm._BatchNorm):
                norm.running_mean.normal_(), norm.running_var.uniform_(0.5, 2)
        index = torch.tensor([3, 0, 6, 3, 1, 2])
        tail, rows = objects[index], torch.randn(5, self.relation_dim)
        expected = torch.stack(
            [
                g.score_each(g.merge(head, row.expand(6, -1)), tail[:, None], index[:, None])[:, 0]
                for row in rows
            ],
            dim=1,
        )
        found = g.score_relations(head, rows, tail, index)
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-5)
        plain = g.score_relations(head, rows, tail)
        torch.testing.assert_close(plain + g.bias[index, None], found)

    def test_gradients_reach_parameters_and_all_three_inputs(self, parts):
        g, *inputs = parts
        inputs = [x.requires_grad_() for x in inputs]
        g(*inputs).square().sum().backward()
        for name, tensor in (*g.named_parameters(), *enumerate(inputs)):
            assert tensor.grad is not None and tensor.grad.abs().sum() > 0, name

    def test_all_three_ways_of_scoring_have_the_same_gradients(self, parts):
        g, head, relation, objects = parts
        relation = relation[:1].clone()
        inputs = [x.requires_grad_() for x in (head, relation, objects)]
        numbers = torch.arange(6)

        def gradients(scores):
            return torch.autograd.grad(scores.square().sum(), inputs)

        z = g.eval().merge(head, relation.expand(6, -1))
        expected = gradients(g.score(z, objects)[numbers, numbers])
        z = g.merge(head, relation.expand(6, -1))
        each = g.score_each(z, objects[:6, None], numbers[:, None])
        relations = g.score_relations(head, relation, objects[:6], numbers)
        for found in (gradients(each), gradients(relations)):
            torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-4)

    def test_no_chance_is_left_in_eval_mode(self, parts):
        g, *inputs = parts
        g.eval()
        state = torch.get_rng_state()
        assert torch.equal(g(*inputs), g(*inputs))
        assert torch.equal(state, torch.get_rng_state())

    def test_saved_weights_give_the_same_bits_in_a_new_process(self, parts, tmp_path):
        g, *inputs = parts
        g(*inputs)
        names = ("head", "relation", "objects")
        scores = g.eval()(*inputs).detach()
        save_file(g.state_dict(), tmp_path / "weights")
        save_file({**dict(zip(names, inputs)), "scores": scores}, tmp_path / "data")
        (tmp_path / "untrained").write_bytes(pickle.dumps(self.make(7)))
        threads = str(torch.get_num_threads())
        given = [sys.executable, "-c", LOAD_AND_COMPARE, str(tmp_path), threads]
        run = subprocess.run(given, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr

    def test_without_objects_there_is_no_bias(self):
        assert self.make().bias is None and self.make().num_objects is None
        assert self.make(7).num_objects == 7

    def test_factors_are_the_moduli_of_rows(self, parts):
        g, head, _, _ = parts
        factors = g.factors(head)
        assert factors.shape == (6, self.factor_dim) and (factors >= 0).all()
        torch.testing.assert_close(factors.square().sum(), head.square().sum())

    def test_rows_to_begin_with_are_drawn_from_the_seed(self):
        g = self.make()
        entities, relations = g.draw_rows(50, 30, torch.Generator().manual_seed(1))
        assert entities.shape == (50, self.entity_dim) and relations.shape == (30, g.relation_dim)
        again = g.draw_rows(50, 30, torch.Generator().manual_seed(1))
        assert torch.equal(entities, again[0]) and torch.equal(relations, again[1])
        for rows in (entities, relations):
            assert 0.01 < rows.std() < 5 and rows.mean().abs() < 0.1

    def test_its_printed_form_names_both_widths(self):
        text = repr(self.make(7))
        assert "\n" not in text and text.endswith("num_objects=7)")
        assert text.startswith(
            f"{type(self.make()).__name__}({self.entity_dim}, {self.relation_dim}"
        )


LOAD_AND_COMPARE = """
import pickle, sys
from pathlib import Path

import torch
from safetensors.torch import load_file

folder = Path(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]))
g = pickle.loads((folder / "untrained").read_bytes()).eval()
data = load_file(folder / "data")
inputs = [data[name] for name in ("head", "relation", "objects")]
assert not torch.equal(g(*inputs), data["scores"])
g.load_state_dict(load_file(folder / "weights"))
assert torch.equal(g(*inputs), data["scores"])
"""
