"""Operations that move numbers about equal coremltools' own, and torch where it has none."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch.nn import functional as F

from irrvit.export.coreml.ops.shape import OPERATIONS

SHAPES = hnp.array_shapes(min_dims=1, max_dims=5, max_side=4)


def _numbers(shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def _check(interpret, fold_constants, build, *arrays):
    ours, theirs = interpret(build, *arrays), fold_constants(build, *arrays)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


@settings(max_examples=20, deadline=None)
@given(shape=SHAPES, data=st.data())
def test_transpose_reshape_and_tile(shape, data, mb, interpret, fold_constants):
    perm = data.draw(st.permutations(range(len(shape))))
    reps = data.draw(st.lists(st.integers(1, 3), min_size=len(shape), max_size=len(shape)))
    x = _numbers(shape)
    _check(interpret, fold_constants, lambda x: mb.transpose(x=x, perm=perm), x)
    _check(interpret, fold_constants, lambda x: mb.tile(x=x, reps=reps), x)
    # 0 keeps a size, -1 is what is left.
    _check(interpret, fold_constants, lambda x: mb.reshape(x=x, shape=[-1]), x)
    _check(interpret, fold_constants, lambda x: mb.reshape(x=x, shape=[0] * len(shape)), x)
    _check(interpret, fold_constants, lambda x: mb.reshape(x=x, shape=[*shape[:-1], -1, 1]), x)


@settings(max_examples=20, deadline=None)
@given(shape=SHAPES, data=st.data())
def test_expand_dims_undone_by_squeeze(shape, data, mb, interpret, fold_constants):
    rank = len(shape) + 2
    axes = data.draw(
        st.lists(st.integers(-rank, rank - 1), min_size=2, max_size=2, unique_by=lambda a: a % rank)
    )
    x = _numbers(shape)
    _check(interpret, fold_constants, lambda x: mb.expand_dims(x=x, axes=axes), x)
    (back,) = interpret(lambda x: mb.squeeze(x=mb.expand_dims(x=x, axes=axes), axes=axes), x)
    np.testing.assert_array_equal(back, x)


def test_squeeze_without_axes_takes_every_single_one(mb, interpret):
    (ours,) = interpret(lambda x: mb.squeeze(x=x), _numbers((1, 2, 1, 3)))
    assert ours.shape == (2, 3)


@settings(max_examples=20, deadline=None)
@given(shape=SHAPES, data=st.data())
def test_joining_equals_coremltools(shape, data, mb, interpret, fold_constants):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    x, y = _numbers(shape), -_numbers(shape)
    _check(interpret, fold_constants, lambda x, y: mb.concat(values=(x, y), axis=axis), x, y)
    _check(interpret, fold_constants, lambda x, y: mb.stack(values=(x, y), axis=axis), x, y)


def test_concat_interleaves(mb, interpret):
    # The example of coremltools' documentation of `concat`.
    x = np.array([[1, 2], [3, 4], [5, 6]], np.float32)
    y = np.array([[7, 8], [9, 10], [11, 12]], np.float32)
    (ours,) = interpret(lambda x, y: mb.concat(values=(x, y), axis=0, interleave=True), x, y)
    assert ours.tolist() == [[1, 2], [7, 8], [3, 4], [9, 10], [5, 6], [11, 12]]


@settings(max_examples=10, deadline=None)
@given(sizes=st.lists(st.integers(1, 3), min_size=2, max_size=4), axis=st.integers(-2, 1))
def test_split_into_sizes_and_into_equal_parts(sizes, axis, mb, interpret, fold_constants):
    shape = [2, 2]
    shape[axis] = sum(sizes)
    _check(
        interpret,
        fold_constants,
        lambda x: mb.split(x=x, split_sizes=sizes, axis=axis),
        _numbers(shape),
    )
    shape[axis] = 6
    _check(
        interpret, fold_constants, lambda x: mb.split(x=x, num_splits=3, axis=axis), _numbers(shape)
    )


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_slice_by_index_with_steps_and_masks(data, mb, interpret):
    shape = data.draw(hnp.array_shapes(min_dims=2, max_dims=3, min_side=2, max_side=6))
    slices, squeezed = [], [False] * len(shape)
    begin, end, stride = [], [], []
    free_begin, free_end = [], []
    for axis, n in enumerate(shape):
        first = data.draw(st.integers(0, n - 1))
        last = data.draw(st.integers(0, n).filter(lambda i, f=first: i != f))
        step = data.draw(st.integers(1, 3)) * (1 if last > first else -1)
        open_first, open_last = data.draw(st.booleans()), data.draw(st.booleans())
        squeezed[axis] = axis == 0 and data.draw(st.booleans()) and not open_first
        begin.append(first)
        end.append(last)
        stride.append(step)
        free_begin.append(open_first)
        free_end.append(open_last)
        bounds = None if open_first else first, None if open_last else last
        slices.append(first if squeezed[axis] else slice(*bounds, step))
    x = _numbers(shape)
    (ours,) = interpret(
        lambda x: mb.slice_by_index(
            x=x, begin=begin, end=end, stride=stride, begin_mask=free_begin,
            end_mask=free_end, squeeze_mask=squeezed,
        ),
        x,
    )  # fmt: skip
    np.testing.assert_array_equal(ours, x[tuple(slices)])


def test_slice_by_size_takes_the_rest_for_minus_one(mb, interpret, fold_constants):
    _check(
        interpret,
        fold_constants,
        lambda x: mb.slice_by_size(x=x, begin=[1, 0, 2], size=[1, -1, 2]),
        _numbers((3, 2, 4)),
    )


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate"])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_padding_of_the_last_axes_equals_coremltools(mode, data, mb, interpret, fold_constants):
    shape = data.draw(hnp.array_shapes(min_dims=2, max_dims=4, min_side=3, max_side=5))
    # Core ML mirrors and repeats the last two axes only.
    count = data.draw(st.integers(1, len(shape) if mode == "constant" else 2))
    pad = data.draw(st.lists(st.integers(0, 2), min_size=2 * count, max_size=2 * count))
    _check(
        interpret,
        fold_constants,
        lambda x: mb.pad(x=x, pad=pad, mode=mode, constant_val=np.float32(-3)),
        _numbers(shape),
    )


def test_reverse_crop_flatten_fill_and_shape(mb, interpret):
    x = _numbers((2, 3, 4, 5))
    np.testing.assert_array_equal(
        interpret(lambda x: mb.reverse(x=x, axes=[1, -1]), x)[0], x[:, ::-1, :, ::-1]
    )
    np.testing.assert_array_equal(interpret(lambda x: mb.reverse(x=x), x)[0], np.flip(x))
    np.testing.assert_array_equal(
        interpret(lambda x: mb.crop(x=x, crop_height=[1, 2], crop_width=[0, 3]), x)[0],
        x[:, :, 1:2, :2],
    )
    np.testing.assert_array_equal(
        interpret(lambda x: mb.flatten2d(x=x, axis=2), x)[0], x.reshape(6, 20)
    )
    np.testing.assert_array_equal(
        interpret(lambda x: mb.add(x=x, y=mb.fill(shape=[5], value=np.float32(2))), x)[0], x + 2
    )
    np.testing.assert_array_equal(
        interpret(lambda x: mb.fill_like(ref_tensor=x, value=np.float32(2)), x)[0],
        np.full_like(x, 2),
    )
    assert interpret(lambda x: mb.shape(x=x), x)[0].tolist() == [2, 3, 4, 5]


def test_shuffles_equal_torch(mb, interpret):
    x = _numbers((2, 12, 4, 6))
    (up,) = interpret(lambda x: mb.pixel_shuffle(x=x, upscale_factor=2), x)
    (down,) = interpret(lambda x: mb.pixel_unshuffle(x=x, downscale_factor=np.uint32(2)), x)
    np.testing.assert_array_equal(up, F.pixel_shuffle(torch.tensor(x), 2))
    np.testing.assert_array_equal(down, F.pixel_unshuffle(torch.tensor(x), 2))


def test_depth_to_space_has_the_block_before_the_channels(mb, interpret):
    # As TensorFlow's operation of the name, which coremltools converts to it: y[b, c, 2h+i, 2w+j]
    # is x[b, (2i + j) C + c, h, w].
    x = _numbers((1, 8, 2, 3))
    (ours,) = interpret(lambda x: mb.depth_to_space(x=x, block_size=2), x)
    for i in range(2):
        for j in range(2):
            np.testing.assert_array_equal(
                ours[0, :, i::2, j::2], x[0, (2 * i + j) * 2 : (2 * i + j) * 2 + 2]
            )
    (back,) = interpret(lambda x: mb.space_to_depth(x=x, block_size=2), ours)
    np.testing.assert_array_equal(back, x)


def test_single_numbers_are_joined_as_vectors_of_one():
    values = [torch.tensor(1.0), torch.tensor([2.0, 3.0]), torch.tensor(4.0)]
    joined = OPERATIONS["concat"](values, 0, False)
    assert joined.tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("begin", "masked", "found"), [(3, False, 3), (3, True, 0), (-1, False, 4), (-1, True, 0)]
)
def test_one_index_is_the_first_where_its_beginning_does_not_count(begin, masked, found):
    given = {"begin": [begin], "end": [5], "begin_mask": [masked], "squeeze_mask": [True]}
    assert OPERATIONS["slice_by_index"](torch.arange(5), **given).item() == found
