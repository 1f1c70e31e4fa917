"""Attention is the textbook's, and stays so when it takes a norm's affine in."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from irrvit.model.folding.affine import plain_layer_norm
from irrvit.model.network.attention import Attention, FoldedAttention, transformer_block

DIM, HEADS, TOKENS = 24, 3, 7


@pytest.fixture(autouse=True)
def _double():
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture
def attention() -> Attention:
    return Attention(DIM, HEADS, TOKENS)


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(2, TOKENS, DIM)


def by_torch(attention: Attention, x: torch.Tensor) -> torch.Tensor:
    """torch.nn.MultiheadAttention with the same weights."""
    theirs = nn.MultiheadAttention(DIM, HEADS, batch_first=True).eval()
    parts = [attention.q, attention.k, attention.v]
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        theirs.out_proj.weight.copy_(attention.project.weight)
        theirs.out_proj.bias.copy_(attention.project.bias)
    return theirs(x, x, x, need_weights=False)[0]


def test_is_multi_head_attention(attention, x):
    torch.testing.assert_close(attention(x), by_torch(attention, x))


def test_folded_is_the_same_with_fewer_parameters(attention, x):
    folded = attention.fold()
    torch.testing.assert_close(folded(x), attention(x))
    assert type(folded) is FoldedAttention
    assert (folded.k.bias, folded.v.bias) == (None, None)


def test_norm_before_it_can_lose_its_affine(attention, x):
    norm = nn.LayerNorm(DIM)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    before = copy.deepcopy(attention.state_dict())
    taken_in = attention.after(norm)
    torch.testing.assert_close(taken_in(plain_layer_norm(norm)(x)), attention(norm(x)))
    assert all(torch.equal(attention.state_dict()[k], before[k]) for k in before)


def test_block_adds_attention_and_then_the_mlp(x):
    block = transformer_block(DIM, HEADS, TOKENS, ffn_ratio=2)
    middle = x + block.attention(block.norm1(x))
    torch.testing.assert_close(block(x), middle + block.mlp(block.norm2(middle)))


def test_mlp_is_as_many_times_wider_as_asked():
    block = transformer_block(DIM, HEADS, TOKENS, ffn_ratio=3)
    assert (block.mlp.fc1.out_features, block.mlp.fc2.out_features) == (3 * DIM, DIM)


def test_what_folds_is_told():
    block = transformer_block(DIM, HEADS, TOKENS, ffn_ratio=2)
    assert block.folds == {"layer_norm": 2}
    assert block.attention.folds == {"attention_scale": 1, "k_bias": 1, "v_bias": 1}
