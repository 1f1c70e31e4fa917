from __future__ import annotations

import torch

from irrvit.model.network.fusion import Average, ClassTokenOnly, Head, PatchFusion


def test_fresh_patch_fusion_stays_near_the_average():
    torch.manual_seed(0)
    tokens = torch.randn(8, 66, 32) + 1
    with torch.no_grad():
        torch.nn.init.zeros_((fusion := PatchFusion(32, 66)).mlp.fc2.weight)
        torch.testing.assert_close(fusion(tokens), Average()(tokens))


def test_global_weight_scales_one_patch_in_every_image():
    torch.manual_seed(0)
    fusion, tokens = PatchFusion(32, 66), torch.randn(3, 66, 32)
    with torch.no_grad():
        before = fusion(tokens)
        weight = fusion.mlp(fusion.norm(tokens.mean(1)))[:, 5:6]
        fusion.global_weight[5] = 3.0
        torch.testing.assert_close(fusion(tokens), before + 2 * weight * tokens[:, 5])


def test_weights_depend_on_the_image():
    torch.manual_seed(0)
    fusion, tokens = PatchFusion(32, 66), torch.randn(2, 66, 32)
    weights = fusion.mlp(fusion.norm(tokens.mean(1)))
    assert (weights[0] - weights[1]).abs().max() > 1e-3


def test_what_folds_is_told():
    assert PatchFusion(32, 66).folds == {"fusion_weight": 1, "layer_norm": 1}
    assert Head(torch.nn.LayerNorm(32), torch.nn.Linear(32, 10)).folds == {"layer_norm": 1}


def test_weights_come_from_an_mlp_a_quarter_as_wide():
    fusion = PatchFusion(32, 66)
    assert (fusion.mlp.fc1.out_features, fusion.mlp.fc2.out_features) == (8, 66)


def test_class_token_is_the_first():
    tokens = torch.randn(2, 5, 4)
    assert torch.equal(ClassTokenOnly()(tokens), tokens[:, 0])
