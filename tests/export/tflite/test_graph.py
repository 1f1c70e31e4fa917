"""What a file is called and written like after its conversion."""

from typing import Any

import numpy as np
import pytest

pytest.importorskip("ai_edge_litert")

from ai_edge_litert import schema_py_generated as schema

from irrvit.export.tflite import graph

WRAPPED = (
    "irrvit.export.targets.tflite._NamedOutput/irrvit.export.pixels.ChannelsLast_network/"
    "irrvit.model.folding.fold.PixelInput_network"
)
NETWORK = f"{WRAPPED}/irrvit.model.network.irrvit.IRRViT_network"
CONV = "torch.nn.modules.conv.Conv2d"
STEM = f"{NETWORK}/torch.nn.modules.container.Sequential_stem"
EMBED = f"{NETWORK}/irrvit.model.network.patch_embed.FoldedTokenEmbed_patch_embed"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (f"{WRAPPED};1", "/"),
        (
            f"{STEM}/irrvit.model.network.layers.SeparableBlock_3/{CONV}_depthwise;2",
            "/stem.3.depthwise",
        ),
        (EMBED, "/patch_embed"),
        (f"{STEM}/torch.nn.modules.activation.ReLU_1;;{EMBED};1", "/stem.1"),
        ("serving_default_logits_output", ""),
        ("/stem.0", "/stem.0"),
        ("arith.constant12", ""),
    ],
)
def test_a_tensor_is_called_after_its_module(name, path):
    assert graph.module_name(name) == path


# Shapes of the inputs in the schema's order, the output's, and what one output number costs.
COSTS = [
    ("CONV_2D", [[1, 9, 9, 3], [16, 5, 7, 3], [16]], [1, 4, 6, 16], 4 * 6 * 16 * 5 * 7 * 3),
    ("DEPTHWISE_CONV_2D", [[1, 9, 9, 8], [1, 3, 5, 8]], [1, 4, 6, 8], 4 * 6 * 8 * 3 * 5),
    ("TRANSPOSE_CONV", [[4], [8, 3, 5, 2], [1, 4, 6, 2]], [1, 8, 12, 8], 4 * 6 * 2 * 8 * 3 * 5),
    ("FULLY_CONNECTED", [[1, 10], [6, 10]], [1, 6], 60),
    ("FULLY_CONNECTED", [[1, 7, 10], [6, 10]], [1, 7, 6], 420),
    ("BATCH_MATMUL", [[2, 3, 4, 5], [2, 3, 5, 7]], [2, 3, 4, 7], 2 * 3 * 4 * 5 * 7),
    ("BATCH_MATMUL", [[2, 3, 4, 5], [2, 3, 7, 5]], [2, 3, 4, 7], 2 * 3 * 4 * 5 * 7),
    ("ADD", [[1, 10], [1, 10]], [1, 10], 0),
]


@pytest.mark.parametrize(("kind", "inputs", "output", "macs"), COSTS)
def test_multiply_accumulates_follow_from_the_shapes(kind, inputs, output, macs):
    assert graph.operator_macs(kind, (inputs, output)) == macs


def tensor(name, shape, buffer=0):
    made: Any = schema.TensorT()
    made.name, made.shape, made.buffer = name.encode(), np.array(shape, np.int32), buffer
    return made


def buffer(*data):
    made: Any = schema.BufferT()
    made.data = np.array(data, np.uint8) if data else None
    return made


@pytest.fixture
def layer():
    """A fully connected layer without a bias, whose weights lie in the second buffer."""
    code: Any = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.FULLY_CONNECTED
    operator: Any = schema.OperatorT()
    operator.opcodeIndex = 0
    operator.inputs, operator.outputs = np.array([0, 1, -1], np.int32), np.array([2], np.int32)
    subgraph: Any = schema.SubGraphT()
    subgraph.tensors = [
        tensor("serving_default_image", [1, 4]),
        tensor(f"{STEM}/torch.nn.modules.linear.Linear_0;1", [3, 4], buffer=1),
        tensor(f"{STEM};;{STEM}/torch.nn.modules.linear.Linear_0;2", [1, 3]),
    ]
    subgraph.inputs, subgraph.outputs = np.array([0], np.int32), np.array([2], np.int32)
    subgraph.operators = [operator]
    model: Any = schema.ModelT()
    model.version, model.operatorCodes, model.subgraphs = 3, [code], [subgraph]
    model.buffers = [buffer(), buffer(*range(12))]
    return model


def test_an_operator_has_a_kind_and_the_shapes_of_what_it_is_given(layer):
    assert list(graph.operators(layer)) == [("FULLY_CONNECTED", ([[1, 4], [3, 4]], [1, 3]))]


