"""An `.aimodel` has the names of the contract, and nothing of the machine that wrote it."""

import errno
from pathlib import Path

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


class Grown(nn.Module):
    def forward(self, x):
        return nn.functional.interpolate(x, scale_factor=2.0, mode="bilinear").mean((2, 3))


def test_a_program_that_the_format_refuses_is_a_sentence(write_coreai, monkeypatch):
    """The scales of a resize have to stay float32: here they do not."""
    from irrvit.export.coreai import half

    monkeypatch.setattr(half, "_is_size", lambda value: False)
    with pytest.raises(UnsupportedOp) as caught:
        write_coreai(Grown(), precision="fp16")
    said = str(caught.value)
    assert said.startswith("Core AI refuses the program that was made of the network ('coreai.int")
    assert "but got 'tensor<4xf16>'" in said
    assert said.endswith("): try another precision, or leave this format out")
    assert "\n" not in said


def test_what_cannot_be_halved_is_a_sentence(write_coreai, monkeypatch):
    from irrvit.export.coreai import half

    def refuse(*_):
        raise ValueError("no such type")

    monkeypatch.setattr(half, "_set_types", refuse)
    with pytest.raises(UnsupportedOp, match=r"cannot convert the network \(no such type\)"):
        write_coreai(Grown(), precision="fp16")


def test_a_full_disk_is_no_fault_of_the_network(write_coreai, monkeypatch):
    def refuse(path, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(OSError, match="No space left"):
        write_coreai(Grown())
