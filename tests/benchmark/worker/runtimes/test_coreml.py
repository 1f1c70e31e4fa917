"""Core ML packages on this machine: what they answer, and the layer that tells a phone's best."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from irrvit.benchmark.worker import linear
from irrvit.benchmark.worker.runtime import RunsFiles
from irrvit.benchmark.worker.runtimes import coreml
from irrvit.export import artifact

pytestmark = pytest.mark.needs("coremltools")
_FASHION = Path(__file__).parents[4] / "ios_app/BuiltIn/models/2_irrvit_fashion"


def test_a_package_answers_as_it_did_when_it_was_made():
    opened = artifact.open(_FASHION)
    loaded = coreml.load(str(opened.path), 1)
    pixels = np.random.default_rng(0).integers(0, 256, (1, 28, 28, 3)).astype(np.float32)
    loaded.set(pixels)
    np.testing.assert_array_equal(loaded.logits(), opened.run(pixels.astype(np.uint8))[0])
    assert loaded.placement() == {}


def test_the_linear_layer_is_that_of_the_other_formats_in_float16(tmp_path, capfd):
    loaded = coreml.load("linear:16", 1)
    loaded.set(np.eye(16, dtype=np.float32))
    np.testing.assert_allclose(loaded.logits().reshape(16, 16), linear.weights(16), rtol=1e-3)
    assert "pipeline" not in capfd.readouterr().err  # The converter's bars.


def test_it_is_no_runtime_whose_files_are_bytes():
    assert not isinstance(coreml, RunsFiles)  # A package is a folder: who needs one writes it.
