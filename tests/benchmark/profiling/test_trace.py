"""Calls of one file as a record."""

import pytest

from irrvit.benchmark.profiling.trace import Trace, from_calls


def test_a_trace_has_the_operators_once_and_their_times_call_by_call():
    calls = [(9, [("Add", 5), ("Mul", 2)]), (8, [("Add", 4), ("Mul", 3)])]
    assert from_calls(calls) == Trace(
        operators=("Add", "Mul"), us=((5, 2), (4, 3)), total_us=(9, 8)
    )


def test_a_trace_is_scaled_as_a_whole():
    trace = Trace(operators=("Add",), us=((0.25,),), total_us=(1.0,), accelerators=("npu",))
    assert trace.scaled(2000.0) == Trace(
        operators=("Add",), us=((500.0,),), total_us=(2000.0,), accelerators=("npu",)
    )


def test_calls_that_ran_different_operators_are_refused():
    with pytest.raises(ValueError, match="same operators in every call"):
        from_calls([(9, [("Add", 5)]), (9, [])])
