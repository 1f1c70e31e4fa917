"""One network that has all that converters get wrong or lack is right in every format."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from irrvit.export import target
from irrvit.export.precision import Precision
from irrvit.model.spec import InputSpec

pytestmark = pytest.mark.slow

SPEC = InputSpec(height=16, width=12, resize=16)


class _All(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.InstanceNorm2d(4, affine=True, track_running_stats=True)
        assert self.norm.running_mean is not None
        self.norm.running_mean.uniform_(-1, 1)
        self.up, self.spread = (
            nn.ConvTranspose2d(4, 4, 3, 2, 1, 1),
            nn.ConvTranspose2d(4, 4, 3, 2, 1, 0, 2),
        )
        self.head = nn.Linear(4 * 12, 5)

    def forward(self, x):
        x = F.gelu(self.norm(self.conv(x / 100)), approximate="tanh")
        x = torch.add(x, self.spread(self.up(x))[..., :16, :12], alpha=0.7)
        x = x * ((x > -0.5) & (x < 2))
        x = F.interpolate(x, size=(13, 9), mode="nearest")
        x = F.interpolate(x, size=(10, 11), mode="bicubic")
        x = F.interpolate(x, size=(7, 8), mode="bilinear", antialias=True)
        x = x @ torch.eye(8) + F.logsigmoid(F.celu(x, 0.7)) + torch.std_mean(x, 1, keepdim=True)[0]
        x = x.unfold(2, 3, 2).unfold(3, 4, 2).flatten(4).flatten(2, 3)
        x = F.fold(x.transpose(2, 3).flatten(1, 2), (7, 8), (3, 4), stride=2)
        return self.head(F.adaptive_max_pool2d(x, (4, 3)).flatten(1))


@pytest.mark.needs("onnx", "onnxruntime", "coremltools", "litert_torch", "coreai_torch")
@pytest.mark.parametrize("name", [*target.names_in_all(), "coreai"])
def test_all_that_is_said_otherwise_is_right(name, tmp_path):
    network, chosen = _All().eval(), target.get(name)
    path = tmp_path / f"net{chosen.FACTS.suffix}"
    chosen.write(network, SPEC, Precision.FP32, path)
    pixels = torch.rand(1, 16, 12, 3, generator=torch.Generator().manual_seed(0)) * 255
    with torch.no_grad():
        expected = network(pixels.permute(0, 3, 1, 2))
    got = chosen.load(path).run(pixels.numpy())
    got = next(iter(got.values())) if isinstance(got, dict) else got
    torch.testing.assert_close(torch.from_numpy(got), expected, atol=2e-5, rtol=2e-5)
