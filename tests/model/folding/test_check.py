from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn

from irrvit.model.errors import FoldError
from irrvit.model.folding.check import check_fold, fold_checked
from irrvit.model.folding.fold import Folded, fold, fold_input
from irrvit.model.folding.widening import widen
from irrvit.model.network import variants
from irrvit.model.network.irrvit import IRRViT
from irrvit.model.network.layers import ConvNorm
from irrvit.model.spec import InputSpec

SPEC = InputSpec(height=56, width=56)
COMBINATIONS = [
    f"irrvit_tiny+{embedding}+{fusion}+{position}"
    for embedding in ("irregular", "conv7", "conv14", "linear14")
    for fusion in ("patch_fusion", "class_token", "average")
    for position in ("learned", "sincos", "none")
]


@pytest.fixture
def pixels():
    return torch.randint(0, 256, (1, 3, 56, 56), generator=torch.Generator().manual_seed(1))


@pytest.fixture
def wide(looks_trained):
    torch.manual_seed(0)
    return widen(looks_trained(IRRViT(variants.get("irrvit_tiny"), classes=10)))


@pytest.fixture
def folded(wide):
    return fold_input(fold(wide, SPEC), SPEC)


@pytest.mark.parametrize("name", COMBINATIONS)
def test_every_ablation_folds(name, looks_trained, pixels):
    torch.manual_seed(0)
    network = looks_trained(IRRViT(variants.get(name), classes=10))
    candidate, check = fold_checked(network, SPEC, pixels)
    assert check.max_rel < 1e-12
    assert {"blocks.0", "blocks.1", "head"} <= {block for block, _ in check.blocks}
    assert {tensor.dtype for tensor in candidate.state_dict().values()} == {torch.float32}
    assert check.folded["attention_scale"] == 2


def test_what_was_folded_is_counted(wide, folded, pixels):
    norms = sum(isinstance(module, nn.BatchNorm2d) for module in wide.modules())
    assert check_fold(wide, folded, SPEC, pixels).folded == {
        "attention_scale": 2,
        "batch_norm": norms,
        "fusion_weight": 1,
        "input_scale": 1,
        "k_bias": 2,
        "layer_norm": 6,
        "position": 1,
        "projection_bias": 3,
        "v_bias": 2,
    }


BROKEN = {
    "sign of a bias": ("stem.1.expand", lambda net: net.stem[1].expand[0].bias.neg_()),
    "attention scale forgotten": ("blocks.1", lambda net: net.blocks[1].attention.q.weight.mul_(4)),
    "v bias forgotten": ("blocks.0", lambda net: net.blocks[0].attention.project.bias.zero_()),
    "norm's shift forgotten": ("blocks.1", lambda net: net.blocks[1].mlp.fc1.bias.mul_(0.5)),
    "norm's epsilon forgotten": ("blocks.0", lambda net: setattr(net.blocks[0].norm1, "eps", 0.0)),
    "positions swapped": (
        "patch_embed",
        lambda net: net.patch_embed.constant.copy_(net.patch_embed.constant.flip(1)),
    ),
    "fusion weight": ("fusion", lambda net: net.fusion.mlp.fc2.weight[3].mul_(1.01)),
    "classifier": ("head", lambda net: net.head[1].bias[0].add_(1e-6)),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_fold_is_caught_and_its_block_named(fault, wide, folded, pixels):
    block, damage = BROKEN[fault]
    with torch.no_grad():
        damage(folded.network.network)
    with pytest.raises(FoldError, match=f"changed {block}:"):
        check_fold(wide, folded, SPEC, pixels)


def test_forgotten_batch_norm_epsilon_is_caught(wide, pixels):
    careless = fold(wide, SPEC)
    layer = wide.stem[2].expand
    assert isinstance(layer, ConvNorm)
    assert layer.norm.running_var is not None
    ratio = torch.sqrt(1 + layer.norm.eps / layer.norm.running_var).reshape(-1, 1, 1, 1)
    with torch.no_grad():
        careless.network.get_parameter("stem.2.expand.0.weight").mul_(ratio)
    with pytest.raises(FoldError, match=r"changed stem\.2\.expand:"):
        check_fold(wide, fold_input(careless, SPEC), SPEC, pixels)


def test_mean_inside_a_zero_padded_convolution_is_caught(wide, folded, pixels):
    conv = folded.network.network.stem[0][0]
    with torch.no_grad():
        conv.bias.sub_((conv.weight * folded.network.mean).sum((1, 2, 3)))
        folded.network.mean.zero_()
    with pytest.raises(FoldError, match="changed the whole network"):
        check_fold(wide, folded, SPEC, pixels)


def test_float32_fold_is_not_judged(wide, folded, pixels):
    rounded = dataclasses.replace(folded, network=folded.network.float())
    with pytest.raises((FoldError, RuntimeError), match=r"float64|dtype|same"):
        check_fold(wide, rounded, SPEC, pixels)


@pytest.mark.parametrize(("fill", "said"), [(0.0, "all the same"), (float("nan"), "not finite")])
def test_reference_that_shows_nothing_fails(fill, said, wide, pixels):
    with torch.no_grad():
        wide.head.classifier.weight.fill_(fill)
        wide.head.classifier.bias.fill_(fill)
    with pytest.raises(FoldError, match=said):
        check_fold(wide, fold_input(Folded(fold(wide, SPEC).network, ()), SPEC), SPEC, pixels)


def test_no_pictures_is_a_failure(wide, folded):
    with pytest.raises(FoldError, match="nothing was compared"):
        check_fold(wide, folded, SPEC, torch.zeros(0, 3, 56, 56))
