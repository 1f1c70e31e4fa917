"""Files are read as they were written; what cannot be read is refused with its name."""

import numpy as np
import pytest

from irrvit.export.coreml import program
from irrvit.export.coreml.tools import coremltools
from irrvit.export.errors import BadArtifact, UnsupportedOp

CHANNELS = np.arange(12, dtype=np.int8).reshape(3, 4)
SCALE = np.array([0.5, 1, 2], np.float32)


@pytest.fixture
def write(mb, tmp_path):
    """Write a program of the builder to a package."""

    def write_program(build, change=None):
        make = mb.program(
            input_specs=[mb.TensorSpec((2, 4))], opset_version=coremltools.target.iOS16
        )
        package = coremltools.convert(
            make(build),
            convert_to="mlprogram",
            minimum_deployment_target=coremltools.target.iOS16,
            compute_precision=coremltools.precision.FLOAT32,
            skip_model_load=True,
        )
        path = tmp_path / "net.mlpackage"
        package.save(str(path))
        (file,) = path.rglob("model.mlmodel")
        if change is not None:
            spec = coremltools.proto.Model_pb2.Model()
            spec.ParseFromString(file.read_bytes())
            change(spec)
            file.write_bytes(spec.SerializeToString())
        return path

    return write_program


def _operations(spec):
    (block,) = spec.mlProgram.functions["main"].block_specializations.values()
    return [op for op in block.operations if op.type != "const"]


def test_a_program_comes_back_from_its_file(mb, write):
    path = write(lambda x: mb.relu(x=mb.mul(x=x, y=np.float32(-2)), name="end"))
    x = np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 4)
    loaded = program.load(path)
    assert [operation.kind for operation in loaded.operations()] == ["mul", "relu"]
    assert [value.name for value in loaded.outputs] == ["end"]
    np.testing.assert_array_equal(loaded.run({"x": x})["end"], np.maximum(-2 * x, 0))


def _dequantized(mb):
    return mb.constexpr_affine_dequantize(
        quantized_data=CHANNELS, zero_point=np.int8(3), scale=SCALE, axis=np.int32(0)
    )


def _looked_up(mb):
    # Two bits per index, the lowest first: 3, 2, 1, 0 and so on.
    return mb.constexpr_lut_to_dense(
        indices=np.array([0b00011011] * 3, np.uint8),
        lut=np.array([1, 2, 3, 4], np.float32),
        shape=np.array([3, 4], np.uint32),
    )


def _sparse(mb):
    return mb.constexpr_sparse_to_dense(
        nonzero_data=np.array([7, 8], np.float32),
        mask=np.array([0b00100001, 0], np.uint8),
        shape=np.array([3, 4], np.uint32),
    )


WEIGHTS = {
    _dequantized: SCALE[:, None] * (CHANNELS - 3.0),
    _looked_up: np.array([[4, 3, 2, 1]] * 3, np.float32),
    _sparse: np.array([[7, 0, 0, 0], [0, 8, 0, 0], [0, 0, 0, 0]], np.float32),
}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_compressed_weights_are_unpacked_once(weight, mb, write):
    path = write(lambda x: mb.linear(x=x, weight=weight(mb), name="end"))
    x = np.arange(8, dtype=np.float32).reshape(2, 4)
    loaded = program.load(path)
    assert [operation.kind for operation in loaded.operations()] == ["linear"]
    expected = x @ WEIGHTS[weight].T
    np.testing.assert_allclose(loaded.run({"x": x})["end"], expected, rtol=1e-6)


def test_an_operation_that_nobody_knows_is_named(mb, write):
    def change(spec):
        _operations(spec)[0].type = "warp_drive"

    path = write(lambda x: mb.relu(x=x, name="end"), change)
    with pytest.raises(UnsupportedOp, match=r"'warp_drive' \(value 'end'\)"):
        program.load(path)


def test_an_operation_of_the_language_that_the_table_lacks_is_named(mb, write):
    path = write(lambda x: mb.non_zero(x=x, name="end"))
    with pytest.raises(UnsupportedOp, match=r"'non_zero' \(value 'end'\)"):
        program.load(path)


def test_a_model_that_is_no_program_is_refused(mb, write):
    path = write(
        lambda x: mb.relu(x=x), lambda spec: spec.neuralNetwork.layers.add().activation.ReLU
    )
    with pytest.raises(BadArtifact, match="not an ML program"):
        program.load(path)


def test_a_reference_to_a_missing_value_is_refused(mb, write):
    def change(spec):
        _operations(spec)[0].inputs["x"].arguments[0].name = "gone"

    path = write(lambda x: mb.relu(x=x), change)
    with pytest.raises(BadArtifact, match="cannot be read"):
        program.load(path)
