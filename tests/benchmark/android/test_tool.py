"""Google's `benchmark_model` on a phone: an ARM64 program under qemu plays it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.errors import AnswersUnknown, CommandFailed
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.results import store

CONFIG = RunConfig(runtime="litert", start_below_c=37, settle_s=0)
SIZE = 64
pytestmark = pytest.mark.needs("adbutils", "ai_edge_litert")


@pytest.fixture
def tool(phone, played, tmp_path):
    """The file that a person gives: for ARM64, and it becomes what plays the tool here."""
    if shutil.which("qemu-aarch64-static") is None:
        pytest.skip("qemu-user-static is not installed")
    script = tmp_path / "played"
    script.write_text(f"#!{sys.executable}\n{(played / 'benchmark_model.py').read_text()}")
    script.chmod(0o755)
    return tmp_path / "benchmark_model", script


@pytest.fixture
def open_tool(phone, tool, write_arm_program):
    path, script = tool
    write_arm_program(path, script)

    def open_tool(**config):
        found = kinds.find("android", {"benchmark_binary": path})
        assert found.RUNTIMES == {"tflite": ("litert",)}
        return found.open(f"linear:{SIZE}", CONFIG.model_copy(update=config))

    return open_tool


def test_a_file_is_timed_in_means_of_many_calls_and_answers(open_tool):
    process = open_tool()
    process.set_input(np.eye(SIZE, dtype=np.float32))
    timed = process.time(20, untimed=2)
    assert (len(timed.latencies_ms), timed.calls_per_value) == (1, 20)
    assert timed.wall_ms == pytest.approx(20 * timed.latencies_ms[0])
    assert (timed.own_cpu_ms, timed.background_ms) == (None, None)
    weights = np.random.default_rng(0).standard_normal((SIZE, SIZE), np.float32)
    np.testing.assert_allclose(process.logits(), weights.ravel(), rtol=1e-5)
    assert process.load_info.runtime_version.startswith("benchmark_model ")
    assert process.load_info.placement.nodes_delegated == 1
    assert process.peak_memory_bytes() == round(93.2383 * 2**20)


def test_a_gpu_that_was_asked_for_and_did_not_take_it_shows_in_the_placement(open_tool):
    assert open_tool(accelerator="gpu").load_info.placement.accelerator == "cpu"


def test_a_tool_that_cannot_write_answers_is_too_old(open_tool, tool):
    _, script = tool
    process = open_tool()
    script.write_text(script.read_text().replace(".tofile(options.output_filepath)", ""))
    process.set_input(np.eye(SIZE, dtype=np.float32))
    with pytest.raises(AnswersUnknown, match="a fast wrong answer is worth nothing"):
        process.logits()


def test_a_tool_that_fails_is_said_in_its_own_words(open_tool, tool):
    _, script = tool
    script.write_text(f"#!{sys.executable}\nraise SystemExit('ERROR: Benchmarking failed.')")
    with pytest.raises(CommandFailed, match=r"exit code 1: ERROR: Benchmarking failed\."):
        open_tool()


def test_what_is_no_program_is_refused(phone, tmp_path):
    (tmp_path / "benchmark_model").write_text("#!/bin/sh")
    found = kinds.find("android", {"benchmark_binary": tmp_path / "benchmark_model"})
    with pytest.raises(CommandFailed, match="is no program of Android"):
        found.open(f"linear:{SIZE}", CONFIG)


@pytest.fixture(scope="module")
def tiny_tflite(tmp_path_factory):
    """`irrvit_tiny` as TFLite, exported by the command itself, with its manifest."""
    out = tmp_path_factory.mktemp("artifacts")
    code = ["-m", "irrvit.export.cli", "--model", "irrvit_tiny", "--target", "tflite", "--out", out]
    subprocess.run([sys.executable, *map(str, code)], check=True, capture_output=True, timeout=300)
    return out / "tflite-fp32"


@pytest.mark.needs("litert_torch")
def test_a_file_is_measured_by_the_tool_kept_and_printed(
    phone, bench, tool, write_arm_program, tiny_tflite, tmp_path
):
    path, script = tool
    write_arm_program(path, script)
    kept = tmp_path / "kept.jsonl"
    command = [tiny_tflite, "--device", "pixel", "--benchmark-binary", path, "--repeats", 2]
    done = bench(*command, "--json", "--store", kept)
    assert done.returncode in (0, 1), done.stderr  # 1 on a machine that does other things.
    (printed,) = json.loads(done.stdout)["measurements"]
    (measurement,) = store.load(kept).measurements
    assert printed["measurement"] == measurement.model_dump(mode="json")
    assert measurement.runtime_version.startswith("benchmark_model ")
    assert (measurement.golden.cases, measurement.golden.failures) == (6, ())
    assert len(measurement.repeats) == 2
    assert measurement.placement.nodes_delegated == measurement.placement.nodes_total
    # The app is not needed for it: nothing was installed.
    assert not (phone.folder / "root/data/app").exists()
    assert f"{measurement.artifact_sha256}.tflite" in phone.files


def test_a_tool_for_another_processor_is_refused(phone, tmp_path):
    tool = tmp_path / "benchmark_model"
    tool.write_bytes(b"\x7fELF" + bytes(14) + (62).to_bytes(2, "little"))
    found = kinds.find("android", {"benchmark_binary": tool})
    with pytest.raises(CommandFailed, match=r"is for x86_64, and phone .* is arm64-v8a"):
        found.open("linear:8", CONFIG)
