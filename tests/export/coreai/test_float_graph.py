"""The graph of an `.aimodel` without rounding is that of its float32 twin, to the last bit."""

import numpy as np
import pytest
import torch
from torch import nn

pytestmark = pytest.mark.needs("coreai", "coreai_torch")
PIXELS = np.random.default_rng(0).integers(0, 256, (2, 6, 6, 3)).astype(np.float32)


@pytest.fixture
def graphs(write_coreai):
    from irrvit.export.coreai.float_graph import CoreAIFloatGraph

    torch.manual_seed(0)
    layers = nn.Conv2d(3, 8, 3), nn.Flatten(2), nn.LayerNorm(16), nn.Linear(16, 5)
    network = nn.Sequential(*layers)
    return [CoreAIFloatGraph(write_coreai(network, precision=p)) for p in ("fp16", "fp32")]


def test_a_file_equals_its_twin_with_its_numbers(graphs):
    file, twin = graphs
    (ours,), (other,) = file.run(PIXELS).values(), twin.run(PIXELS, file.constants).values()
    np.testing.assert_array_equal(ours, other)
    (own,) = twin.run(PIXELS).values()
    assert not np.array_equal(ours, own)


def test_constants_are_known_by_their_place_and_shape(graphs):
    file, twin = graphs
    assert list(file.constants) == list(twin.constants)
    assert any(name.endswith("(8x3x3x3)") for name in file.constants)
    for name, stored in file.constants.items():
        original = twin.constants[name].values
        assert (np.abs(stored.values - original) <= stored.bound(original)).all()
