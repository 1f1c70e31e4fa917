from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from irrvit.model.errors import ModelError
from irrvit.model.folding.check import relative_difference
from irrvit.model.folding.fold import Folded, fold, fold_input, unfolded_input
from irrvit.model.folding.foldable import Foldable
from irrvit.model.folding.move import Move
from irrvit.model.folding.widening import widen
from irrvit.model.network import variants
from irrvit.model.network.attention import Attention, transformer_block
from irrvit.model.network.fusion import Head, PatchFusion
from irrvit.model.network.irrvit import IRRViT
from irrvit.model.network.layers import ConvNorm, InvertedResidual, SeparableBlock
from irrvit.model.network.patch_embed import token_embed
from irrvit.model.spec import InputSpec

SPEC = InputSpec(height=56, width=56)
MAP, TOKENS = (2, 16, 14, 14), (2, 66, 32)
PARTS = {
    "convolution": (lambda: ConvNorm(16, 8, 3, stride=2), MAP),
    "separable block": (lambda: SeparableBlock(16, 16, expansion=2, stride=1), MAP),
    "branch": (lambda: InvertedResidual(16, 32, 8, kernel=5, stride=4), MAP),
    "whole-map branch": (lambda: InvertedResidual(16, 32, 8, kernel=14, stride=14), MAP),
    "attention": (lambda: Attention(32, 2, 66), TOKENS),
    "transformer block": (lambda: transformer_block(32, 2, 66, ffn_ratio=2), TOKENS),
    "patch fusion": (lambda: PatchFusion(32, 66), TOKENS),
    "head": (lambda: Head(nn.LayerNorm(32), nn.Linear(32, 10)), (2, 32)),
}
EMBEDDINGS = ["irregular", "irregular+class_token", "conv7+sincos", "conv14+none+class_token"]


def _assert_folds(network, x):
    wide, x = widen(network), x.double()
    folded = fold(wide, SPEC)
    with torch.no_grad():
        assert relative_difference(wide(x), folded.network(x)) < 1e-9
    assert folded.counts


@pytest.mark.parametrize("part", PARTS)
def test_folded_part_is_the_same_function(part, looks_trained):
    torch.manual_seed(0)
    make, shape = PARTS[part]
    _assert_folds(looks_trained(make()), torch.randn(shape))


@pytest.mark.parametrize("parts", EMBEDDINGS)
def test_folded_patch_embedding_is_the_same_function(parts, looks_trained):
    torch.manual_seed(0)
    embed = token_embed(variants.get(f"irrvit_tiny+{parts}"), 16)
    _assert_folds(looks_trained(embed), torch.randn(MAP))


def test_nothing_foldable_is_left(looks_trained):
    network = looks_trained(IRRViT(variants.get("irrvit_tiny")))
    folded = fold(network, SPEC).network
    left = [m for m in folded.modules() if isinstance(m, Foldable | nn.BatchNorm2d)]
    affine = [m for m in folded.modules() if isinstance(m, nn.LayerNorm) and m.elementwise_affine]
    assert left == affine == []


def test_folding_twice_changes_nothing_more(looks_trained):
    torch.manual_seed(0)
    wide = widen(looks_trained(IRRViT(variants.get("irrvit_tiny"))))
    once = fold(wide, SPEC)
    twice = fold(once.network.eval(), SPEC)
    x = torch.randn(1, 3, 56, 56).double()
    with torch.no_grad():
        torch.testing.assert_close(once.network(x), twice.network(x), rtol=1e-12, atol=1e-12)


def test_fold_mutates_nothing(looks_trained):
    network = looks_trained(IRRViT(variants.get("irrvit_tiny")))
    before, shape = copy.deepcopy(network.state_dict()), str(network)
    folded = fold(network, SPEC)
    again = fold_input(folded, SPEC)
    for parameter in (*folded.network.parameters(), *again.network.parameters()):
        parameter.zero_()
    after = network.state_dict()
    assert str(network) == shape
    assert list(after) == list(before)
    assert all(torch.equal(after[key], before[key]) for key in before)
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_network_in_train_mode_is_refused():
    network = IRRViT(variants.get("irrvit_tiny")).eval()
    network.blocks.train()
    with pytest.raises(ModelError, match=r"train mode .*'blocks'.*call eval"):
        fold(network, SPEC)


def test_input_scale_goes_into_the_only_convolution_that_reads_the_image(looks_trained):
    torch.manual_seed(0)
    wide = widen(looks_trained(IRRViT(variants.get("irrvit_tiny"))))
    folded = fold_input(fold(wide, SPEC), SPEC)
    pixels = torch.randint(0, 256, (1, 3, 56, 56)).double()
    with torch.no_grad():
        expected = unfolded_input(wide, SPEC)(pixels)
        assert relative_difference(expected, folded.network(pixels)) < 1e-9
    assert folded.counts["input_scale"] == 1
    assert folded.network.scale is None


class _TwoReaders(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x):
        return (self.conv(x) + x).flatten(1)


def test_input_scale_is_multiplied_when_something_else_reads_the_image():
    torch.manual_seed(0)
    wide = widen(_TwoReaders().eval())
    folded = fold_input(fold(wide, SPEC), SPEC)
    pixels = torch.randint(0, 256, (1, 3, 56, 56)).double()
    with torch.no_grad():
        expected = unfolded_input(wide, SPEC)(pixels)
        assert relative_difference(expected, folded.network(pixels)) < 1e-9
    assert "input_scale" not in folded.counts
    assert folded.network.scale is not None


def test_saved_program_passes_through_and_takes_pixels():
    torch.manual_seed(0)
    network = IRRViT(variants.get("irrvit_tiny")).eval()
    program = torch.export.export(network, (torch.randn(1, 3, 56, 56),), strict=False).module()
    folded = fold_input(fold(widen(program), SPEC), SPEC)
    pixels = torch.randint(0, 256, (1, 3, 56, 56)).double()
    with torch.no_grad():
        expected = unfolded_input(widen(network), SPEC)(pixels)
        assert relative_difference(expected, folded.network(pixels)) < 1e-9
    assert folded.counts == {}


@pytest.mark.parametrize(
    ("moves", "blocks"),
    [
        # One module that was replaced as a whole, and one that holds two that changed.
        ([("a",)], ("a",)),
        ([("a.conv", "a.norm")], ("a",)),
        # What two modules share is compared, and nothing in it that changed only in part.
        ([("a.conv", "a.norm"), ("a.norm", "b.conv")], ()),
        ([("a.x.conv", "a.x.norm"), ("a.y.conv", "a.y.norm")], ("a.x", "a.y")),
        ([("a.x.conv", "a.y.norm"), ("a.x.conv", "a.x.norm")], ("a",)),
        # A part of a block that was replaced as a whole has no counterpart.
        ([("a",), ("a.conv", "a.norm")], ("a",)),
        # What reaches from one end to the other is the whole network, compared in any case.
        ([("a", "b")], ()),
        ([("a", "b"), ("c",)], ("c",)),
        # Names that begin alike are not the same.
        ([("blocks.1",), ("blocks.10",)], ("blocks.1", "blocks.10")),
    ],
)
def test_smallest_parts_that_stay_the_same_function(moves, blocks):
    folded = Folded(nn.Identity(), tuple(Move("x", paths) for paths in moves))
    assert folded.blocks == blocks


def test_moves_are_counted_by_kind():
    moves = (Move("b", ("x",)), Move("a", ("x",)), Move("b", ("y",)))
    assert list(Folded(nn.Identity(), moves).counts.items()) == [("a", 1), ("b", 2)]