@pytest.mark.parametrize(("new", "old"), [("SUB", "FULLY_CONNECTED"), ("FULLY_CONNECTED", "SUB")])
def test_the_kind_is_the_larger_of_the_two_that_a_file_says(layer, new, old):
    """Old files have one field for it, new files two."""
    code = layer.operatorCodes[0]
    code.builtinCode = getattr(schema.BuiltinOperator, new)
    code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, old)
    assert graph.kind(layer, layer.subgraphs[0].operators[0]) == "SUB"


def test_a_constant_is_a_tensor_with_data(layer):
    layer.buffers.append(buffer())
    layer.buffers[-1].data = np.array([], np.uint8)
    layer.subgraphs[0].tensors.append(tensor("empty", [0], buffer=2))
    found = [graph.is_constant(layer, tensor) for tensor in layer.subgraphs[0].tensors]
    assert found == [False, True, False, False]


LINEAR = f"{STEM}/torch.nn.modules.linear.Linear_0"


@pytest.mark.parametrize(
    ("weights", "output", "name"),
    [
        (LINEAR, f"{STEM};;{LINEAR}", "/stem.0"),
        (LINEAR, EMBED, "/stem.0"),  # An activation of another module became part of it.
        (STEM, f"{EMBED};;{LINEAR}", "/stem.0"),  # Its weights know the block alone.
    ],
)
def test_a_layer_and_what_it_makes_have_the_name_of_the_layer(layer, weights, output, name):
    tensors = layer.subgraphs[0].tensors
    tensors[1].name, tensors[2].name = weights.encode(), output.encode()
    layer.subgraphs[0].outputs = np.array([], np.int32)
    graph.name_after_modules(layer)
    assert [tensor.name.decode() for tensor in tensors] == ["serving_default_image", name, name]


def test_the_output_of_a_file_keeps_its_name(layer):
    before = layer.subgraphs[0].tensors[2].name
    graph.name_after_modules(layer)
    assert layer.subgraphs[0].tensors[2].name == before


def test_a_file_of_one_layer_is_read_as_it_was_written(layer):
    read = graph.read(graph.write(layer))
    assert list(graph.operators(read)) == list(graph.operators(layer))
    assert read.buffers[1].data.tolist() == list(range(12))


@pytest.mark.parametrize(("kind", "count"), [("DEQUANTIZE", 0), ("QUANTIZE", 1), ("ADD", 1)])
def test_undoing_the_storage_of_a_weight_is_no_operation(layer, kind, count):
    code = layer.operatorCodes[0]
    code.builtinCode = code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, kind)
    layer.subgraphs[0].operators[0].inputs = np.array([0], np.int32)
    assert graph.operation_count(graph.write(layer)) == count


def test_the_work_of_a_file_is_that_of_its_operators(layer):
    assert graph.macs(graph.write(layer)) == 12


@pytest.mark.slow
@pytest.mark.needs("litert_torch")
class TestWrittenFile:
    @pytest.fixture
    def model(self, write_tiny):
        return graph.read(write_tiny("tflite").path.read_bytes())

    def test_operations_are_named_after_the_layers_that_they_are(self, model):
        names = [
            model.subgraphs[0].tensors[o.outputs[0]].name.decode()
            for o in model.subgraphs[0].operators
            if graph.kind(model, o) in ("CONV_2D", "FULLY_CONNECTED")
        ]
        assert names[0] == "/stem.0.0"
        assert "/blocks.1.attention.k" in names
        assert "/fusion.mlp.fc1" in names

    def test_weights_lie_where_the_schema_wants_them(self, write_tiny):
        content = np.frombuffer(write_tiny("tflite").path.read_bytes(), np.uint8)
        model: Any = schema.Model.GetRootAs(content, 0)
        buffers = [model.Buffers(i) for i in range(model.BuffersLength())]
        starts = [b.DataAsNumpy().ctypes.data for b in buffers if b.DataLength()]
        assert len(starts) > 20
        assert all((start - content.ctypes.data) % 16 == 0 for start in starts)

    def test_writing_what_was_read_changes_nothing(self, write_tiny, model):
        assert graph.write(model) == write_tiny("tflite").path.read_bytes()

    def test_equal_vectors_are_written_once(self, model):
        before = len(graph.write(model))
        model.subgraphs[0].tensors[1].shape = np.arange(1000, dtype=np.int32)
        once = len(graph.write(model))
        model.subgraphs[0].tensors[2].shape = np.arange(1000, dtype=np.int32)
        assert once - before > 3900
        assert len(graph.write(model)) - once < 100
