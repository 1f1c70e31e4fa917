"""Operations on single elements compute what coremltools itself computes for constants."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from irrvit.export.errors import UnsupportedOp

SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=4)
ANY = st.floats(-8, 8, width=32)
POSITIVE = st.floats(0.125, 8, width=32)
UNIT = st.floats(-0.875, 0.875, width=32)
UNARY = {
    "abs": ANY, "acos": UNIT, "asin": UNIT, "atan": ANY, "atanh": UNIT, "ceil": ANY, "cos": ANY,
    "cosh": ANY, "erf": ANY, "exp": ANY, "exp2": ANY, "floor": ANY, "inverse": POSITIVE,
    "log": POSITIVE, "round": ANY, "rsqrt": POSITIVE, "sign": ANY, "sin": ANY, "sinh": ANY,
    "sqrt": POSITIVE, "square": ANY, "tan": UNIT, "tanh": ANY,
}  # fmt: skip
BINARY = {
    "add": ANY, "sub": ANY, "mul": ANY, "maximum": ANY, "minimum": ANY, "real_div": POSITIVE,
    "floor_div": POSITIVE, "pow": POSITIVE, "equal": ANY, "not_equal": ANY,
    "greater": ANY, "greater_equal": ANY, "less": ANY, "less_equal": ANY,
}  # fmt: skip


def _check(interpret, fold_constants, build, *arrays):
    for ours, theirs in zip(interpret(build, *arrays), fold_constants(build, *arrays), strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("name", UNARY)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_unary_operation_equals_coremltools(name, data, mb, interpret, fold_constants):
    x = data.draw(hnp.arrays(np.float32, SHAPES, elements=UNARY[name]))
    _check(interpret, fold_constants, lambda x: getattr(mb, name)(x=x), x)


@pytest.mark.parametrize("name", BINARY)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_binary_operation_broadcasts_as_coremltools(name, data, mb, interpret, fold_constants):
    shapes = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, min_dims=1, max_side=4))
    x, y = (
        data.draw(hnp.arrays(np.float32, shape, elements=BINARY[name]))
        for shape in shapes.input_shapes
    )
    _check(interpret, fold_constants, lambda x, y: getattr(mb, name)(x=x, y=y), x, y)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "floor_div", "maximum", "less"])
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_integer_arithmetic_equals_coremltools(name, data, mb, interpret, fold_constants):
    x = data.draw(hnp.arrays(np.int32, 5, elements=st.integers(-50, 50)))
    y = data.draw(hnp.arrays(np.int32, 5, elements=st.integers(1, 9)))
    _check(interpret, fold_constants, lambda x, y: getattr(mb, name)(x=x, y=y), x, y)


@pytest.mark.parametrize("name", ["logical_and", "logical_or", "logical_xor"])
def test_logic_equals_coremltools(name, mb, interpret, fold_constants):
    x, y = np.array([True, True, False, False]), np.array([True, False, True, False])
    _check(interpret, fold_constants, lambda x, y: getattr(mb, name)(x=x, y=y), x, y)


def test_logical_not_negates(mb, interpret):
    (ours,) = interpret(lambda x: mb.logical_not(x=x), np.array([True, False]))
    assert ours.tolist() == [False, True]


@settings(max_examples=10, deadline=None)
@given(x=hnp.arrays(np.float32, SHAPES, elements=ANY), low=UNIT)
def test_clip_threshold_and_select_equal_numpy(x, low, mb, interpret):
    low = np.float32(low)
    (clipped,) = interpret(lambda x: mb.clip(x=x, alpha=low, beta=np.float32(2)), x)
    (limited,) = interpret(lambda x: mb.threshold(x=x, alpha=low), x)
    (selected,) = interpret(
        lambda x: mb.select(cond=mb.greater(x=x, y=low), a=x, b=mb.square(x=x)), x
    )
    np.testing.assert_array_equal(clipped, np.clip(x, low, 2))
    np.testing.assert_array_equal(limited, np.maximum(x, low))
    np.testing.assert_array_equal(selected, np.where(x > low, x, x * x))


@pytest.mark.parametrize(("dtype", "numpy_type"), [("int32", np.int32), ("bool", np.bool_)])
def test_cast_truncates_towards_zero(dtype, numpy_type, mb, interpret):
    x = np.array([-1.75, -0.0, 0.0, 2.5], np.float32)
    (ours,) = interpret(lambda x: mb.cast(x=x, dtype=dtype), x)
    np.testing.assert_array_equal(ours, x.astype(numpy_type))


def test_cast_to_fp16_rounds(mb, interpret):
    x = np.array([1 / 3, 70000.0], np.float32)
    (ours,) = interpret(lambda x: mb.cast(x=x, dtype="fp16"), x)
    assert ours.tolist() == [float(np.float16(1 / 3)), np.inf]


def test_an_unsupported_cast_is_named(mb, interpret):
    with pytest.raises(UnsupportedOp, match=r"'cast'.*int8"):
        interpret(lambda x: mb.cast(x=x, dtype="int8"), np.ones(2, np.float32), target="iOS17")
