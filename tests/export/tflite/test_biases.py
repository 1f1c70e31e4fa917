"""A bias that 32 bits cannot hold in the steps of next to no weights keeps its value."""

import numpy as np
import pytest

pytestmark = pytest.mark.needs("ai_edge_litert", "ai_edge_quantizer")

BIAS = np.array([0.1, -0.2, -7.0], np.float32)
PIXELS = np.random.default_rng(0).uniform(0, 255, (4, 2, 2, 3)).astype(np.float32)


@pytest.mark.parametrize("size", [0.01, 1e-6, 1e-12])
def test_every_channel_says_what_it_said(size, write_tflite):
    """Weights of a layer share their steps; 1e-12 stands for a channel that BatchNorm closed."""
    from irrvit.export.tflite.quantize import Quantization
    from irrvit.export.tflite.runner import TFLiteRunner

    weights = size * np.array([[1, 0, 2], [0, -1, 0], [1, 0, -1]], np.float32)
    content = write_tflite(("FULLY_CONNECTED", weights, BIAS)).read_bytes()
    exact = TFLiteRunner(content).run(PIXELS)["logits"]
    quantized = TFLiteRunner(Quantization(content, PIXELS).write()).run(PIXELS)["logits"]
    step = np.ptp(exact) / 100  # An output in 8 bits has steps of a 255th.
    np.testing.assert_allclose(quantized, exact, atol=2 * step)
