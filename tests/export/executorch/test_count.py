"""What is counted in a `.pte` file: by hand, operation for operation."""

import pytest

from irrvit.export.errors import UnsupportedOp

pytestmark = pytest.mark.needs("executorch")

KERNEL = {"kernel_height": 3, "kernel_width": 2}
COSTS = {
    "convolution": (
        "Conv2d",
        [(1, 6, 6, 4), (8, 3, 2, 4), (8,)],
        (1, 5, 4, 8),
        {**KERNEL, "group_input_channels": 4, "group_output_channels": 8},
        5 * 4 * 8 * 3 * 2 * 4,
    ),
    "convolution of each channel": (
        "DepthwiseConv2d",
        [(1, 6, 6, 4), (1, 3, 2, 4), (4,)],
        (1, 5, 4, 4),
        {**KERNEL, "group_input_channels": 1, "group_output_channels": 1},
        5 * 4 * 4 * 3 * 2,
    ),
    "transposed convolution": (
        "ConvTranspose2d",
        [(1, 5, 5, 4), (3, 3, 2, 4), (3,)],
        (1, 10, 10, 3),
        {**KERNEL, "group_input_channels": 4, "group_output_channels": 3},
        5 * 5 * 4 * 3 * 2 * 3,
    ),
    "layer": ("FullyConnected", [(1, 66, 4), (7, 4), (7,)], (1, 66, 7), {}, 66 * 7 * 4),
    "product": ("BatchMatrixMultiply", [(3, 6, 4), (3, 4, 5)], (3, 6, 5), {}, 3 * 6 * 5 * 4),
    "sum": ("Add", [(3, 6), (3, 6)], (3, 6), {}, 0),
}


def program(*delegates, kernels=()):
    from irrvit.export.executorch.program import Operation, Program

    def made(kind, inputs=((1, 3),), output=(1, 3), settings=None):
        return Operation(kind, tuple(inputs), output, settings or {})

    return Program(
        inputs=("image",),
        outputs=("logits",),
        delegates=tuple(tuple(made(*one) for one in graph) for graph in delegates),
        kernels=tuple(made(*one) for one in kernels),
    )


@pytest.mark.parametrize("kind", COSTS)
def test_multiply_accumulates_follow_from_the_shapes(kind):
    from irrvit.export.executorch import count

    *operation, expected = COSTS[kind]
    assert count.macs(program([operation], [("Add",), operation])) == 2 * expected


@pytest.mark.parametrize("kind", ["convolution", "addmm", "mm", "bmm", "linear"])
def test_a_product_outside_of_xnnpack_is_never_counted_as_nothing(kind):
    from irrvit.export.executorch import count

    with pytest.raises(UnsupportedOp, match=f"aten::{kind} is computed outside"):
        count.macs(program([("Add",)], kernels=[(f"aten::{kind}",)]))


def test_a_product_of_a_kind_that_is_not_known_is_not_counted_as_nothing():
    from irrvit.export.executorch import count

    with pytest.raises(UnsupportedOp, match="ScaledDotProductAttention"):
        count.macs(program([("ScaledDotProductAttention",)]))


def test_operations_are_those_of_all_delegates_and_the_kernels_beside_them():
    from irrvit.export.executorch import count

    made = program([("Add",), ("Clamp",)], [("Add",)], kernels=[("aten::sum",)])
    assert count.operations(made) == 4


def test_what_xnnpack_takes_at_once_is_whole():
    from irrvit.export.executorch import count

    found = count.delegation(program([("Add",), ("Clamp",)]))
    assert (found.nodes, found.partitions, found.is_whole) == (2, 1, True)


def test_each_kernel_is_left_out_by_name_and_shape():
    from irrvit.export.executorch import count

    kernels = [("aten::native_layer_norm", [(1, 66, 8)], (1, 66, 8)), ("aten::sum", [(2,)], ())]
    found = count.delegation(program([("Add",)], [("Add",)], kernels=kernels))
    assert (found.nodes, found.partitions, found.is_whole) == (4, 2, False)
    assert found.left_out == ("native_layer_norm of 1x66x8", "sum of a number")
