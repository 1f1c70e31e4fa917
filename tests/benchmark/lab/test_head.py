"""The command as people call it: a head of this machine alone, which goes away and comes back."""

import socket
import subprocess
import sys

import pytest

from irrvit.benchmark.results import store

pytestmark = [pytest.mark.slow, pytest.mark.needs("ray", "onnx", "onnxruntime")]
PATIENCE_S = 180


def test_what_was_begun_when_the_head_went_away_is_done_by_the_same_command_later(
    lab_head, bench, artifact_folder, tmp_path, wait_for
):
    devices = lab_head.start()
    assert "host" in {device["kind"] for device in devices}

    words = [
        artifact_folder,
        "--lab",
        lab_head.address,
        "--device",
        "host",
        "--store",
        "kept.jsonl",
    ]
    words += ["--iterations", "5", "--repeats", "1"]
    command = [sys.executable, "-m", "irrvit.benchmark.cli", *map(str, words)]
    measuring = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    files = tmp_path / "host" / "files"
    wait_for(lambda: files.is_dir() and list(files.glob("*/manifest.json")))
    lab_head.end()
    _, said = measuring.communicate(timeout=PATIENCE_S)
    assert measuring.returncode == 2, said
    assert "Traceback" not in said
    assert "the lab went away" in said
    assert not (tmp_path / "kept.jsonl").exists()

    lab_head.start()
    done = bench(*words)
    assert done.returncode in (0, 1), done.stderr  # 1: others use this machine.
    (measurement,) = store.load(tmp_path / "kept.jsonl").measurements
    assert measurement.host == socket.gethostname()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lab", "join"], "lab join needs the lab's head: irrvit-bench lab join HEAD"),
        (["lab", "join", "127.0.0.1"], "a lab at 127.0.0.1 is for its own machine alone"),
        (["lab", "join", "192.0.2.200:1"], "no head of a lab is at 192.0.2.200:1 ("),
        (["lab", "join", "192.0.2.200:70000"], "expected HEAD or HEAD:PORT"),
        (["lab", "join", ":1"], "lab join got ':1': expected HEAD or HEAD:PORT"),
        (["lab", "head", "192.0.2.200"], "lab head got '192.0.2.200': "),
        (["lab", "head", ""], "lab head got ''"),
        (["lab", "devices", "127.0.0.1:0"], "a lab cannot be at '127.0.0.1:0'"),
        (["lab", "leave", "x"], "lab got 'leave': expected head, join HEAD or devices HEAD"),
        (["--device", "host", "--device", "pixel"], "several are measured with --lab HEAD"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(bench, words, said):
    done = bench(*words)
    assert done.returncode == 2
    assert said in done.stderr
