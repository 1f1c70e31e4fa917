"""Cases on which PyTorch itself is unsure are left out, with a sentence; photographs never are."""

import torch
from torch import nn

from irrvit.export.proof.cases import parity_cases
from irrvit.export.proof.reference import run_reference, unstable_arrays
from irrvit.model.sources.source import Source
from irrvit.model.spec import InputSpec


class Amplifier(nn.Module):
    """Four logits that depend on rounding, in pictures brighter than photographs are."""

    def __init__(self, threshold: float):
        super().__init__()
        self.threshold = threshold

    def forward(self, x):
        means = torch.stack([x.mean((1, 2, 3)), x[:, 0].mean((1, 2)), x[:, 1].std((1, 2))], dim=1)
        ramp = torch.linspace(0.1, 1.7, x.shape[-1], dtype=x.dtype)  # So that no sum is exact.
        chaos = torch.sin((x.square() * ramp).sum((1, 2, 3)) * 1e6)[:, None]
        wild = (x.amax((1, 2, 3)) > self.threshold)[:, None]
        return torch.cat([means, torch.where(wild, chaos, means[:, :1])], dim=1)


def unstable(threshold):
    spec = InputSpec(height=32, width=32, resize=32, mean=(0, 0, 0), std=(1, 1, 1))
    source = Source("net", Amplifier(threshold).eval(), spec, tuple("abcd"), "none")
    cases = parity_cases(spec)
    return unstable_arrays(source, cases, run_reference(source, cases)), cases


def test_a_synthetic_case_that_rounding_decides_is_left_out_with_a_sentence():
    left_out, cases = unstable(threshold=0.0)
    # Also where photographs are as unstable.
    assert list(left_out) == [case.name for case in cases if not case.is_photograph]
    assert all("float32 and float64" in sentence for sentence in left_out.values())


def test_a_stable_network_keeps_all_cases():
    left_out, _ = unstable(threshold=2.0)
    assert left_out == {}
