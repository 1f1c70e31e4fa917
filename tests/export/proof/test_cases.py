"""The parity inputs are what they are said to be."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from irrvit.export.proof import cases
from irrvit.model.spec import InputSpec, read_picture

SPECS = [InputSpec(), InputSpec(height=96, width=160, resize=96, interpolation="bilinear")]


def test_the_module_wins_over_the_folder_of_the_same_name():
    assert Path(inspect.getfile(cases)).name == "cases.py"


@pytest.mark.parametrize("path", cases.pictures(), ids=lambda path: path.stem)
def test_a_picture_is_a_small_colour_photograph(path):
    with Image.open(path) as image:
        assert image.mode == "RGB"
        assert 300 <= min(image.size) <= 384
        pixels = np.asarray(image, np.int16)
    assert path.stat().st_size < 100_000
    assert np.abs(pixels[..., 0] - pixels[..., 2]).mean() > 1, "red and blue are alike"


def test_every_picture_has_its_origin_written_beside_it():
    told = (Path(inspect.getfile(cases)).parents[1] / "cases" / "LICENSES.md").read_text()
    assert cases.pictures()
    assert [p.name for p in cases.pictures() if f"| `{p.name}` |" not in told] == []


@pytest.mark.parametrize("spec", SPECS, ids=["square", "wide"])
def test_every_case_is_uint8_pixels_of_the_size_asked_for(spec):
    for name, pixels in cases.parity_cases(spec).items():
        assert (name, pixels.dtype, pixels.shape) == (name, np.uint8, (spec.height, spec.width, 3))


def test_every_picture_is_a_case_and_a_golden_picture_as_preprocess_makes_it():
    spec = InputSpec()
    compared, golden = cases.parity_cases(spec), cases.golden_pictures(spec)
    assert list(golden) == [path.name for path in cases.pictures()]
    for path in cases.pictures():
        expected = read_picture(path, spec)
        np.testing.assert_array_equal(compared[path.stem], expected)
        np.testing.assert_array_equal(golden[path.name], expected)


def test_cases_are_the_same_every_time():
    first, second = cases.parity_cases(SPECS[0]), cases.parity_cases(SPECS[0])
    assert list(first) == list(second)
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


def test_no_case_survives_a_channel_swap():
    for name, pixels in cases.parity_cases(SPECS[0]).items():
        assert (pixels != pixels[..., ::-1]).mean() > 0.1, name


def test_the_arrays_reach_both_ends_of_the_range():
    compared = cases.parity_cases(SPECS[0])
    for name in ("seeded-noise", "gradient", "hard-edges"):
        assert (name, compared[name].min(), compared[name].max()) == (name, 0, 255)
