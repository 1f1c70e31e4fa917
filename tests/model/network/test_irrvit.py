from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
import torch

from irrvit.model.network import variants
from irrvit.model.network.irrvit import IRRViT
from irrvit.model.network.layers import ConvNorm, SeparableBlock

ABLATIONS = [
    "+".join(("irrvit_tiny", *parts))
    for parts in product(
        get_args(variants.PatchEmbedding),
        get_args(variants.Fusion),
        get_args(variants.PositionEncoding),
    )
]


@pytest.mark.parametrize("name", ABLATIONS)
def test_every_ablation_maps_a_batch_to_logits_that_depend_on_the_image(name):
    torch.manual_seed(0)
    network = IRRViT(variants.get(name), classes=10).eval()
    images = torch.randn(2, 3, 56, 56)
    with torch.no_grad():
        logits = network(images)
        alone = torch.cat([network(image.unsqueeze(0)) for image in images])
    assert logits.shape == (2, 10)
    torch.testing.assert_close(logits, alone)
    # A thousand times what rounding does; fresh weights let little of an image through.
    assert (logits[0] - logits[1]).abs().max() > 1e-4 * logits.std()


def test_same_seed_gives_the_same_network():
    networks = []
    for _ in range(2):
        torch.manual_seed(3)
        networks.append(IRRViT(variants.get("irrvit_tiny")).state_dict())
    assert all(torch.equal(a, b) for a, b in zip(*(n.values() for n in networks), strict=True))


@pytest.mark.parametrize("name", ["irrvit_tiny", "irrvit_tiny+average+sincos"])
def test_every_parameter_learns(name):
    torch.manual_seed(0)
    network = IRRViT(variants.get(name), classes=10).train()
    network(torch.randn(4, 3, 56, 56)).square().sum().backward()
    # The k bias is the exception: softmax ignores it, which is why it can be dropped.
    silent = {
        name
        for name, parameter in network.named_parameters()
        if parameter.grad is None or not parameter.grad.abs().max() > 0
    }
    assert {name for name in silent if not name.endswith("k.bias")} == set()


@pytest.mark.parametrize("name", ["irrvit_tiny", "irrvit_tiny+class_token", "irrvit_300m"])
def test_exported_graph_has_no_shape_arithmetic(name):
    variant = variants.get(name)
    image = torch.randn(1, 3, variant.input_size, variant.input_size)
    program = torch.export.export(IRRViT(variant).eval(), (image,), strict=False)
    symbols = [str(node.target) for node in program.graph.nodes if "sym_" in str(node.target)]
    assert symbols == []


def test_stem_has_the_blocks_of_its_stages():
    """One stride a stage, `depth` blocks, the expansion that the row says."""
    variant = variants.get("irrvit_300m")
    blocks = list(IRRViT(variant).stem)
    expected = [
        (stage.block, stage.width, stage.stride if first else 1, stage.expansion)
        for stage in variant.stem
        for first in [True, *[False] * (stage.depth - 1)]
    ]
    assert [described(block) for block in blocks] == [
        row if row[0] == "separable" else (*row[:3], None) for row in expected
    ]


def described(block: torch.nn.Module) -> tuple[str, int, int, int | None]:
    if isinstance(block, ConvNorm):
        return "dense", block.conv.out_channels, block.conv.stride[0], None
    assert isinstance(block, SeparableBlock)
    conv, expand, project = (part.conv for part in (block.depthwise, block.expand, block.project))
    expansion = expand.out_channels // expand.in_channels
    return "separable", project.out_channels, conv.stride[0], expansion
