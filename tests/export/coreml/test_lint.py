"""Each trap of the Neural Engine is found, in the forms that torch makes of it; nothing else is."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from irrvit.export.coreml import lint, program
from irrvit.export.precision import Precision
from irrvit.export.targets import coreml
from irrvit.model.spec import InputSpec


class Net(nn.Module):
    """A convolution, a mean, a layer, and something after it."""

    def __init__(self, layer, end):
        super().__init__()
        self.stem, self.layer, self.end = nn.Conv2d(3, 8, 4, 4), layer, end

    def forward(self, x):
        return self.end(self.layer(self.stem(x).mean((2, 3))))


class Spelt(nn.Module):
    """Hard-swish written out."""

    def forward(self, x):
        return x * F.relu6(x + 3) / 6


class Call(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Convolution(nn.Module):
    """A linear layer as a 1 x 1 convolution, then hard-swish: the form that is right."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 1)

    def forward(self, x):
        return F.hardswish(self.conv(x[:, :, None, None])).flatten(1)


class Gated(nn.Module):
    """One layer, times the hard sigmoid of another one."""

    def __init__(self):
        super().__init__()
        self.value, self.gate = nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, x):
        return self.value(x) * F.hardsigmoid(self.gate(x))


TRAPS = {
    "log_softmax": (nn.Linear(8, 8), Call(lambda x: F.log_softmax(x, 1)), "log_softmax"),
    "log of softmax": (nn.Linear(8, 8), Call(lambda x: F.softmax(x, 1).log()), "log_softmax"),
    "log_softmax spelt out": (
        nn.Linear(8, 8),
        Call(lambda x: x - x.logsumexp(1, keepdim=True)),
        "log_softmax",
    ),
    "softplus": (nn.Linear(8, 8), nn.Softplus(), "softplus"),
    "Mish": (nn.Linear(8, 8), nn.Mish(), "softplus"),
    "hard-swish": (nn.Linear(8, 8), nn.Hardswish(), "hard-swish"),
    "hard-swish without bias": (nn.Linear(8, 8, bias=False), nn.Hardswish(), "hard-swish"),
    "hard-swish spelt out": (nn.Linear(8, 8), Spelt(), "hard-swish"),
}
CLEAN = {
    "logits": (nn.Linear(8, 8), nn.Identity()),
    "logsumexp": (nn.Linear(8, 8), Call(lambda x: x.logsumexp(1, keepdim=True))),
    "softmax": (nn.Linear(8, 8), nn.Softmax(1)),
    "relu6": (nn.Linear(8, 8), nn.ReLU6()),
    "hard-sigmoid": (nn.Linear(8, 8), nn.Hardsigmoid()),
    "convolution": (nn.Identity(), Convolution()),
    "gate of another layer": (nn.Identity(), Gated()),
}


def _lint(layer, end, tmp_path):
    path = tmp_path / "net.mlpackage"
    spec = InputSpec(height=8, width=8)
    with torch.no_grad():
        coreml.write(Net(layer, end).eval(), spec, Precision.FP16, path)
    return lint.lint(program.load(path))


@pytest.mark.parametrize("trap", TRAPS)
def test_trap_is_found_once_and_named(trap, tmp_path):
    layer, end, word = TRAPS[trap]
    findings = _lint(layer, end, tmp_path)
    assert len(findings) == 1, findings
    assert word in findings[0]
    assert "value '" in findings[0]


@pytest.mark.parametrize("net", CLEAN)
def test_clean_network_gives_no_finding(net, tmp_path):
    layer, end = CLEAN[net]
    assert _lint(layer, end, tmp_path) == []


X = np.arange(50, dtype=np.float32).reshape(1, 2, 5, 5)
MEAN = {"kernel_sizes": [2, 2], "strides": [2, 2], "pad_type": "valid"}
FORMS = {
    "rounds up": (lambda mb: lambda x: mb.avg_pool(x=x, ceil_mode=True, **MEAN), "ceil_mode"),
    "rounds down": (lambda mb: lambda x: mb.avg_pool(x=x, ceil_mode=False, **MEAN), None),
    "round": (lambda mb: lambda x: mb.round(x=x), "halves are rounded"),
    "whole factor": (lambda mb: lambda x: _nearest(mb, x, 2.0), None),
    "a fraction": (lambda mb: lambda x: _nearest(mb, x, 1.6), "which pixel is nearest"),
    "to a multiple": (lambda mb: lambda x: _to_size(mb, x, 10), None),
    "to a size": (lambda mb: lambda x: _to_size(mb, x, 9), "which pixel is nearest"),
    "argmax": (lambda mb: lambda x: mb.reduce_argmax(x=x, axis=1), "among equal values"),
    "argmin": (lambda mb: lambda x: mb.reduce_argmin(x=x, axis=1), "among equal values"),
}


def _nearest(mb, x, factor):
    return mb.upsample_nearest_neighbor(x=x, scale_factor_height=factor, scale_factor_width=factor)


def _to_size(mb, x, size):
    return mb.resize_nearest_neighbor(x=x, target_size_height=size, target_size_width=10)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_is_not_documented_to_the_last_number_is_named(form, mb, make_program):
    build, words = FORMS[form]
    findings = lint.lint(make_program(build(mb), X))
    if words is None:
        assert findings == []
    else:
        (finding,) = findings
        assert finding.startswith("Core ML: ")
        assert words in finding
