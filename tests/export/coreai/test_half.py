"""A program of half precision is the float32 one, operation for operation."""

import numpy as np
import pytest
import torch
from torch import nn

pytestmark = pytest.mark.needs("coreai", "coreai_torch")


class Large(nn.Module):
    """A norm of numbers whose squares are beyond float16."""

    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(6)

    def forward(self, x):
        return self.norm(x * 10).sum((1, 2))


def both(write_coreai, network):
    return [write_coreai(network, precision=precision) for precision in ("fp32", "fp16")]


def test_constants_are_the_same_in_the_same_order_but_for_their_rounding(write_coreai):
    from irrvit.export.coreai import constants, half, program

    network = nn.Sequential(nn.Conv2d(3, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(256, 5))
    full, halved = map(program.load, both(write_coreai, network))
    assert (half.is_half(full), half.is_half(halved)) == (False, True)
    ours, rounded = constants.read(full), constants.read(halved)
    assert {values.dtype for values in rounded} == {np.dtype(np.float16)}
    for one, other in zip(ours, rounded, strict=True):
        np.testing.assert_array_equal(one.astype(np.float16), other)


def test_a_norm_computes_what_float16_cannot_hold_in_float32(write_coreai):
    from irrvit.export.coreai import constants, program, runner

    full, halved = both(write_coreai, Large())
    pixels = np.linspace(0, 255, 108, dtype=np.float32).reshape(1, 6, 6, 3)
    expected, got = (runner.load(path).run(pixels)["logits"] for path in (full, halved))
    np.testing.assert_allclose(got, expected, atol=2e-2)
    kinds = {values.dtype.name for values in constants.read(program.load(halved))}
    assert kinds == {"float16", "float32"}  # Its epsilon, which float16 would round.


def test_products_of_float16_are_added_up_in_more_bits(write_coreai):
    """By itself Core AI's CPU kernel makes 2048 of it."""
    from irrvit.export.coreai import runner

    layer = nn.Linear(4800, 1, bias=False)
    torch.nn.init.ones_(layer.weight)
    path = write_coreai(nn.Sequential(nn.Flatten(), layer), 40, 40, precision="fp16")
    ones = np.ones((1, 40, 40, 3), np.float32)
    assert runner.load(path).run(ones)["logits"].item() == 4800


def test_every_value_is_rounded_as_the_file_declares_it(write_coreai):
    from irrvit.export.coreai import runner

    class Thirds(nn.Module):
        def forward(self, x):
            return ((x / 3) * 3 - x).sum((2, 3))

    full, halved = both(write_coreai, Thirds())
    pixels = np.full((1, 6, 6, 3), 10, np.float32)
    exact, rounded = (runner.load(path).run(pixels)["logits"] for path in (full, halved))
    step = np.float16(10) - np.float16(np.float16(10 / 3) * np.float16(3))
    assert np.abs(exact).max() < 1e-4
    np.testing.assert_allclose(np.abs(rounded), abs(36 * float(step)), atol=1e-4)


class Resized(nn.Module):
    """By a factor and to a size: what the map grows by stays float32, the map does not."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, x):
        x = nn.functional.interpolate(self.conv(x), scale_factor=2.0, mode="bilinear")
        return nn.functional.interpolate(x, size=(7, 5), mode="bilinear").flatten(1)


def test_a_network_that_resizes_is_the_same_in_float16(write_coreai):
    from irrvit.export.coreai import program, runner

    torch.manual_seed(0)
    network = Resized()
    full, halved = both(write_coreai, network)
    pixels = np.random.default_rng(0).uniform(0, 1, (1, 6, 6, 3)).astype(np.float32)
    expected, got = (runner.load(path).run(pixels)["logits"] for path in (full, halved))
    with torch.no_grad():
        torchs = network(torch.from_numpy(pixels).permute(0, 3, 1, 2)).numpy()
    np.testing.assert_allclose(expected, torchs, atol=1e-6)
    np.testing.assert_allclose(got, torchs, atol=4e-3)
    assert np.abs(got - expected).max() > 0
    read = program.load(halved)
    kinds = [
        [str(value.type.element_type) for value in (*op.results, *op.operands)]
        for op in read.operations()
        if op.name == "coreai.interpolate"
    ]
    assert len(kinds) == 2
    assert all(of == ["f16", "f16", "si32", "f32", "f32"] for of in kinds)
