"""A float32 file is held to its format's tolerance, in every runner that was asked for."""

from types import SimpleNamespace
from typing import Any

import pytest

from irrvit.export import target
from irrvit.export.judging import judge as module
from irrvit.export.judging.judge import judge
from irrvit.export.judging.prepared import Written
from irrvit.export.precision import Precision


@pytest.fixture
def judged(monkeypatch, tmp_path, job_where, prepared, played_runner):
    """A function of the runners' errors: what comes of a float32 file."""

    def make(own=0.0, second=0.0, tensorflow=False):
        (tmp_path / "net.bin").write_bytes(b"a file")
        monkeypatch.setattr(target, "load", lambda name, path: played_runner("own", own))
        other = SimpleNamespace(load=lambda path: played_runner("second", second))
        monkeypatch.setattr(module, "tensorflow", other)
        job = job_where(lambda facts, p: p is Precision.FP32, tensorflow=tensorflow)
        chosen: Any = SimpleNamespace(FACTS=target.facts(job.target))
        written = Written(tmp_path / "net.bin", "any", None, None)
        return judge(job, chosen, prepared, written, None)

    return make


@pytest.mark.parametrize(("error", "passes"), [(0.0, True), (1e-6, True), (1e-2, False)])
def test_a_float32_file_is_held_to_its_formats_own_tolerance(judged, error, passes):
    (report,) = judged(own=error).parity
    assert report.passed is passes
    assert report.tolerance.max_rel == 1e-4
    assert (report.runner, len(report.diffs)) == ("own", 3)


def test_a_second_runner_is_asked_only_where_that_was_wanted(judged):
    (own,) = judged(second=1.0).parity
    assert own.passed
    own, second = judged(second=1.0, tensorflow=True).parity
    assert (own.runner, own.passed) == ("own", True)
    assert (second.runner, second.passed) == ("second", False)
    assert own.artifact_sha256 == second.artifact_sha256
