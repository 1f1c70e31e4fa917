"""Recorded profiler output as records."""

import pytest

from irrvit.benchmark.profiling import trace

PARSERS = {"tflite": trace.litert, "onnx": trace.onnxruntime}


@pytest.mark.parametrize("target", PARSERS)
def test_three_recorded_calls_are_three_calls_of_the_same_operators(recorded_profile, target):
    found = PARSERS[target](recorded_profile(target).events)
    assert len(found.total_us) == len(found.us) == 3
    assert all(len(call) == len(found.operators) for call in found.us)


@pytest.mark.parametrize("target", PARSERS)
def test_a_call_takes_no_less_than_its_operators(recorded_profile, target):
    found = PARSERS[target](recorded_profile(target).events)
    assert all(total >= sum(call) for total, call in zip(found.total_us, found.us, strict=True))


def test_xnnpacks_operators_are_told_one_by_one(recorded_profile):
    found = trace.litert(recorded_profile("tflite").events)
    assert found.operators[:2] == ("Subtract (ND)", "Convolution (NHWC, F32) IGEMM")
    assert found.operators[-1] == "Fully Connected (NC, F32) GEMM"


def test_a_node_that_no_delegate_took_is_an_operator_too():
    events = [
        {"tag": "Invoke", "type": 1, "us": 30},
        {"tag": "GATHER", "type": 2, "us": 10},
        {"tag": "Add (ND)", "type": 8, "us": 5},
    ]
    assert trace.litert(events).operators == ("GATHER", "Add (ND)")


def test_calls_that_ran_different_operators_are_refused():
    events = [
        {"tag": "Invoke", "type": 1, "us": 9},
        {"tag": "Add (ND)", "type": 8, "us": 5},
        {"tag": "Invoke", "type": 1, "us": 9},
    ]
    with pytest.raises(ValueError, match="same operators in every call"):
        trace.litert(events)
