"""An `.aimodel` has the names of the contract, and nothing of the machine that wrote it."""

import pytest
import torch
from torch import nn

from irrvit.export.errors import UnsupportedOp
from irrvit.export.precision import Precision
from irrvit.model.spec import InputSpec

pytestmark = pytest.mark.needs("coreai", "coreai_torch")


class Two(nn.Module):
    def forward(self, x):
        return {"sum": x.sum((2, 3)), "best": x.argmax(1)}


def test_outputs_have_the_names_that_the_network_gives_them(write_coreai):
    from irrvit.export.coreai import runner

    pixels = torch.rand(1, 6, 6, 3)
    outputs = runner.load(write_coreai(Two())).run(pixels.numpy())
    assert {name: value.dtype.name for name, value in outputs.items()} == {
        "sum": "float32",
        "best": "int32",
    }
    assert (outputs["best"] == pixels.argmax(3).numpy()).all()


def test_what_can_open_it_says_where_it_was_compared(tmp_path):
    from irrvit.export.coreai import convert

    spec, path = InputSpec(height=6, width=6, resize=6), tmp_path / "net.aimodel"
    said = convert.write(nn.Flatten().eval(), spec, Precision.FP32, path)
    assert "iOS 27" in said
    assert "on this host's CPU, not on the Neural Engine" in said


class Odd(nn.Module):
    def forward(self, x):
        return torch.special.i0e(x).mean((2, 3))


def test_an_operation_that_the_converter_lacks_is_named(write_coreai):
    network = nn.Sequential(nn.Conv2d(3, 4, 1), Odd())
    with pytest.raises(UnsupportedOp, match=r"coreai-torch cannot convert .* special_i0e of 1 \("):
        write_coreai(network)
