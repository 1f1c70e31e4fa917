"""Each operation that is said otherwise is the same function, and only where it has to be."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from irrvit.export.rewriting import rules
from irrvit.export.rewriting.program import Rewritten, rewritten

EVERYWHERE = (rules.COREML, rules.TFLITE, rules.ONNX)
EXAMPLE = torch.zeros(1, 3, 8, 6)


class _Calls(nn.Module):
    def __init__(self, call):
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.call = nn.Conv2d(3, 4, 1), call

    def forward(self, x):
        return self.call(self.conv(x) / 100)


def _resize(mode, **how):
    return lambda x: F.interpolate(x, mode=mode, **how)


def _looks_trained(norm: nn.InstanceNorm2d) -> nn.Module:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    norm.running_mean.uniform_(-1, 1)
    norm.running_var.uniform_(0.5, 2)
    return norm


def _attend(x, mask=None, **how):
    return F.scaled_dot_product_attention(x, x, x, mask, **how)


class _BehindAProduct(nn.Module):
    def __init__(self, *how):
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv1d(4, 6, *how)

    def forward(self, x):
        return self.conv(x.flatten(2) @ x.flatten(2).transpose(1, 2))


def _conv_transpose(*how, **named) -> nn.Module:
    torch.manual_seed(0)
    return nn.ConvTranspose2d(4, 6, *how, **named)


SAID_OTHERWISE = {
    "add with alpha": (lambda x: torch.add(x, x.sin(), alpha=0.9), EVERYWHERE),
    "sub with alpha": (lambda x: torch.sub(x, x.sin(), alpha=0.9), EVERYWHERE),
    "rsub with alpha": (lambda x: torch.rsub(x, x.sin(), alpha=0.9), EVERYWHERE),
    "add of a number with alpha": (lambda x: torch.add(x, 2.0, alpha=0.5), EVERYWHERE),
    "nearest to a size": (_resize("nearest", size=(14, 10)), EVERYWHERE),
    "nearest by 1.6": (_resize("nearest", scale_factor=1.6), EVERYWHERE),
    "nearest to fewer": (_resize("nearest", size=(3, 5)), EVERYWHERE),
    "nearest exact": (_resize("nearest-exact", size=(5, 9)), EVERYWHERE),
    "bilinear, antialiased": (_resize("bilinear", size=(5, 9), antialias=True), EVERYWHERE),
    "bicubic, antialiased": (_resize("bicubic", size=(3, 5), antialias=True), EVERYWHERE),
    "bicubic": (_resize("bicubic", size=(13, 11)), (rules.COREML,)),
    "bicubic by corners": (_resize("bicubic", size=(13, 5), align_corners=True), (rules.COREML,)),
    "largest in cells": (lambda x: F.adaptive_max_pool2d(x, (3, 4)), EVERYWHERE),
    "largest of all": (lambda x: F.adaptive_max_pool2d(x, 1), EVERYWHERE),
    "GELU by tanh": (nn.GELU("tanh"), (rules.COREML,)),
    "InstanceNorm with statistics": (
        _looks_trained(nn.InstanceNorm2d(4, affine=True, track_running_stats=True)),
        (rules.COREML,),
    ),
    "InstanceNorm without weights": (
        _looks_trained(nn.InstanceNorm2d(4, track_running_stats=True)),
        (rules.COREML,),
    ),
    "an identity matrix": (lambda x: x @ torch.eye(6), (rules.TFLITE,)),
    "CELU": (nn.CELU(0.7), (rules.COREML,)),
    "log_sigmoid": (F.logsigmoid, (rules.COREML,)),
    "std_mean": (
        lambda x: torch.cat(torch.std_mean(x, (2, 3), correction=0, keepdim=True), 1),
        (rules.COREML,),
    ),
    "std_mean of the sample": (
        lambda x: torch.cat(torch.std_mean(x, 1, keepdim=True), 1),
        (rules.COREML,),
    ),
    "windows": (lambda x: x.unfold(2, 3, 2).unfold(3, 2, 1), (rules.COREML, rules.TFLITE)),
    "windows of the last axis": (lambda x: x.unfold(-1, 4, 3), (rules.COREML, rules.TFLITE)),
    "expanded to what it meets": (
        lambda x: x * x.sum(-1, keepdim=True).expand_as(x),
        (rules.TFLITE,),
    ),
    "expanded, turned and met by what is expanded": (
        lambda x: (
            x[:, :, :, :1].expand(-1, -1, -1, 6).permute(0, 3, 1, 2)
            + x[:, :, :1].expand(-1, -1, 8, -1).permute(0, 3, 1, 2)
        ),
        (rules.TFLITE,),
    ),
    "expanded to a size": (lambda x: x - x.mean(1, True).expand(-1, 4, -1, -1), (rules.TFLITE,)),
    "pointwise behind a product": (_BehindAProduct(1), (rules.TFLITE,)),
    "a column of products": (
        lambda x: (x.flatten(2) @ x.flatten(2)[:, :1].transpose(1, 2)).reshape(1, 2, 2),
        (rules.TFLITE,),
    ),
    "attention of five axes": (
        lambda x: _attend(x.reshape(1, 2, 2, 4, 12), scale=0.3),
        (rules.ONNX,),
    ),
    "attention of five axes with a mask": (
        lambda x: _attend(x.reshape(1, 2, 2, 4, 12), x[:, 0, :4, :4]),
        (rules.ONNX,),
    ),
    "addcmul": (lambda x: torch.addcmul(x, x.sin(), x.cos(), value=0.5), (rules.COREML,)),
    "fold": (
        lambda x: F.fold(F.unfold(x, 2, stride=2), (8, 6), 2, stride=2),
        (rules.COREML, rules.TFLITE),
    ),
    "fold that overlaps": (
        lambda x: F.fold(F.unfold(x, (3, 2), (2, 1), (1, 2), 2), (8, 6), (3, 2), (2, 1), (1, 2), 2),
        (rules.COREML, rules.TFLITE),
    ),
    "and": (lambda x: x * ((x > -0.3) & (x < 0.5)), (rules.COREML,)),
    "or": (lambda x: x * ((x > 0.3) | (x < -0.3)), (rules.COREML,)),
    "xor": (lambda x: x * ((x > 0.3) ^ (x < 0.6)), (rules.COREML,)),
    "ConvTranspose2d(3, 2, 1, 1)": (_conv_transpose(3, 2, 1, 1), (rules.TFLITE,)),
    "ConvTranspose2d, no two sides alike": (
        _conv_transpose((3, 2), (2, 3), (2, 1), (1, 2), dilation=(2, 1)),
        (rules.TFLITE,),
    ),
    "ConvTranspose2d in groups": (_conv_transpose(3, 2, groups=2), (rules.TFLITE,)),
    "ConvTranspose2d, cut by more than a kernel": (
        _conv_transpose(2, (3, 1), (3, 2), groups=2),
        (rules.TFLITE,),
    ),
    "ConvTranspose2d, dilated": (_conv_transpose(2, 1, 0, dilation=3), (rules.TFLITE,)),
    "ConvTranspose2d, more than there is": (
        _conv_transpose(2, 3, 0, 2, bias=False),
        (rules.TFLITE,),
    ),
}
STAYS = {
    "add": lambda x: torch.add(x, x.sin(), alpha=1),
    "GELU": nn.GELU(),
    "nearest by 2": _resize("nearest", scale_factor=2),
    "bilinear": _resize("bilinear", size=(13, 11)),
    "InstanceNorm": nn.InstanceNorm2d(4),
    "a product of integers": lambda x: x * ((x > 0).int() & (x < 1).int()),
    "where the largest are": lambda x: (
        F.adaptive_max_pool2d(x, 2, return_indices=True)[1] + x.sum()
    ),
    "ConvTranspose2d": _conv_transpose(2, 2),
    "more than pointwise behind a product": _BehindAProduct(3),
    "pointwise behind a product, in steps": _BehindAProduct(1, 2),
    "a product and no more": lambda x: x.flatten(2) @ x.flatten(2).transpose(1, 2),
    "attention of four axes": lambda x: F.scaled_dot_product_attention(x, x, x),
    "pointwise": nn.Sequential(nn.Flatten(2), nn.Conv1d(4, 6, 1)),
    "expanded to more than it meets": lambda x: x[:, :1] * x[:, 1:2].expand(-1, 4, -1, -1),
    "both expanded along one axis": lambda x: (
        x[:, :1].expand(-1, 4, -1, -1) + x[:, 1:2].expand(-1, 4, -1, -1)
    ),
    "expanded and joined": lambda x: torch.cat([x, x[:, :1].expand(-1, 4, -1, -1)]),
    "BatchNorm": nn.BatchNorm2d(4),
}


@pytest.mark.parametrize("saved", [False, True], ids=["module", "program"])
@pytest.mark.parametrize(("call", "where"), SAID_OTHERWISE.values(), ids=SAID_OTHERWISE)
def test_it_is_said_otherwise_and_is_the_same(call, where, saved):
    network: nn.Module = _Calls(call).eval()
    if saved:
        network = torch.export.export(network, (EXAMPLE,), strict=False).module()
    pixels = torch.rand(1, 3, 8, 6) * 255
    for table in EVERYWHERE:
        other = rewritten(network, EXAMPLE, table)
        assert isinstance(other, Rewritten) == (table in where)
        with torch.no_grad():
            torch.testing.assert_close(other(pixels), network(pixels), atol=2e-6, rtol=2e-6)


@pytest.mark.parametrize("call", STAYS.values(), ids=STAYS)
def test_what_converters_have_right_stays(call):
    network = _Calls(call).eval()
    assert all(rewritten(network, EXAMPLE, table) is network for table in EVERYWHERE)
