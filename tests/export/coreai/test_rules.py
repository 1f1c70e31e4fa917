"""What coreai-torch lacks is said to it otherwise, and is the same function."""

import pytest
import torch
from torch import nn

from irrvit.export.rewriting.program import rewritten

pytestmark = pytest.mark.needs("coreai", "coreai_torch")

SPREADS = {
    "var of all": lambda x: x * x.var(),
    "var of one axis": lambda x: x.var(1),
    "var of the whole population": lambda x: x.var((2, 3), unbiased=False),
    "std with its axes kept": lambda x: x.std((1, -1), keepdim=True),
    "std with another correction": lambda x: torch.std(x, 2, correction=2),
    "var and mean": lambda x: sum(torch.var_mean(x, (2, 3))),
    "std and mean": lambda x: sum(torch.std_mean(x, 1, keepdim=True)),
}


class By(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


@pytest.mark.parametrize("kind", SPREADS)
def test_every_way_to_ask_for_a_variance_is_rewritten_exactly(kind):
    from irrvit.export.coreai.rules import COREAI

    pixels = torch.rand(1, 3, 6, 7, generator=torch.Generator().manual_seed(0))
    network = By(SPREADS[kind]).eval()
    other = rewritten(network, pixels, COREAI)
    assert other is not network
    torch.testing.assert_close(other(pixels), network(pixels))


def test_a_file_has_what_was_said_otherwise(write_coreai):
    from irrvit.export.coreai import runner

    pixels = torch.rand(1, 6, 6, 3, generator=torch.Generator().manual_seed(0))
    network = By(lambda x: x.std(1) + x.unfold(2, 3, 2).unfold(3, 3, 2).sum())
    got = runner.load(write_coreai(network)).run(pixels.numpy())["logits"]
    torch.testing.assert_close(torch.from_numpy(got), network(pixels.permute(0, 3, 1, 2)))
