"""A network runs as it was trained, under its own preprocessing."""

import numpy as np
import pytest

from irrvit.benchmark.worker.runtimes import torch as torch_runtime
from irrvit.model import sources

pytestmark = pytest.mark.needs("torch")


@pytest.fixture
def torch():
    """As it was before: the runtime sets threads and gradients for its whole process."""
    import torch

    threads = torch.get_num_threads()
    yield torch
    torch.set_num_threads(threads)
    torch.set_grad_enabled(True)


def test_a_network_gets_the_pixels_that_it_was_trained_on(torch):
    source = sources.load("irrvit_tiny")
    size = (source.input.height, source.input.width)
    pixels = np.random.default_rng(0).uniform(0, 255, (1, *size, 3)).astype(np.float32)
    loaded = torch_runtime.load("irrvit_tiny", 1)
    loaded.set(pixels)
    mean, std = (
        255 * np.array(values, np.float32) for values in (source.input.mean, source.input.std)
    )
    prepared = torch.from_numpy(((pixels - mean) / std).transpose(0, 3, 1, 2).copy())
    np.testing.assert_allclose(
        loaded.logits(), source.network(prepared).numpy()[0], rtol=1e-4, atol=1e-4
    )


def test_a_path_that_stands_for_a_linear_layer_is_one(torch):
    loaded = torch_runtime.load("linear:8", 1)
    loaded.set(np.ones((8, 8), np.float32))
    assert loaded.logits().shape == (64,)
