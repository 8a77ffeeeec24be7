"""VocabularyHead: its formula, its norms, its printed form."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from graphkg.nn.vocabulary_head import VocabularyHead


def test_it_is_its_formula():
    torch.manual_seed(0)
    head, x = VocabularyHead(4, 7), torch.randn(3, 4)
    inner = F.gelu(x @ head.dense.weight.t() + head.dense.bias)
    expected = F.layer_norm(inner, (4,)) @ head.decoder.weight.t() + head.bias
    torch.testing.assert_close(head(x), expected)
    assert head.decoder.bias is None


def test_the_batch_norm_of_the_paper_sees_what_else_is_in_the_batch():
    torch.manual_seed(0)
    x = torch.randn(5, 4)
    for norm, same in (("layer", True), ("batch", False)):
        head = VocabularyHead(4, 7, norm)
        assert torch.allclose(head(x)[:2], head(x[:2]), atol=1e-5) == same


def test_an_unknown_norm_is_an_error_and_the_printed_form_has_sizes():
    with pytest.raises(ValueError, match="norm is 'group'"):
        VocabularyHead(4, 7, "group")
    assert repr(VocabularyHead(4, 7)) == "VocabularyHead(4, 7 pieces)"
