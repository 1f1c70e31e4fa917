"""What may happen to `irrvit-export` while it runs: nothing is lost, and nothing is left behind."""

import os
import resource
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from irrvit.export import artifact

pytestmark = [pytest.mark.slow, pytest.mark.needs("onnx", "onnxruntime")]


def workers_of(out: Path) -> list[int]:
    """Processes that have a file below a folder open: a worker has its log."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        if any(file.startswith(str(out)) for file in _open_files(process)):
            found.append(int(process.name))
    return found


def _open_files(process: Path) -> list[str]:
    files = []
    with suppress(OSError):  # It may have ended, or be somebody else's.
        for link in (process / "fd").iterdir():
            with suppress(OSError):  # A file may have been closed meanwhile.
                files.append(os.readlink(link))
    return files


def left_over(out: Path) -> list[str]:
    """What an export should have removed: all that is neither an artifact nor the lock."""
    return [
        p.name for p in out.iterdir() if p.name != ".lock" and not (p / "manifest.json").exists()
    ]


def interrupted(start, out, how):
    """Start an export, stop it while it converts; return exit code and stderr."""
    process = start("--model", "irrvit_tiny", "--target", "onnx", "--out", out, "--force")
    assert process.stderr is not None
    for line in process.stderr:
        if "converting" in line:
            break
    process.send_signal(how)
    _, stderr = process.communicate(timeout=60)
    return process.returncode, stderr


def test_a_full_disk_loses_nothing(export, exported):
    """A limit on file sizes stops the writer where a full disk would."""
    out, _ = exported
    before = artifact.open(out / "onnx-fp32").manifest
    code, _, stderr = export(
        "--out",
        out,
        "--force",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert code == 2
    assert f"cannot write to {out}: File too large" in stderr
    assert artifact.open(out / "onnx-fp32").manifest == before
    assert left_over(out) == ["onnx-fp32.log"]
    assert export("--out", out, "--force")[0] == 0
    assert left_over(out) == []


def test_ctrl_c_loses_nothing_and_leaves_nothing(start, exported):
    out, _ = exported
    before = artifact.open(out / "onnx-fp32").manifest
    code, stderr = interrupted(start, out, signal.SIGINT)
    assert code == 130
    assert "interrupted" in stderr
    assert "Traceback" not in stderr
    assert artifact.open(out / "onnx-fp32").manifest == before
    assert left_over(out) == []


def test_a_kill_loses_nothing_and_the_next_export_tidies_up(export, start, exported):
    out, _ = exported
    before = artifact.open(out / "onnx-fp32").manifest
    interrupted(start, out, signal.SIGKILL)
    assert artifact.open(out / "onnx-fp32").manifest == before
    assert export("--out", out, "--force")[0] == 0
    assert left_over(out) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux is there /proc")
def test_a_killed_command_takes_its_converters_with_it(start, tmp_path):
    interrupted(start, tmp_path, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while workers_of(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert workers_of(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux is there /proc")
def test_a_converter_that_is_killed_is_said_and_the_command_goes_on(start, tmp_path):
    process = start("--model", "irrvit_tiny", "--target", "onnx", "--out", tmp_path)
    assert process.stderr is not None
    for line in process.stderr:
        if "converting" in line:
            break
    (worker,) = set(workers_of(tmp_path)) - {process.pid}
    os.kill(worker, signal.SIGKILL)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "died (SIGKILL: out of memory?)" in stderr
    assert left_over(tmp_path) == ["onnx-fp32.log"]


def test_two_exports_into_one_folder_take_turns_and_the_second_finds_it_done(start, tmp_path):
    both = [
        start("--model", "irrvit_tiny", "--target", "onnx", "--out", tmp_path) for _ in range(2)
    ]
    errors = [process.communicate(timeout=240)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("waiting for another export" in text for text in errors) == 1
    assert sum("converting" in text for text in errors) == 1
    assert artifact.open(tmp_path / "onnx-fp32").manifest.passed
    assert left_over(tmp_path) == []
