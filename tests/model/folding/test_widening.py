"""Networks that name float32 themselves run in float64, and are the same float32 network after."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from irrvit.model.folding.check import LIMIT, fold_checked
from irrvit.model.folding.widening import numbers_in, widen
from irrvit.model.spec import InputSpec

SPEC = InputSpec(height=8, width=8)


class _Says(nn.Module):
    """A classifier whose features go through `says` on the way."""

    def __init__(self, says):
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.norm, self.head = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 5)
        self.says = says

    def forward(self, x):
        return self.head(self.says(self.norm(self.conv(x))).amax((2, 3)))


SAYING = {
    "float()": lambda x: x.float(),
    "to(float32)": lambda x: x.to(torch.float32),
    "softmax(dtype)": lambda x: x.softmax(1, dtype=torch.float32),
    "a constant with a type": lambda x: x + torch.arange(6, dtype=torch.float32) / 7,
    "a constant without a type": lambda x: x + torch.arange(6) / 7 + torch.full((), 1 / 3),
    "a mask": lambda x: x + torch.zeros(6, 6).masked_fill(torch.ones(6, 6).tril() == 0, 1 / 3),
}


@pytest.mark.parametrize("saved", [False, True], ids=["module", "program"])
@pytest.mark.parametrize("says", SAYING.values(), ids=SAYING)
def test_a_network_that_names_float32_is_judged_in_float64(says, saved):
    network, picture = _Says(says).eval(), torch.randn(1, 3, 8, 8)
    if saved:
        network = torch.export.export(network, (picture,), strict=False).module()
    folded, check = fold_checked(network, SPEC, torch.rand(1, 3, 8, 8) * 255)
    assert check.max_rel < LIMIT
    assert check.findings == ()
    with torch.no_grad():
        assert folded(picture * 255).dtype == torch.float32
        assert network(picture).dtype == torch.float32


class _OnlyFloat32(torch.autograd.Function):
    """A function that has no other type, as a kernel of somebody's own."""

    @staticmethod
    def forward(ctx, x):
        if x.dtype != torch.float32:
            raise RuntimeError("expected float32\nand more lines")
        return x * 2


def test_what_has_only_float32_is_judged_in_float32_and_says_so():
    network = _Says(_OnlyFloat32.apply).eval()
    _, check = fold_checked(network, SPEC, torch.rand(1, 3, 8, 8) * 255)
    assert check.folded == {"batch_norm": 1, "input_scale": 1}
    assert 0 < check.max_rel < 3e-5
    (finding,) = check.findings
    assert finding.startswith("folding was judged in float32")
    assert finding.endswith("(expected float32)")


def test_types_are_as_before_after_a_run():
    with numbers_in(torch.float64):
        assert torch.zeros(1).dtype == torch.float64
        assert torch.zeros(1, dtype=torch.float32).dtype == torch.float64
        assert torch.zeros(1, dtype=torch.float16).dtype == torch.float16
    assert torch.zeros(1).dtype == torch.float32


def test_the_copy_is_wide_and_the_network_is_not():
    network = nn.Linear(2, 2)
    assert widen(network).weight.dtype == torch.float64
    assert network.weight.dtype == torch.float32
