"""Kernels as onnxruntime's profiler notes them, and whose they are."""

import re

import pytest

from irrvit.benchmark.profiling.attribution import OTHER, irrvit_module, modules
from irrvit.benchmark.profiling.profilers import litert, onnxruntime
from irrvit.benchmark.profiling.profilers.onnxruntime import to_owners, to_trace


@pytest.fixture
def recorded(recorded_profile):
    return recorded_profile("onnx")


def test_its_own_names_are_found_again(recorded):
    operators = to_trace(recorded.events).operators
    owners = to_owners(operators, recorded.operations)
    unknown = [name for name, owner in zip(operators, owners, strict=True) if owner is None]
    inserted = re.compile(r"Reorder(In|Out)put|gemm_(in|out)put_reshape|Transpose(_token_\d+)?$")
    assert [name for name in unknown if not inserted.match(name)] == []


def test_nearly_nothing_is_nobodys(recorded):
    owners = to_owners(to_trace(recorded.events).operators, recorded.operations)
    assert modules(owners, recorded.operations, irrvit_module).count(OTHER) <= 4


def test_it_finds_the_modules_that_another_runtime_does(recorded_profile):
    found = []
    for target, profiler in (("onnx", onnxruntime), ("tflite", litert)):
        recorded = recorded_profile(target)
        owners = profiler.to_owners(
            profiler.to_trace(recorded.events).operators, recorded.operations
        )
        found.append({*modules(owners, recorded.operations, irrvit_module)} - {OTHER})
    assert found[0] == found[1]
    assert found[0] >= {"stem.0", "patch_embed.branch2", "blocks.1.mlp", "fusion", "head"}
