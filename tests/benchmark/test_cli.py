"""`irrvit-bench` as a person meets it: in a process of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from irrvit.benchmark.results import store


def command(*arguments):
    return [sys.executable, "-m", "irrvit.benchmark.cli", *map(str, arguments)]


def run(*arguments, cwd=None):
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd,
        env=os.environ | {"COLUMNS": "80"},
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--suite", "peer"], "did you mean 'peers'?"),
        (["--suite", "peers", "--model", "x"], "one of the three"),
        (["--fail-above", "much"], "expected a percentage"),
        (["--compare", "nothing.json"], "cannot read nothing.json"),
        (["--runtime", "ncnn"], "it has coreai, executorch, litert, onnxruntime, torch: choose"),
        (["nothing.tflite"], "nothing.tflite does not exist"),
        (["--timeout", "inf"], "Input should be less than or equal to 86400"),
        (["--picture", "profile.svg"], "belongs to 'irrvit-bench profile'"),
        (["--from", "x.jsonl", "--profile"], "--from and --profile do not go together"),
        (["--from", "x.jsonl", "net.onnx"], "unexpected extra argument"),
        (["--agreement", "--report", "x.html"], "leave it out of 'irrvit-bench crosscheck'"),
        (["crosscheck", "--store", "x.jsonl"], "leave it out of 'irrvit-bench crosscheck'"),
        (["profile", "--compare", "x.jsonl"], "leave it out of 'irrvit-bench profile'"),
        (["--from", "x.jsonl", "--store", "y.jsonl"], "leave it out of 'irrvit-bench show'"),
        (["--profile", "--picture", "profile.png"], "expected a name that ends in .svg"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence_and_exits_2(arguments, message, tmp_path):
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_devices_and_suites_are_listed():
    done = run("--list")
    assert done.returncode == 0
    assert "arm64" in done.stdout
    assert "timm:repvit_m0_9" in done.stdout


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_a_file_is_measured_kept_and_printed(artifact_folder, tmp_path):
    kept = tmp_path / "store.jsonl"
    done = run(artifact_folder, "--repeats", 2, "--store", kept, "--json")
    assert done.returncode in (0, 1), done.stderr  # 1 on a machine that does other things.
    (printed,) = json.loads(done.stdout)["measurements"]
    (measurement,) = store.load(kept).measurements
    assert printed["measurement"] == measurement.model_dump(mode="json")
    assert measurement.golden.passed
    assert measurement.golden.cases == 6
    assert measurement.peak_gmacs is not None
    assert all(sum(repeat.latencies_ms) >= 1000 for repeat in measurement.repeats)


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_wrong_answers_are_shown_as_wrong_and_a_corrupt_file_stops_no_other(
    artifact_folder, tmp_path
):
    wrong, corrupt = tmp_path / "wrong", tmp_path / "corrupt"
    for copy in (wrong, corrupt):
        shutil.copytree(artifact_folder, copy)
    manifest = json.loads((wrong / "manifest.json").read_text())
    manifest["golden"][0]["top5"] = manifest["golden"][0]["top5"][::-1]
    (wrong / "manifest.json").write_text(json.dumps(manifest))
    with (corrupt / manifest["file"]).open("ab") as file:
        file.write(b"more")
    done = run(corrupt, wrong, "--repeats", 1, "--store", tmp_path / "store.jsonl")
    assert done.returncode == 2
    assert "WRONG" in done.stdout
    assert "wrong-output" in done.stdout
    assert f"{corrupt}: " in done.stderr
    assert "is not the file that its manifest describes" in done.stderr


def kill_worker(process, after):
    """Kill the first of the processes that are measured, as soon as `after` was said."""
    assert process.stderr is not None
    for line in process.stderr:
        if after in line:
            break
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not children.read_text():
        time.sleep(0.01)
    os.kill(int(children.read_text().split()[0]), signal.SIGSEGV)


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only on Linux: it has /dev/full")
def test_a_process_that_dies_and_a_full_disk_take_no_other_figure_with_them(
    artifact_folder, tmp_path
):
    page = tmp_path / "report.html"
    files = [artifact_folder, artifact_folder]
    process = subprocess.Popen(
        command(*files, "--repeats", 1, "--store", "/dev/full", "--report", page, "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    kill_worker(process, "repeat 1")
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "its process died (SIGSEGV)" in errors
    assert "No space left on device" in errors
    assert "Traceback" not in errors
    assert len(json.loads(out)["measurements"]) == 1
    assert "its process died (SIGSEGV)" in page.read_text()


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_ctrl_c_keeps_what_was_measured(artifact_folder, tmp_path):
    kept = tmp_path / "store.jsonl"
    process = subprocess.Popen(
        command(artifact_folder, "--repeats", 50, "--store", kept),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "repeat 2" in line:
            break
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted; what was measured is kept" in errors
    assert "Traceback" not in errors
    (measurement,) = store.load(kept).measurements
    assert measurement.interrupted
    assert "irrvit_tiny" in out


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_the_profile_of_a_file_has_every_part_of_the_network(artifact_folder, tmp_path):
    picture = tmp_path / "profile.svg"
    done = run("profile", artifact_folder, "--picture", picture, "--json")
    assert done.returncode == 0, done.stderr
    (profile,) = json.loads(done.stdout)["profiles"]
    modules = [row["module"] for row in profile["rows"]]
    assert {name.partition(".")[0] for name in modules} >= {"stem", "blocks", "fusion", "head"}
    assert "patch_embed.branch2" in modules
    assert "blocks.0.attention" in modules
    assert profile["total_ms"] == pytest.approx(sum(row["ms"] for row in profile["rows"]))
    assert picture.read_text().startswith("<svg")


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_a_file_is_held_against_a_plain_loop(artifact_folder):
    done = run("crosscheck", artifact_folder, "--repeats", 2, "--json")
    assert done.returncode in (0, 1), done.stderr  # 1 on a machine that does other things.
    (row,) = json.loads(done.stdout)["crosschecks"]
    assert row["tool"] == "plain loop"
    assert len(row["ratios"]) == 2
    assert all(0.2 < ratio < 5 for ratio in row["ratios"])
