"""Pictures to train on."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two classes that differ by colour, twenty pictures each."""
    root = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for label, colour in (("blue", (40, 40, 200)), ("red", (200, 40, 40))):
        (root / label).mkdir()
        for i in range(20):
            pixels = np.array(colour) + rng.integers(-40, 40, (30, 30, 3))
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(root / label / f"{i}.png")
    return root
