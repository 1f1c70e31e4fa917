"""TensorFlow, in its own process, says what LiteRT says; and what is wrong when it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from irrvit.export.errors import RunnerUnavailable
from irrvit.export.tensorflow import runner
from irrvit.export.tensorflow.environment import VARIABLE, environment

pytestmark = pytest.mark.needs("litert_torch", "ai_edge_litert")


@pytest.fixture(scope="session")
def tiny_tflite(tmp_path_factory):
    """A small convolutional classifier on raw pixels (1, 24, 32, 3) -> (1, 5), really converted."""
    import litert_torch
    import torch
    from torch import nn

    class Tiny(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
            self.mix = nn.Conv2d(8, 16, 3, padding=1)
            self.head = nn.Linear(16, 5)

        def forward(self, image):
            maps = torch.relu(self.stem((image / 255).permute(0, 3, 1, 2)))
            return self.head(torch.relu(self.mix(maps)).mean((2, 3)))

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("tflite") / "tiny.tflite"
    litert_torch.convert(Tiny().eval(), (torch.zeros(1, 24, 32, 3),)).export(str(path))
    return path


def pictures() -> np.ndarray:
    generator = np.random.default_rng(3)
    return generator.uniform(0, 255, (4, 24, 32, 3)).astype(np.float32)


def by_litert(path, pixels) -> np.ndarray:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path))
    interpreter.allocate_tensors()
    rows = []
    for picture in pixels:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture[None])
        interpreter.invoke()
        rows.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
    return np.concatenate(rows)


@pytest.mark.usefixtures("tensorflow_environment")
def test_tensorflow_says_what_litert_says(tiny_tflite):
    (candidate,) = runner.load(tiny_tflite).run(pictures()).values()
    reference = by_litert(tiny_tflite, pictures())
    assert np.ptp(reference, axis=0).max() > 1e-3, "the pictures make no difference"
    assert (candidate.dtype, candidate.shape) == (np.float32, (4, 5))
    np.testing.assert_allclose(candidate, reference, rtol=0, atol=1e-5)


@pytest.mark.usefixtures("tensorflow_environment")
def test_whole_numbers_are_taken_as_pixels_too(tiny_tflite):
    pixels = pictures().astype(np.uint8)
    reference = by_litert(tiny_tflite, pixels.astype(np.float32))
    (candidate,) = runner.load(tiny_tflite).run(pixels).values()
    np.testing.assert_allclose(candidate, reference, rtol=0, atol=1e-5)


@pytest.mark.usefixtures("tensorflow_environment")
def test_a_damaged_file_is_named(tmp_path):
    damaged = tmp_path / "damaged.tflite"
    damaged.write_bytes(b"not a model" * 100)
    with pytest.raises(RunnerUnavailable, match=r"TensorFlow could not run damaged\.tflite: .+"):
        runner.load(damaged).run(pictures())


@pytest.mark.usefixtures("tensorflow_environment")
def test_one_that_takes_too_long_is_ended(tmp_path):
    hurried = runner.TensorFlowRunner(tmp_path / "any.tflite", environment(), timeout_s=0.05)
    with pytest.raises(RunnerUnavailable, match=r"did not finish any\.tflite in 0\.05 s"):
        hurried.run(pictures())


def test_a_missing_environment_says_how_to_make_it(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(RunnerUnavailable) as raised:
        runner.load(tmp_path / "any.tflite")
    assert str(raised.value) == (
        f"the TensorFlow environment {tmp_path / 'nowhere'} is missing; "
        "make it with: python -m irrvit.export.tensorflow.environment"
    )
