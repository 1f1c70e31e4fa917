"""Pictures that are held in memory are those that would have been read."""

import numpy as np
from PIL import Image

from irrvit.model.data.dataset import Dataset, Pictures
from irrvit.model.data.ready import kept_ready

COUNT = 250


def pictures(seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (COUNT, 12, 12, 3), np.uint8)
    return Pictures(lambda i: Image.fromarray(pixels[i]), np.arange(COUNT) % 2)


DATA = Dataset(
    "noise",
    ("a", "b"),
    pictures(0),
    pictures(1),
    pictures(2),
    (0.5, 0.5, 0.5),
    (0.5, 0.5, 0.5),
    1.0,
    "ab",
)


def test_pixels_are_those_that_would_have_been_read():
    spec = DATA.input_spec(8)
    ready = kept_ready(DATA, spec)
    chosen = [0, 249, 7, 100, 99]
    for part in ("train", "held_out"):
        expected = getattr(DATA, part).pixels(chosen, spec)
        assert np.array_equal(getattr(ready, part).pixels(chosen, spec), expected)
        assert np.array_equal(getattr(ready, part).classes, getattr(DATA, part).classes)


def test_another_input_is_read_anew():
    other = DATA.input_spec(6)
    ready = kept_ready(DATA, DATA.input_spec(8))
    expected = DATA.train.pixels([3, 4], other)
    assert np.array_equal(ready.train.pixels([3, 4], other), expected)


def test_nothing_else_about_the_data_changes():
    ready = kept_ready(DATA, DATA.input_spec(8))
    assert (ready.sha256, ready.labels, ready.test) == (DATA.sha256, DATA.labels, DATA.test)
