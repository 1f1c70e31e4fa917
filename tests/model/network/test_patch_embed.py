from __future__ import annotations

from math import cos, sin

import pytest
import torch

from irrvit.model.network import variants
from irrvit.model.network.patch_embed import FoldedTokenEmbed, sincos, token_embed


@pytest.mark.parametrize(
    ("part", "patches"), [("irregular", 66), ("conv7", 49), ("conv14", 196), ("linear14", 196)]
)
def test_number_of_patches(part, patches):
    variant = variants.get(f"irrvit_tiny+{part}+none")
    c_in, size = (3, 56) if part == "linear14" else (16, 14)
    tokens = token_embed(variant, c_in).eval()(torch.randn(2, c_in, size, size))
    assert tokens.shape == (2, patches, variant.dim)
    assert variant.patches == patches


def test_smallest_patch_sees_the_whole_map():
    torch.manual_seed(0)
    embed = token_embed(variants.get("irrvit_tiny"), 16).eval()
    image = torch.randn(1, 16, 14, 14, requires_grad=True)
    embed(image)[0, -1].sum().backward()
    assert image.grad is not None
    assert (image.grad.abs().sum((0, 1)) > 0).all()


def test_class_token_comes_first_and_no_patch_changes_it():
    torch.manual_seed(0)
    embed = token_embed(variants.get("irrvit_tiny+class_token"), 16).eval()
    with torch.no_grad():
        a, b = embed(torch.randn(2, 16, 14, 14))
    assert torch.equal(a[0], b[0])
    assert not torch.equal(a[1], b[1])


@pytest.mark.parametrize("position", ["learned", "sincos"])
@pytest.mark.parametrize("fusion", ["class_token", "patch_fusion"])
def test_folded_embedding_is_the_same(fusion, position):
    torch.manual_seed(0)
    embed = token_embed(variants.get(f"irrvit_tiny+{fusion}+{position}"), 16).eval()
    x = torch.randn(2, 16, 14, 14)
    folded = embed.fold()
    assert isinstance(folded, FoldedTokenEmbed)
    torch.testing.assert_close(folded(x), embed(x))


def test_sinusoidal_positions_are_all_different():
    table = sincos(14, 32)
    assert (torch.cdist(table, table) + torch.eye(len(table)) > 0.1).all()


def test_sinusoidal_positions_agree_between_branches_at_one_place():
    fine, coarse = sincos(14, 32), sincos(2, 32)
    around = fine.reshape(14, 14, 32)[3:4, 3:4].mean((0, 1))
    assert (coarse - around).norm(dim=1).argmin() == 0


def test_sinusoidal_positions_are_waves_of_row_and_column():
    """Two frequencies, 1 and 1 / 100; the centre of patch (1, 0) of 2 x 2 is at (10.5, 3.5)."""
    row, column = 10.5, 3.5
    expected = [
        *(sin(row), sin(row / 100), cos(row), cos(row / 100)),
        *(sin(column), sin(column / 100), cos(column), cos(column / 100)),
    ]
    torch.testing.assert_close(sincos(2, 8)[2], torch.tensor(expected))
