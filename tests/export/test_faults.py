"""Networks whose files once passed although they were wrong; modelled after public reports."""

import pytest
import torch
from torch import nn

from irrvit.export import pipeline
from irrvit.export.job import ExportJob
from irrvit.export.precision import Precision

pytestmark = [pytest.mark.slow, pytest.mark.needs("coremltools")]


class Alpha(nn.Module):
    """coremltools 9.0 drops the `alpha` of an addition."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 8, 3, 4, 1), nn.Conv2d(3, 8, 3, 4, 1)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        return self.head(torch.add(self.a(x), self.b(x), alpha=0.9).relu().mean((2, 3)))


def with_offset():
    """Logits near 2000 whose differences are near 1: float16 cannot hold them."""
    head = nn.Linear(8, 5)
    with torch.no_grad():
        head.weight.mul_(3)
        head.bias.add_(2000.0)
    features = (nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return nn.Sequential(*features, head)


@pytest.fixture
def exported(tmp_path):
    def export(network, precision):
        program = torch.export.export(network.eval(), (torch.randn(1, 3, 32, 32),))
        torch.export.save(program, tmp_path / "net.pt2")
        job = ExportJob(
            model=str(tmp_path / "net.pt2"), target="coreml", precision=Precision(precision)
        )
        folder = tmp_path / precision
        folder.mkdir()
        return pipeline.export(job, folder, cache_key="", notify=lambda _: None)

    return export


@pytest.mark.parametrize("precision", ["fp32", "fp16", "w8"])
def test_a_factor_that_the_converter_drops_is_in_the_file_of_every_precision(exported, precision):
    manifest = exported(Alpha(), precision)
    assert manifest.passed
    assert manifest.verdict in ("same", "same decisions")


def test_a_factor_that_is_dropped_after_all_is_told_by_the_float32_file(exported, monkeypatch):
    """What the converter does to a network that was not rewritten for it."""
    from irrvit.export.coreml import convert

    monkeypatch.setattr(convert, "rewritten", lambda network, *_: network)
    manifest = exported(Alpha(), "fp16")
    assert manifest.verdict == "DIFFERS"
    assert (
        "the float32 file of the same conversion is not the network"
        in (manifest.meaning.failures[0])
    )


def test_logits_with_a_common_offset_are_not_the_same_in_float16(exported):
    manifest = exported(with_offset(), "fp16")
    assert manifest.verdict == "DIFFERS"
    assert "differ too little for the precision" in manifest.rounding.failures[0]


def test_logits_with_a_common_offset_are_the_same_in_float32(exported):
    manifest = exported(with_offset(), "fp32")
    assert (manifest.passed, manifest.verdict) == (True, "same")
