"""An int8 `.tflite` file: what is in 8 bits, what is not, and what falls out."""

import numpy as np
import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs("litert_torch", "ai_edge_quantizer"),
]


@pytest.fixture(scope="module")
def quantization(write_tiny):
    from irrvit.export.proof.cases import batch, photographs
    from irrvit.export.tflite.quantize import Quantization

    written = write_tiny("tflite")
    return Quantization(written.path.read_bytes(), batch(photographs(written.prepared.cases)))


def kinds_in_8_bits(content):
    from ai_edge_litert.schema_py_generated import TensorType

    from irrvit.export.tflite import graph

    model = graph.read(content)
    tensors = model.subgraphs[0].tensors
    return {
        (graph.kind(model, o), tensors[o.outputs[0]].name.decode())
        for o in model.subgraphs[0].operators
        if tensors[o.outputs[0]].type == TensorType.INT8
    }


def test_layers_are_in_8_bits_and_norms_and_attention_are_not(quantization):
    inside = kinds_in_8_bits(quantization.write())
    assert ("CONV_2D", "/stem.0.0") in inside
    assert ("FULLY_CONNECTED", "/blocks.0.attention.q") in inside
    assert ("ADD", "/stem.2") in inside
    assert ("ADD", "/blocks.0") not in inside
    assert not {kind for kind, _ in inside} & {"BATCH_MATMUL", "SOFTMAX", "RSQRT"}


def test_xnnpack_takes_all_of_it_at_once(quantization):
    from irrvit.export.tflite.placement import delegation

    found = delegation(quantization.write())
    assert found.is_whole
    assert found.nodes > 100


def test_what_falls_out_is_named(quantization):
    from irrvit.export.quantization.rules import Kind, Rule, plan
    from irrvit.export.tflite.placement import delegation

    softmax = {n.name: Rule.PER_TENSOR for n in quantization.operations if n.kind is Kind.SOFTMAX}
    found = delegation(quantization.write_planned(plan(quantization.operations) | softmax))
    assert not found.is_whole
    assert found.partitions > 1
    assert found.left_out == ("SOFTMAX of /blocks.0.attention", "SOFTMAX of /blocks.1.attention")


def test_a_module_can_be_kept_as_it_is(quantization):
    inside = kinds_in_8_bits(quantization.write(keep_float=("blocks.0",)))
    assert not {name for _, name in inside if name.startswith("/blocks.0.attention.q")}
    assert ("FULLY_CONNECTED", "/blocks.1.attention.q") in inside


def test_ranges_are_of_all_pictures(quantization, write_tiny):
    from irrvit.export.proof.cases import batch, photographs
    from irrvit.export.tflite.quantize import Quantization

    pictures = batch(photographs(write_tiny("tflite").prepared.cases))
    dark = Quantization(write_tiny("tflite").path.read_bytes(), np.zeros_like(pictures))
    assert dark.write() != quantization.write()
    mixed = Quantization(
        write_tiny("tflite").path.read_bytes(), np.concatenate([pictures, pictures[:1]])
    )
    assert mixed.write() == quantization.write()
