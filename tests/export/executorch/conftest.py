"""A small network with all that used to fall out of XNNPACK, written once a session."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional


class Mixed(nn.Module):
    """Windows, attention, norms and means: (1, 3, 16, 16) -> a dictionary of two outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 4, 4)
        self.norm, self.groups = nn.LayerNorm(16), nn.GroupNorm(4, 16)
        self.qkv, self.head = nn.Linear(16, 48), nn.Linear(16, 5)
        self.heads = nn.Conv2d(16, 16, 1)  # A softmax of what it gives was wrong in silence.
        self.token = nn.Parameter(torch.randn(1, 1, 16))

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        x = self.groups(self.stem(x / 100)).roll((1, -1), (2, 3))
        tokens = torch.cat([self.token, x.flatten(2).transpose(1, 2)], 1)
        qkv = self.qkv(self.norm(tokens)).reshape(1, 17, 3, 4, 4).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        mixed = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        y = torch.add(tokens, mixed, alpha=0.5)
        x = x * self.heads(x).softmax(-1)
        first, rest = y.split([1, 16], 1)
        pooled = functional.adaptive_avg_pool2d(x, 1).flatten(1)
        return {"scores": self.head(first.squeeze(1) + rest.mean(1) + pooled), "map": x.sum(1)}


MACS = 4 * 4 * 16 * 48 + 4 * 4 * 16 * 16 + 17 * 16 * 48 + 2 * 4 * 17 * 17 * 4 + 16 * 5


@pytest.fixture(scope="session")
def mixed() -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Mixed().eval().requires_grad_(False)


@pytest.fixture(scope="session")
def mixed_macs() -> int:
    return MACS


@pytest.fixture(scope="session")
def mixed_file(mixed: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from irrvit.export.precision import Precision
    from irrvit.export.targets import executorch
    from irrvit.model.spec import InputSpec

    path = tmp_path_factory.mktemp("executorch") / "mixed.pte"
    spec = InputSpec(height=16, width=16, resize=16)
    assert executorch.write(mixed, spec, Precision.FP32, path).startswith("ExecuTorch 1.")
    return path
