"""Layers and arguments may be called as people like."""

from __future__ import annotations

import torch
from torch import nn

from irrvit.model import sources


class TestArguments:
    def test_a_keyword_argument_is_an_argument(self, tmp_path):
        class Keyword(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Conv2d(3, 4, 3)

            def forward(self, *, pixel_values):
                return self.net(pixel_values).mean((2, 3))

        network, x = Keyword().eval(), torch.randn(1, 3, 32, 32)
        program = torch.export.export(network, (), {"pixel_values": x})
        torch.export.save(program, tmp_path / "x.pt2")
        source = sources.load(str(tmp_path / "x.pt2"))
        assert torch.equal(source.network(x), network(pixel_values=x))


class TestNames:
    """Layers are called as people like."""

    def test_a_dash_and_other_signs_in_a_name(self, tmp_path):
        class Odd(nn.Module):
            def __init__(self):
                super().__init__()
                names = ("conv-1", "conv_1", "conv 1", "a/b", "3:1")
                self.layers = nn.ModuleDict({name: nn.Conv2d(3, 3, 1) for name in names})
                self.layers.register_buffer("b-1", torch.ones(1, 3, 1, 1))

            def forward(self, x):
                for layer in self.layers.values():
                    x = layer(x)
                return x.mean((2, 3)) * self.layers.get_buffer("b-1").flatten()

        network, x = Odd().eval(), torch.randn(1, 3, 32, 32)
        torch.export.save(torch.export.export(network, (x,)), tmp_path / "x.pt2")
        source = sources.load(str(tmp_path / "x.pt2"))
        assert torch.equal(source.network(x), network(x))
        assert "program.layers.conv_1_.weight" in dict(source.network.named_parameters())
