"""Recorded operators of both runtimes, and whose they are."""

import re

import pytest

from irrvit.benchmark.profiling import attribution, trace
from irrvit.benchmark.profiling.attribution import OTHER, any_module, irrvit_module, modules
from irrvit.benchmark.profiling.operations import Operation

PARSERS = {"tflite": trace.litert, "onnx": trace.onnxruntime}
HEAVY = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "BATCH_MATMUL")
HEAVY_OPERATOR = re.compile("Convolution|Fully Connected|Batch Matrix Multiply")


def attributed(recorded, target):
    operators = PARSERS[target](recorded.events).operators
    owners = attribution.OWNERS[target](operators, recorded.operations)
    return operators, owners, modules(owners, recorded.operations, irrvit_module)


def test_every_heavy_node_has_its_operator_and_no_heavy_operator_is_without(recorded_profile):
    recorded = recorded_profile("tflite")
    operators, owners, _ = attributed(recorded, "tflite")
    heavy = [i for i, node in enumerate(recorded.operations) if node.kind in HEAVY]
    run = [o for name, o in zip(operators, owners, strict=True) if HEAVY_OPERATOR.match(name)]
    assert run == heavy


def test_both_runtimes_find_the_same_modules(recorded_profile):
    found = {t: set(attributed(recorded_profile(t), t)[2]) - {OTHER} for t in PARSERS}
    assert found["tflite"] == found["onnx"]
    assert found["onnx"] >= {"stem.0", "patch_embed.branch2", "blocks.1.mlp", "fusion", "head"}


def test_onnxruntimes_own_names_are_found_again(recorded_profile):
    recorded = recorded_profile("onnx")
    operators, owners, _ = attributed(recorded, "onnx")
    unknown = [name for name, owner in zip(operators, owners, strict=True) if owner is None]
    inserted = re.compile(r"Reorder(In|Out)put|gemm_(in|out)put_reshape|Transpose(_token_\d+)?$")
    assert [name for name in unknown if not inserted.match(name)] == []


def test_nearly_nothing_is_nobodys(recorded_profile):
    for target in PARSERS:
        assert attributed(recorded_profile(target), target)[2].count(OTHER) <= 4


def test_an_operator_between_two_of_one_module_is_that_modules_and_else_nobodys():
    nodes = [Operation("A", "stem.0"), Operation("B", "stem.0"), Operation("C", "head")]
    assert modules([None, 0, None, 1, None, 2, None], nodes, irrvit_module) == [
        OTHER,
        "stem.0",
        "stem.0",
        "stem.0",
        OTHER,
        "head",
        OTHER,
    ]


def test_the_sum_after_attention_is_attentions_and_the_one_after_the_mlp_is_the_mlps():
    paths = ["blocks.0.attention.project", "blocks.0", "blocks.0.mlp.fc2", "blocks.0"]
    nodes = [Operation("X", path) for path in paths]
    attention, mlp = "blocks.0.attention", "blocks.0.mlp"
    assert modules(range(4), nodes, irrvit_module) == [attention, attention, mlp, mlp]


def test_a_node_without_an_operator_shifts_no_other():
    nodes = [Operation("PAD", "a"), Operation("CONV_2D", "b"), Operation("ADD", "c")]
    operators = ["Convolution (NHWC, F32) IGEMM", "Static Reshape (NC)", "Add (ND)"]
    assert attribution.tflite_owners(operators, nodes) == [1, None, 2]


@pytest.mark.parametrize(
    ("path", "ours", "any_"),
    [
        ("", "network", "network"),
        ("stem.3.depthwise", "stem.3", "stem.3"),
        ("patch_embed.patches.branches.1.expand.0", "patch_embed.branch1", "patch_embed.patches"),
        ("patch_embed.patches.1.expand.0", "patch_embed.branch1", "patch_embed.patches"),
        ("patch_embed.patches", "patch_embed", "patch_embed.patches"),
        ("blocks.2.norm2", "blocks.2.mlp", "blocks.2"),
        ("head.1", "head", "head.1"),
    ],
)
def test_a_path_names_a_part_of_our_network_and_two_levels_of_any(path, ours, any_):
    assert (irrvit_module(path), any_module(path)) == (ours, any_)
