"""A `.pte` file gives its outputs in the order of their names, and says who computes it."""

import numpy as np
import pytest

from irrvit.benchmark.worker import linear
from irrvit.benchmark.worker.runtimes import executorch

pytestmark = [pytest.mark.slow, pytest.mark.needs("executorch")]


@pytest.fixture(scope="module")
def layer():
    return executorch.load("linear:16", 1)


def test_the_linear_layer_is_that_of_every_format(layer):
    layer.set(np.eye(16, dtype=np.float32))
    np.testing.assert_allclose(layer.logits().reshape(16, 16), linear.weights(16), rtol=1e-5)
    layer.set(np.zeros((16, 16), np.uint8))
    assert not layer.logits().any()


def test_it_says_its_version_and_who_computes_its_operations(layer):
    assert layer.version.startswith("executorch 1.")
    assert layer.placement() == {"nodes_total": 1, "nodes_delegated": 1, "partitions": 1}


def test_outputs_are_in_the_order_of_their_names(tmp_path):
    import torch

    from irrvit.export.executorch import convert

    class Two(torch.nn.Module):
        def forward(self, image):
            return {"b": image * 2.0, "a": image + 1.0}

    (tmp_path / "two.pte").write_bytes(convert.lowered(Two(), torch.zeros(1, 3)))
    loaded = executorch.load(str(tmp_path / "two.pte"), 1)
    loaded.set(np.array([[1, 2, 3]], np.float32))
    assert loaded.logits().tolist() == [2, 3, 4, 2, 4, 6]
