"""The values inside an `.aimodel` are seen as the runtime computes them."""

import numpy as np
import pytest
from torch import nn

pytestmark = pytest.mark.needs("coreai", "coreai_torch")
PIXELS = np.arange(12, dtype=np.float32).reshape(1, 2, 2, 3)


class Steps(nn.Module):
    def forward(self, x):
        return ((x - 5).relu() * 2).sum((2, 3))


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_every_step_is_there(write_coreai, precision):
    from irrvit.export.coreai.trace import trace

    values = [value for _, value in trace(write_coreai(Steps(), 2, 2, precision), PIXELS)]
    x = PIXELS.transpose(0, 3, 1, 2) - 5
    places = []
    for step in (x, np.maximum(x, 0), 2 * np.maximum(x, 0)):
        same = [v.shape == step.shape and np.array_equal(v, step) for v in values]
        assert any(same)
        places.append(same.index(True))
    assert places == sorted(places)
    np.testing.assert_array_equal(values[-1].ravel(), (2 * np.maximum(x, 0)).sum((2, 3)).ravel())
