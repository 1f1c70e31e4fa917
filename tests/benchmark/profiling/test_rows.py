"""From a trace to rows: nothing is lost, and what disturbed a call drops out."""

from dataclasses import replace

import numpy as np
import pytest

from irrvit.benchmark.profiling import profiler
from irrvit.benchmark.profiling.attribution import OTHER
from irrvit.benchmark.profiling.operation import FileOperation
from irrvit.benchmark.profiling.rows import to_rows
from irrvit.benchmark.profiling.trace import Trace
from irrvit.benchmark.subject import Subject

SUBJECT = Subject(
    name="irrvit_fashion",
    path="net.tflite",
    target="tflite",
    precision="fp32",
    runtime="litert",
    sha256="ab" * 32,
    size_bytes=1,
    macs=1,
    golden=(),
)


@pytest.mark.parametrize(("target", "runtime"), [("tflite", "litert"), ("onnx", "onnxruntime")])
def test_the_rows_make_up_the_whole_call(recorded_profile, target, runtime):
    recorded = recorded_profile(target)
    found = profiler.get(runtime).to_trace(recorded.events)
    rows = to_rows(found, recorded.operations, replace(SUBJECT, target=target, runtime=runtime))
    assert sum(row.operations for row in rows) == len(found.operators)
    assert sum(row.ms for row in rows) == pytest.approx(np.mean(found.total_us) / 1000)
    assert rows[0].module == "network"
    assert rows[-1].module == OTHER


def test_where_the_operations_of_a_module_run_is_counted():
    """Core ML says it; a runtime that does not say it has no counts, not empty ones."""
    operators, us = ("a", "b", "c", "d"), ((1.0, 2.0, 3.0, 4.0),)
    file = [FileOperation("conv", path, (name,)) for path, name in
            (("stem.0", "a"), ("stem.0", "b"), ("head", "c"))]  # fmt: skip
    found = Trace(operators=operators, us=us, total_us=(10.0,), accelerators=("npu", "cpu") * 2)
    subject = replace(SUBJECT, target="coreml", runtime="coreml")
    stem, head, other = to_rows(found, file, subject)
    assert (stem.nodes_on, head.nodes_on) == ({"npu": 1, "cpu": 1}, {"npu": 1})
    assert other.nodes_on == {"cpu": 1}
    silent = to_rows(found.model_copy(update={"accelerators": ()}), file, subject)
    assert all(row.nodes_on is None for row in silent)


def test_a_disturbed_call_does_not_count():
    calm = [(100 + i % 3, 20) for i in range(19)]
    us = (*calm, (90_000, 20))
    total = tuple(sum(call) + 5 for call in us)
    found = Trace(operators=("Add (ND)", "Softmax (NC)"), us=us, total_us=total)
    file = [FileOperation("ADD", "stem.0"), FileOperation("SOFTMAX", "head")]
    stem, head, other = to_rows(found, file, SUBJECT)
    assert (stem.module, stem.operations) == ("stem.0", 1)
    assert 0.100 <= stem.ms <= 0.102
    assert head.ms == pytest.approx(0.020)
    assert other.ms == pytest.approx(0.005)
