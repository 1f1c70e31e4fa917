"""XNNPACK's operators as LiteRT's profiler notes them, and whose they are."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irrvit.benchmark.profiling.attribution import OTHER, irrvit_module, modules
from irrvit.benchmark.profiling.operation import FileOperation
from irrvit.benchmark.profiling.profilers.litert import module_path, to_owners, to_trace

HEAVY = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "BATCH_MATMUL")
HEAVY_OPERATOR = re.compile("Convolution|Fully Connected|Batch Matrix Multiply")


@pytest.fixture
def recorded(recorded_profile):
    return recorded_profile("tflite")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("/", ""),
        ("/stem.3.depthwise", "stem.3.depthwise"),
        ("serving_default_logits_output", None),
        ("", None),
    ],
)
def test_the_name_of_a_tensor_has_the_path_of_its_module(name, path):
    assert module_path(name) == path


def test_operators_are_told_one_by_one(recorded):
    trace = to_trace(recorded.events)
    assert trace.operators[:2] == ("Subtract (ND)", "Convolution (NHWC, F32) IGEMM")
    assert trace.operators[-1] == "Fully Connected (NC, F32) GEMM"


def test_a_node_that_no_delegate_took_is_an_operator_too():
    events = [
        {"tag": "Invoke", "type": 1, "us": 30},
        {"tag": "GATHER", "type": 2, "us": 10},
        {"tag": "Add (ND)", "type": 8, "us": 5},
    ]
    assert to_trace(events).operators == ("GATHER", "Add (ND)")


def test_every_heavy_operation_has_its_operator_and_no_heavy_operator_is_without(recorded):
    operators = to_trace(recorded.events).operators
    owners = to_owners(operators, recorded.operations)
    heavy = [i for i, operation in enumerate(recorded.operations) if operation.kind in HEAVY]
    run = [o for name, o in zip(operators, owners, strict=True) if HEAVY_OPERATOR.match(name)]
    assert run == heavy


def test_nearly_nothing_is_nobodys(recorded):
    owners = to_owners(to_trace(recorded.events).operators, recorded.operations)
    assert modules(owners, recorded.operations, irrvit_module).count(OTHER) <= 4


def test_an_operation_without_an_operator_shifts_no_other():
    kinds = (("PAD", "a"), ("CONV_2D", "b"), ("ADD", "c"))
    operators = ["Convolution (NHWC, F32) IGEMM", "Static Reshape (NC)", "Add (ND)"]
    assert to_owners(operators, [FileOperation(*kind) for kind in kinds]) == [1, None, 2]


WORDS = {"ADD": "Add (ND)", "CONV_2D": "Convolution (NHWC)", "MUL": "Multiply (ND)"}


def longest(kinds, operators):
    """How many can have one another, in their order, by trying all."""
    if not kinds or not operators:
        return 0
    both = WORDS[kinds[0]] == operators[0] and 1 + longest(kinds[1:], operators[1:])
    return max(both, longest(kinds[1:], operators), longest(kinds, operators[1:]))


@settings(max_examples=60, deadline=None)
@given(kinds=st.lists(st.sampled_from([*WORDS]), max_size=5), data=st.data())
def test_as_many_operators_as_can_be_have_their_operation_in_its_order(kinds, data):
    operators = data.draw(st.lists(st.sampled_from([*WORDS.values()]), max_size=5))
    owners = to_owners(operators, [FileOperation(kind, "a") for kind in kinds])
    assert len(owners) == len(operators)
    pairs = [(i, o) for i, o in zip(owners, operators, strict=True) if i is not None]
    assert [i for i, _ in pairs] == sorted({i for i, _ in pairs})
    assert all(WORDS[kinds[i]] == operator for i, operator in pairs)
    assert len(pairs) == longest(kinds, operators)
