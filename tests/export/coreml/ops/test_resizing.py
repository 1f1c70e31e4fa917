"""Scaling equals torch's, and the grid points of coremltools' documentation."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from irrvit.export.coreml.ops.resizing import OPERATIONS
from irrvit.export.coreml.ops.values import UnsupportedValue
from irrvit.export.errors import UnsupportedOp

SIZES = st.tuples(st.integers(1, 9), st.integers(1, 9))


def _picture(height=4, width=5):
    return np.random.default_rng(0).normal(size=(1, 2, height, width)).astype(np.float32)


@pytest.mark.parametrize(
    ("mode", "count", "points"),
    # Input [0, 1]: the values are the grid points of the documentation of `resize_bilinear`.
    [
        ("UNALIGN_CORNERS", 5, [0.0, 0.1, 0.5, 0.9, 1.0]),
        ("STRICT_ALIGN_CORNERS", 5, [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("ALIGN_CORNERS", 5, [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("ALIGN_CORNERS", 1, [0.5]),
        ("DEFAULT", 5, [0.0, 0.4, 0.8, 1.0, 1.0]),
        ("OFFSET_CORNERS", 5, [0.1, 0.3, 0.5, 0.7, 0.9]),
        ("DEFAULT", 6, [0.0, 0.33, 0.67, 1.0, 1.0, 1.0]),
        ("OFFSET_CORNERS", 6, [0.08, 0.25, 0.42, 0.58, 0.75, 0.92]),
    ],
)
def test_resize_bilinear_samples_where_documented(mode, count, points, mb, interpret):
    x = np.array([[[[0.0, 1.0]]]], np.float32)
    (ours,) = interpret(
        lambda x: mb.resize_bilinear(
            x=x, target_size_height=1, target_size_width=count, sampling_mode=mode
        ),
        x,
    )
    np.testing.assert_allclose(ours[0, 0, 0], points, atol=0.005)


@settings(max_examples=15, deadline=None)
@given(sizes=SIZES, align=st.booleans())
def test_resize_bilinear_equals_torch(sizes, align, mb, interpret):
    x = _picture()
    (ours,) = interpret(
        lambda x: mb.resize_bilinear(
            x=x, target_size_height=sizes[0], target_size_width=sizes[1],
            sampling_mode="STRICT_ALIGN_CORNERS" if align else "UNALIGN_CORNERS",
        ),
        x,
    )  # fmt: skip
    expected = F.interpolate(torch.tensor(x), sizes, mode="bilinear", align_corners=align)
    np.testing.assert_allclose(ours, expected, atol=1e-5)


@settings(max_examples=15, deadline=None)
@given(scales=st.tuples(st.integers(1, 4), st.integers(1, 4)), align=st.booleans())
def test_upsampling_equals_torch(scales, align, mb, interpret):
    x = _picture()
    factors = {"scale_factor_height": scales[0], "scale_factor_width": scales[1]}
    (smooth,) = interpret(lambda x: mb.upsample_bilinear(x=x, align_corners=align, **factors), x)
    (nearest,) = interpret(lambda x: mb.upsample_nearest_neighbor(x=x, **factors), x)
    sizes = [n * s for n, s in zip(x.shape[2:], scales, strict=True)]
    expected = F.interpolate(torch.tensor(x), sizes, mode="bilinear", align_corners=align)
    np.testing.assert_allclose(smooth, expected, atol=1e-5)
    np.testing.assert_array_equal(nearest, F.interpolate(torch.tensor(x), sizes))


def test_resize_nearest_neighbor_equals_torch(mb, interpret):
    x = _picture(6, 7)
    (ours,) = interpret(
        lambda x: mb.resize_nearest_neighbor(x=x, target_size_height=4, target_size_width=11), x
    )
    np.testing.assert_array_equal(ours, F.interpolate(torch.tensor(x), (4, 11)))


def test_contradictory_corners_are_refused(mb, interpret):
    with pytest.raises(UnsupportedOp, match=r"'upsample_bilinear'.*half_pixel_centers"):
        interpret(
            lambda x: mb.upsample_bilinear(
                x=x, scale_factor_height=2, scale_factor_width=2, align_corners=True,
                half_pixel_centers=True,
            ),
            _picture(),
        )  # fmt: skip


# Half a pixel beyond each corner, and between pixels.
COORDINATES = torch.tensor([[[[-1.2, -1.2], [0.3, 0.1]], [[1.2, -0.4], [1.2, 1.2]]]])


def _resample(padding, value=0.0, *, align=True, coordinates="normalized_minus_one_to_one"):
    return OPERATIONS["resample"](
        torch.from_numpy(_picture()), COORDINATES, "bilinear", padding, value, coordinates, align
    )


@pytest.mark.parametrize(
    ("padding", "align", "torchs"),
    [
        ("constant", True, "zeros"),
        ("constant", False, "zeros"),
        ("border", True, "border"),
        ("border", False, "border"),
        ("reflection", True, "reflection"),
        ("symmetric", False, "reflection"),
    ],
)
def test_resampling_is_torchs(padding, align, torchs):
    expected = F.grid_sample(
        torch.from_numpy(_picture()), COORDINATES, "bilinear", torchs, align_corners=align
    )
    torch.testing.assert_close(_resample(padding, align=align), expected)


@pytest.mark.parametrize(
    ("padding", "value", "align"),
    [("constant", 1.0, True), ("reflection", 0.0, False), ("symmetric", 0.0, True)],
)
def test_padding_that_torch_does_not_have_is_refused(padding, value, align):
    with pytest.raises(UnsupportedValue, match=f"padding_mode '{padding}' with {value}"):
        _resample(padding, value, align=align)


def test_a_border_has_no_value_of_its_own():
    torch.testing.assert_close(_resample("border", 9.0), _resample("border"))


def test_other_coordinates_are_refused():
    with pytest.raises(UnsupportedValue, match="coordinates_mode 'unnormalized'"):
        _resample("constant", coordinates="unnormalized")
