"""Every profiler that is known reads what its runtime really noted (recorded)."""

import inspect

import pytest

from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.profiling import profiler
from irrvit.benchmark.profiling.profiler import Profiler

OF_TARGET = {"tflite": "litert", "onnx": "onnxruntime"}


@pytest.mark.parametrize("runtime", profiler.names())
def test_every_profiler_has_the_names_of_one(runtime):
    for name in ("to_trace", "read_operations", "to_owners"):
        expected = list(inspect.signature(getattr(Profiler, name)).parameters)[1:]
        assert list(inspect.signature(getattr(profiler.get(runtime), name)).parameters) == expected


def test_a_runtime_without_one_is_refused_with_those_that_have_one():
    with pytest.raises(BadOptions, match="of torch is known: expected coreml or litert or onnx"):
        profiler.get("torch")


@pytest.mark.parametrize("target", OF_TARGET)
def test_three_recorded_calls_are_three_calls_of_the_same_operators(recorded_profile, target):
    trace = profiler.get(OF_TARGET[target]).to_trace(recorded_profile(target).events)
    assert len(trace.total_us) == len(trace.us) == 3
    assert all(len(call) == len(trace.operators) for call in trace.us)


@pytest.mark.parametrize("target", OF_TARGET)
def test_a_call_takes_no_less_than_its_operators(recorded_profile, target):
    trace = profiler.get(OF_TARGET[target]).to_trace(recorded_profile(target).events)
    assert all(total >= sum(call) for total, call in zip(trace.total_us, trace.us, strict=True))
