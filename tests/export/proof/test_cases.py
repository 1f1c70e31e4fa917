"""The parity inputs are what they are said to be."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from irrvit.export.proof import cases
from irrvit.model.spec import InputSpec, read_picture

ARRAYS = ("seeded-noise", "gradient", "hard-edges")
SPECS = [
    InputSpec(),
    InputSpec(height=96, width=160, resize=96, interpolation="bilinear"),
    InputSpec(height=32, width=32, color="gray", mean=(0.5,), std=(0.5,)),
    InputSpec(height=32, width=32, color="RGBA", mean=(0.5,) * 4, std=(0.5,) * 4),
]


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


@pytest.mark.parametrize("spec", SPECS, ids=["square", "wide", "gray", "with alpha"])
def test_every_case_is_uint8_pixels_of_the_size_asked_for(spec):
    for case in cases.parity_cases(spec):
        expected = (case.name, np.uint8, (spec.height, spec.width, spec.channels))
        assert (case.name, case.pixels.dtype, case.pixels.shape) == expected


def by_name(spec=SPECS[0]):
    return {case.name: case for case in cases.parity_cases(spec)}


def test_every_picture_is_a_case_and_a_golden_picture_as_preprocess_makes_it():
    spec = InputSpec()
    compared, golden = by_name(spec), cases.golden_pictures(spec)
    assert list(golden) == [path.name for path in cases.pictures()]
    for path in cases.pictures():
        expected = read_picture(path, spec)
        np.testing.assert_array_equal(compared[path.stem].pixels, expected)
        np.testing.assert_array_equal(golden[path.name], expected)


def test_photographs_come_first_and_are_told_from_arrays():
    compared = cases.parity_cases(SPECS[0])
    expected = tuple(path.stem for path in cases.pictures())
    assert tuple(case.name for case in cases.photographs(compared)) == expected
    assert cases.photographs(compared) == compared[: len(expected)]
    assert [case.name for case in compared[len(expected) :]] == list(ARRAYS)


def test_a_batch_is_the_pixels_in_order_as_float32():
    compared = cases.parity_cases(SPECS[0])[-2:]
    pixels = cases.batch(compared)
    assert pixels.dtype == np.float32
    np.testing.assert_array_equal(pixels, [case.pixels for case in compared])


def test_cases_are_the_same_every_time():
    first, second = by_name(), by_name()
    assert list(first) == list(second)
    for name in first:
        np.testing.assert_array_equal(first[name].pixels, second[name].pixels)


def test_no_case_survives_a_channel_swap():
    for case in cases.parity_cases(SPECS[0]):
        assert (case.pixels != case.pixels[..., ::-1]).mean() > 0.1, case.name


def test_the_arrays_reach_both_ends_of_the_range():
    compared = by_name()
    for name in ARRAYS:
        pixels = compared[name].pixels
        assert (name, pixels.min(), pixels.max()) == (name, 0, 255)
