"""Programs as wholes: fp16 is emulated, values are dropped, what is unknown is refused."""

from dataclasses import replace

import numpy as np
import pytest

from irrvit.export.coreml.ops.values import Operation, ProgramMismatch, Value
from irrvit.export.coreml.program import MilProgram
from irrvit.export.coreml.reader import Listing
from irrvit.export.errors import UnsupportedOp

THIRDS = np.full((1, 4), 1 / 3, np.float16)


def _listing(kind="add", declared=(1, 4), **inputs):
    return Listing(
        inputs=(Value("x", "fp16", (1, 4)),),
        outputs=(Value("out", "fp16", declared),),
        operations=(
            Operation(kind, {"x": "x", "y": "y", **inputs}, (Value("out", "fp16", declared),)),
        ),
        constants={"y": np.full(4, 2, np.float16)},
    )


def test_every_value_is_rounded_to_fp16(mb, make_program):
    program = make_program(lambda x: mb.square(x=mb.square(x=x, name="inner")), THIRDS)
    inner = (THIRDS.astype(np.float32) ** 2).astype(np.float16)
    outer = (inner.astype(np.float32) ** 2).astype(np.float16)
    (result,) = program.run({"x": THIRDS}).values()
    np.testing.assert_array_equal(result, outer.astype(np.float32))
    assert not np.array_equal(result, THIRDS.astype(np.float32) ** 4)


def test_overflow_becomes_infinite_as_on_the_device(mb, make_program):
    program = make_program(lambda x: mb.square(x=x), THIRDS)
    (result,) = program.run({"x": np.full((1, 4), 300, np.float16)}).values()
    assert np.isinf(result).all()


def test_trace_yields_every_value_in_order(mb, make_program):
    program = make_program(
        lambda x: mb.relu(x=mb.split(x=x, num_splits=2, axis=1, name="halves")[1], name="end"),
        THIRDS,
    )
    names = [name for name, _ in program.trace({"x": THIRDS})]
    assert names == ["halves_0", "halves_1", "end"]
    assert [operation.kind for operation in program.operations()] == ["split", "relu"]


def test_a_trace_without_rounding_keeps_what_float16_would_lose(mb, make_program):
    program = make_program(lambda x: mb.square(x=x, name="end"), THIRDS)
    ((value, result),) = program.trace_unrounded({"x": THIRDS})
    assert (value.name, value.dtype) == ("end", "fp16")
    np.testing.assert_array_equal(result, THIRDS.astype(np.float32) ** 2)


def test_an_output_may_be_a_constant():
    listing = replace(_listing(), outputs=(Value("y", "fp16", (4,)), Value("out", "fp16", (1, 4))))
    said = MilProgram(listing).run({"x": THIRDS})
    assert (said["y"].tolist(), said["out"].shape) == ([2.0] * 4, (1, 4))


def test_an_output_that_others_read_survives(mb, make_program):
    program = make_program(lambda x: [mb.relu(x=x, name="a"), mb.square(x=x, name="b")], THIRDS)
    assert set(program.run({"x": THIRDS})) == {"a", "b"}
    assert program.run({"x": THIRDS})["a"].tolist() == THIRDS.astype(np.float32).tolist()


def test_an_attribute_may_be_computed(mb, make_program):
    program = make_program(
        lambda x, y: mb.reshape(x=x, shape=mb.mul(x=mb.shape(x=y), y=np.int32(1))),
        THIRDS,
        np.zeros((2, 2), np.float32),
    )
    (result,) = program.run({"x": THIRDS, "y": np.zeros((2, 2), np.float32)}).values()
    assert result.shape == (2, 2)


def test_an_unknown_operation_is_named_with_its_value():
    with pytest.raises(UnsupportedOp, match=r"'warp_drive' \(value 'out'\).*report"):
        MilProgram(_listing(kind="warp_drive"))


def test_an_unknown_input_of_a_known_operation_is_named():
    with pytest.raises(UnsupportedOp, match=r"'add' \(value 'out'\).*'rounding'"):
        MilProgram(_listing(rounding="y"))


def test_a_result_of_another_shape_than_declared_is_an_error():
    program = MilProgram(_listing(declared=(1, 5)))
    with pytest.raises(ProgramMismatch, match=r"'out'.*\(1, 5\)"):
        program.run({"x": THIRDS})


def test_an_input_of_the_wrong_shape_is_an_error():
    with pytest.raises(ValueError, match=r"'x': got \(1, 3\), expected \(1, 4\)"):
        MilProgram(_listing()).run({"x": np.zeros((1, 3), np.float32)})
