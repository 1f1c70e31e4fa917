"""From a trace to rows: nothing is lost, and what disturbed a call drops out."""

from dataclasses import replace

import numpy as np
import pytest

from irrvit.benchmark.acts.measure import Request
from irrvit.benchmark.acts.profile import nodes, session, trace
from irrvit.benchmark.acts.profile.attribution import OTHER
from irrvit.benchmark.acts.profile.nodes import Node
from irrvit.benchmark.acts.profile.trace import Trace
from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.subjects import Subject

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


@pytest.mark.parametrize(
    ("target", "parser"), [("tflite", trace.litert), ("onnx", trace.onnxruntime)]
)
def test_the_rows_make_up_the_whole_call(recorded_profile, target, parser):
    recorded = recorded_profile(target)
    found = parser(recorded.events)
    rows = session.to_rows(found, recorded.nodes, replace(SUBJECT, target=target))
    assert sum(row.operations for row in rows) == len(found.operators)
    assert sum(row.ms for row in rows) == pytest.approx(np.mean(found.total_us) / 1000)
    assert rows[0].module == "network"
    assert rows[-1].module == OTHER


def test_a_disturbed_call_does_not_count():
    calm = [(100 + i % 3, 20) for i in range(19)]
    us = (*calm, (90_000, 20))
    total = tuple(sum(call) + 5 for call in us)
    found = Trace(operators=("Add (ND)", "Softmax (NC)"), us=us, total_us=total)
    file = [Node("ADD", "stem.0"), Node("SOFTMAX", "head")]
    stem, head, other = session.to_rows(found, file, SUBJECT)
    assert (stem.module, stem.operations) == ("stem.0", 1)
    assert 0.100 <= stem.ms <= 0.102
    assert head.ms == pytest.approx(0.020)
    assert other.ms == pytest.approx(0.005)


def test_a_picture_that_would_be_none_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(BadOptions, match=r"expected a name that ends in \.svg"):
        session.run(Request(device="host", picture=tmp_path / "profile.png"), lambda *_: None)


def test_pytorch_has_no_profiler_that_is_known():
    with pytest.raises(BadOptions, match=r"no profiler of torch is known: expected litert or"):
        session.profile(None, replace(SUBJECT, runtime="torch"), None)  # pyright: ignore


def test_formats_without_a_reader_are_not_taken_for_others(tmp_path):
    with pytest.raises(KeyError):
        nodes.read(tmp_path / "net.mlpackage", "coreml")
