"""The plainest benchmark of a file."""

import pytest

from irrvit.benchmark.acts import crosscheck
from irrvit.benchmark.worker import plain_loop
from irrvit.benchmark.worker.runtimes import onnxruntime


@pytest.mark.needs("onnx", "onnxruntime")
def test_the_plain_loop_writes_its_median(tmp_path):
    (tmp_path / "linear.onnx").write_bytes(onnxruntime.linear_file(64))
    plain_loop.main(str(tmp_path / "linear.onnx"), "1", "20", str(tmp_path / "result.json"))
    written = (tmp_path / "result.json").read_bytes()
    assert 0 < crosscheck.read_median(onnxruntime.BENCHMARK_TOOL, written) < 1000
