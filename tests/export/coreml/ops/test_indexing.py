"""Operations that pick by index or find an order equal coremltools' own, or numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from irrvit.export.errors import UnsupportedOp


def _numbers(shape):
    return np.random.default_rng(0).permutation(np.prod(shape)).reshape(shape).astype(np.float32)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_gather_along_any_axis_with_negative_indices(data, mb, interpret):
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=4, max_side=4))
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    size = shape[axis]
    indices = data.draw(
        hnp.arrays(
            np.int32,
            hnp.array_shapes(min_dims=1, max_dims=2, max_side=3),
            elements=st.integers(-size, size - 1),
        )
    )
    x = _numbers(shape)
    (ours,) = interpret(lambda x: mb.gather(x=x, indices=indices, axis=axis), x)
    np.testing.assert_array_equal(ours, np.take(x, indices, axis))


def test_gather_by_batch(mb, interpret):
    x, indices = _numbers((2, 4, 3)), np.array([[0, 3], [2, 2]], np.int32)
    (ours,) = interpret(lambda x: mb.gather(x=x, indices=indices, axis=1, batch_dims=1), x)
    np.testing.assert_array_equal(ours, np.stack([x[0, [0, 3]], x[1, [2, 2]]]))


def test_gather_along_axis_equals_numpy(mb, interpret):
    x, indices = _numbers((2, 4)), np.array([[0, -1, 1], [3, 2, 0]], np.int32)
    (ours,) = interpret(lambda x: mb.gather_along_axis(x=x, indices=indices, axis=1), x)
    np.testing.assert_array_equal(ours, np.take_along_axis(x, indices, 1))


def test_gather_nd_equals_numpy(mb, interpret):
    x, indices = _numbers((3, 4, 2)), np.array([[0, 3], [2, 1]], np.int32)
    (picked,) = interpret(lambda x: mb.gather_nd(x=x, indices=indices), x)
    np.testing.assert_array_equal(picked, x[[0, 2], [3, 1]])


@pytest.mark.parametrize("mode", ["update", "add"])
def test_scatter_nd_equals_numpy(mode, mb, interpret):
    x, indices = _numbers((3, 4, 2)), np.array([[0, 3], [2, 1]], np.int32)
    updates = np.ones((2, 2), np.float32)
    (ours,) = interpret(
        lambda x: mb.scatter_nd(data=x, indices=indices, updates=updates, mode=mode), x
    )
    expected = x.copy()
    expected[[0, 2], [3, 1]] = 1 + (x[[0, 2], [3, 1]] if mode == "add" else 0)
    np.testing.assert_array_equal(ours, expected)


@pytest.mark.parametrize("mode", ["update", "add"])
def test_scatter_along_axis_equals_numpy(mode, mb, interpret):
    x, indices = _numbers((2, 4)), np.array([[3, 0], [-1, 2]], np.int32)
    updates = np.array([[10, 20], [30, 40]], np.float32)
    (ours,) = interpret(
        lambda x: mb.scatter_along_axis(
            data=x, indices=indices, updates=updates, axis=1, mode=mode
        ),
        x,
    )
    expected = x.copy()
    added = np.take_along_axis(x, indices, 1) if mode == "add" else 0
    np.put_along_axis(expected, indices, updates + added, 1)
    np.testing.assert_array_equal(ours, expected)


def test_an_unsupported_mode_is_named(mb, interpret):
    with pytest.raises(UnsupportedOp, match=r"'scatter_nd'.*mode 'mul'"):
        interpret(
            lambda x: mb.scatter_nd(
                data=x, indices=np.zeros((1, 1), np.int32), updates=np.ones(1, np.float32),
                mode="mul",
            ),
            np.ones(3, np.float32),
        )  # fmt: skip


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("axis", [0, -1])
def test_topk_and_argsort_equal_numpy(axis, ascending, mb, interpret):
    x = _numbers((4, 5))
    values, indices = interpret(lambda x: mb.topk(x=x, k=3, axis=axis, ascending=ascending), x)
    (order,) = interpret(lambda x: mb.argsort(x=x, axis=axis, ascending=ascending), x)
    expected = np.argsort(x if ascending else -x, axis)
    np.testing.assert_array_equal(order, expected)
    np.testing.assert_array_equal(indices, np.take(expected, range(3), axis))
    np.testing.assert_array_equal(values, np.take_along_axis(x, indices, axis))


def test_topk_may_leave_the_indices_out(mb, interpret):
    outputs = interpret(lambda x: mb.topk(x=x, k=1, return_indices=False), _numbers((2, 3)))
    assert len(outputs) == 1


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("reverse", [True, False])
def test_cumsum_in_its_four_forms(exclusive, reverse, mb, interpret):
    x = _numbers(5)
    (ours,) = interpret(lambda x: mb.cumsum(x=x, axis=0, exclusive=exclusive, reverse=reverse), x)
    y = x[::-1] if reverse else x
    expected = [y[: i + (not exclusive)].sum() for i in range(5)]
    np.testing.assert_array_equal(ours, expected[::-1] if reverse else expected)


def test_one_hot_range_and_band(mb, interpret):
    indices = np.array([2, 0], np.int32)
    (hot,) = interpret(
        lambda x: mb.one_hot(indices=x, one_hot_vector_size=3, axis=-1, on_value=7, off_value=1),
        indices,
    )
    assert hot.tolist() == [[1, 1, 7], [7, 1, 1]]
    (steps,) = interpret(
        lambda x: mb.add(x=x, y=mb.range_1d(start=np.int32(1), end=np.int32(8), step=np.int32(3))),
        np.zeros(3, np.int32),
    )
    assert steps.tolist() == [1, 4, 7]
    x = _numbers((4, 5))
    (band,) = interpret(lambda x: mb.band_part(x=x, lower=1, upper=-1), x)
    np.testing.assert_array_equal(band, np.triu(x, -1))
    (band,) = interpret(lambda x: mb.band_part(x=x, lower=-1, upper=0), x)
    np.testing.assert_array_equal(band, np.tril(x))
    (band,) = interpret(lambda x: mb.band_part(x=x, lower=0, upper=-1), x)
    np.testing.assert_array_equal(band, np.triu(x))
