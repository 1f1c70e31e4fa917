"""`irrvit-bench --device browser` on the files that it exports itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("chromium_path")
QUICK = ["--repeats", "1", "--iterations", "5"]


def bench(tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return in_browser("--store", str(tmp_path / "measurements.jsonl"), *options)


def in_browser(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "irrvit.benchmark.cli", "--device", "browser", *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("threads", ["1", "2"])
def test_both_formats_give_the_answers_of_pytorch(tmp_path, threads):
    done = bench(tmp_path, *QUICK, "--threads", threads, "--json")
    rows = json.loads(done.stdout)["measurements"]
    measurements = [row["measurement"] for row in rows]
    assert [m["config"]["runtime"] for m in measurements] == ["litert", "onnxruntime"]
    for row, measurement in zip(rows, measurements, strict=True):
        assert measurement["golden"]["cases"] > 0
        assert measurement["golden"]["failures"] == []
        assert measurement["device"]["kind"] == "browser"
        assert row["share_of_peak"] > 0.2
        assert measurement["peak_memory_bytes"] > measurement["size_bytes"]
    assert done.returncode in (0, 1), done.stderr  # 1: a busy machine makes times invalid.


def test_a_damaged_file_is_refused_and_the_other_is_measured(tmp_path):
    assert bench(tmp_path, *QUICK).returncode in (0, 1)
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for file in Path("artifacts/irrvit_60m/tflite-fp32").iterdir():
        content = bytearray(file.read_bytes())
        if file.suffix == ".tflite":
            content[-1] ^= 1
        (damaged / file.name).write_bytes(content)
    done = bench(tmp_path, str(damaged), "artifacts/irrvit_60m/onnx-fp32", *QUICK)
    assert done.returncode == 2
    assert "is not the file that its manifest describes" in done.stderr
    assert "irrvit_60m" in done.stdout
    assert "Traceback" not in done.stderr


def test_torch_is_no_runtime_of_a_browser(tmp_path):
    done = bench(tmp_path, "--runtime", "torch")
    assert (done.returncode, done.stdout) == (2, "")
    assert "this device has no runtime 'torch', it has litert, onnxruntime" in done.stderr


def test_an_accelerator_that_there_is_not_is_refused(tmp_path):
    done = bench(tmp_path, "--accelerator", "npu")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--accelerator got 'npu': --device browser expects cpu or gpu" in done.stderr


def test_a_profile_is_refused():
    done = in_browser("--profile")
    assert done.returncode == 2
    assert "cannot profile" in done.stderr
