"""What the converter refuses is said in a sentence; what it writes has the contract's names."""

import pytest
import torch
from torch import nn

from irrvit.export.errors import UnsupportedOp
from irrvit.export.precision import Precision
from irrvit.model.spec import InputSpec

pytestmark = [pytest.mark.slow, pytest.mark.needs("litert_torch", "ai_edge_litert")]
SPEC = InputSpec(height=8, width=8)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4, 5)

    def forward(self, x):
        return self.head(self.stem(x / 255).relu().mean((2, 3)))


def test_a_file_says_what_can_open_it_and_has_the_contracts_names(tmp_path):
    from irrvit.export.tflite import convert, runner

    path = tmp_path / "net.tflite"
    compatibility = convert.write(Small().eval(), SPEC, Precision.FP32, path)
    assert compatibility == "LiteRT, TensorFlow Lite schema 3"
    pixels = torch.rand(2, 8, 8, 3) * 255
    assert runner.load(path).run(pixels.numpy())["logits"].shape == (2, 5)


def test_an_operation_that_the_format_lacks_is_refused(tmp_path):
    from irrvit.export.tflite import convert

    class Net(nn.Module):
        def forward(self, x):
            return torch.special.i1(x).mean((2, 3))

    with pytest.raises(
        UnsupportedOp, match="cannot convert the operation special_i1 of the network"
    ):
        convert.write(Net().eval(), SPEC, Precision.FP32, tmp_path / "net.tflite")
